// Resources and prompts: what a model reads of them is as much a server's word as the result of a tool, whichever way it was asked for.
import type { Caller } from './tool-call.ts';
import { WireError, type WireObject } from './upstream.ts';

const contents: ReadonlySet<string> = new Set(['resources/read', 'prompts/get']);

export const carriesContent = (method: string): boolean => contents.has(method);

/** To be told when a caller was given a resource or a prompt of a server. */
export type OnRead = (serverId: string, caller: Pick<Caller, 'id' | 'sessionId'>) => void;

/** Sends a request, and says so if its caller was given content by it. The words of an error are the server's too. */
export async function sendHeard(
  method: string,
  send: () => Promise<WireObject>,
  onHeard: () => void,
): Promise<WireObject> {
  if (!carriesContent(method)) return await send();
  try {
    const result = await send();
    onHeard();
    return result;
  } catch (error) {
    if (error instanceof WireError) onHeard();
    throw error;
  }
}

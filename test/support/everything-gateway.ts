// A daemon in front of the server that offers everything, and a port that programs without a token may use.
import { join } from 'node:path';
import { type EverythingHttp, startEverythingServer } from './everything-server/http-server.ts';
import { type InProcessDaemon, startInProcessDaemon } from './in-process-daemon.ts';
import { openDoor } from './open-door.ts';

export const upstreamKinds = ['stdio', 'HTTP'] as const;
export type UpstreamKind = (typeof upstreamKinds)[number];

export interface EverythingGateway extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
  daemon: InProcessDaemon;
}

/** `sessionsOnly`: the server does not know the revision without sessions. */
export async function startEverythingGateway(
  kind: UpstreamKind,
  { sessionsOnly = false } = {},
): Promise<EverythingGateway> {
  const daemon = await startInProcessDaemon();
  const remote = kind === 'HTTP' ? await startEverythingServer(0, { sessionsOnly }) : undefined;
  await daemon.api.createServer({ body: remote ? toRemote(remote) : toCommand(sessionsOnly) });
  await daemon.api.startServer({ params: { id } });
  const door = await openDoor(daemon);
  return {
    url: door.url,
    daemon,
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await daemon[Symbol.asyncDispose]();
      await remote?.close();
    },
  };
}

const id = 'everything';
const program = join(import.meta.dirname, 'everything-server', 'main.ts');

const toRemote = ({ url }: EverythingHttp) => ({ type: 'remote' as const, id, url });
const toCommand = (sessionsOnly: boolean) => ({
  type: 'command' as const,
  id,
  command: process.execPath,
  configuration: { arguments: [program, ...(sessionsOnly ? ['sessions'] : [])] },
});

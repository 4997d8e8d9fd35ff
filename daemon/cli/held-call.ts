// Says that a call waits for somebody: without a word the command would seem to hang until it is denied.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../shared/api/client.ts';
import type { CommandContext } from './command-context.ts';

/** A call that nobody holds back has mostly been answered by then, and is not asked about. */
const lookMilliseconds = 1_000;

interface CalledTool {
  serverId: string;
  tool: string;
}

/** The request, whose command says on the error stream how it can be let pass if a rule holds the call back. */
export async function tellIfHeld<T>(
  { output, signal }: CommandContext,
  api: ApiClient,
  called: CalledTool,
  request: () => Promise<T>,
): Promise<T> {
  const answered = new AbortController();
  const begun = new Date().toISOString();
  const stopped = AbortSignal.any([answered.signal, signal]);
  const look = async (): Promise<void> => {
    for (;;) {
      await sleep(lookMilliseconds, undefined, { signal: stopped });
      const id = await findWaiting(api, called, begun, stopped);
      if (id === undefined) continue;
      output.notice(
        `A rule holds the call back until somebody allows it: quayside approvals approve ${id} (or deny ${id})`,
      );
      return;
    }
  };
  // Whoever may not see approvals waits without a word, and is told the end like everybody.
  look().catch(() => {});
  try {
    return await request();
  } finally {
    answered.abort();
  }
}

async function findWaiting(
  api: ApiClient,
  { serverId, tool }: CalledTool,
  since: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const query = { state: 'waiting', server_id: serverId, sort_order: 'desc', limit: 100 } as const;
  const { items } = await api.listApprovals({ query }, { signal });
  return items.find(waiting => waiting.tool === tool && waiting.askedAt >= since)?.id;
}

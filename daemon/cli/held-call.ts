// Says that a call waits for somebody: without a word a command would seem to hang until the call is denied.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Approval } from '../../shared/api/approvals.ts';
import type { ApiClient } from '../../shared/api/client.ts';
import type { CommandContext } from './command-context.ts';

/** A call that nobody holds back has mostly been answered by then, and is not asked about. */
const lookMilliseconds = 1_000;

/**
 * Looks for calls that wait since `since` (ISO 8601) and are among those that a command has made, and tells of each once.
 * Never rejects: whoever may not see approvals waits without a word, and is told the end like everybody.
 */
export function createHeldNotice(
  { output, signal }: CommandContext,
  api: ApiClient,
  since: string,
  isOurs: (approval: Approval) => boolean,
): { look(stopped?: AbortSignal): Promise<void> } {
  const told = new Set<string>();
  const query = { state: 'waiting', sort_order: 'desc', limit: 100 } as const;
  return {
    async look(stopped = signal) {
      const found = await api.listApprovals({ query }, { signal: stopped }).catch(() => undefined);
      for (const approval of found?.items ?? []) {
        const { id, serverId, tool, askedAt } = approval;
        if (askedAt < since || told.has(id) || !isOurs(approval)) continue;
        told.add(id);
        output.notice(
          `A rule holds the call of ${serverId}/${tool} back until somebody allows it: quayside approvals approve ${id} (or deny ${id})`,
        );
      }
    },
  };
}

/** The request, whose command says on the error stream how it can be let pass if a rule holds the call back. */
export async function tellIfHeld<T>(
  context: CommandContext,
  api: ApiClient,
  { serverId, tool }: { serverId: string; tool: string },
  request: () => Promise<T>,
): Promise<T> {
  const answered = new AbortController();
  const stopped = AbortSignal.any([answered.signal, context.signal]);
  const isOurs = (approval: Approval) => approval.serverId === serverId && approval.tool === tool;
  const notice = createHeldNotice(context, api, new Date().toISOString(), isOurs);
  const looking = async (): Promise<void> => {
    for (;;) {
      await sleep(lookMilliseconds, undefined, { signal: stopped });
      await notice.look(stopped);
    }
  };
  // Its one end is the end of the call.
  looking().catch(() => {});
  try {
    return await request();
  } finally {
    answered.abort();
  }
}

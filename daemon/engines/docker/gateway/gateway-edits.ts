// Edits of a profile while its gateway runs: files are written anew, and whether the gateway obeys is seen by the new prefixes
// of its tools. There are versions of docker mcp that read changed files and go on with what they had
// (github.com/docker/mcp-gateway, issue 383).
import { setTimeout as pause } from 'node:timers/promises';
import type { LaunchedGateway } from './gateway-launch.ts';
import type { GatewaySession } from './gateway-session.ts';

/** `unread`: nothing was read in time, or the gateway refused it. `unproven`: read, and nothing shows that it is in force. */
export type ReloadOutcome = 'obeyed' | 'unproven' | 'unread';

/**
 * Writes the files anew and waits until it is seen what became of it, at most as long as its slowest server may take to start.
 */
export async function reloadFiles(
  gateway: LaunchedGateway,
  session: GatewaySession,
  isCurrent: () => boolean,
): Promise<ReloadOutcome> {
  const { log } = gateway.run;
  const [reloads, refusal] = [log.reloads, log.refusal];
  await gateway.rewrite();
  session.describe(gateway.facts());
  // A reload starts every server once more.
  const longest = Math.max(...gateway.members.map(({ policy }) => policy.startSeconds)) * 1_000 + 5_000;
  const until = Date.now() + longest;
  while (isCurrent() && log.reloads === reloads && log.refusal === refusal && Date.now() < until) await pause(25);
  if (!isCurrent() || log.reloads === reloads) return 'unread';
  return (await isInForce(gateway, session)) ? 'obeyed' : 'unproven';
}

/** The log is a moment ahead of the list. */
const looks = { times: 8, pause: 150 } as const;

async function isInForce(gateway: LaunchedGateway, session: GatewaySession): Promise<boolean> {
  for (let look = 1; look <= looks.times; look++) {
    const attribution = await session.look().catch(() => undefined);
    const exposed = [...(attribution?.tools.values() ?? [])].flatMap(names => [...names.values()]);
    if (exposed.length > 0 && exposed.every(name => gateway.isOfLastWrite(name))) return true;
    await pause(looks.pause);
    session.describe(gateway.facts());
  }
  return false;
}

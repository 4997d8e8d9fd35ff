// Gives a command the daemon that it needs: the one that runs, or a new one.
import { setTimeout as sleep } from 'node:timers/promises';
import { apiVersion } from '../../../shared/api/daemon.ts';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import { compareVersions } from '../../../shared/domain/versions.ts';
import { type FoundDaemon, findDaemon, waitUntilGone } from './discovery.ts';
import type { Installation } from './installation.ts';
import { type LaunchedDaemon, type LaunchOptions, launchDaemon } from './launch.ts';

const idleExitSeconds = 300;
const stopMilliseconds = 30_000;
const attachMilliseconds = 20_000;
const raceMilliseconds = 1_000;

export interface ConnectionOptions {
  installation: Installation;
  home: string;
  /** The port that a new daemon tries first. */
  port: string;
  /** False: never start a daemon. */
  mayStart: boolean;
  signal: AbortSignal;
  notice: (text: string) => void;
}

/**
 * The daemon of this state folder, started in the background if there is none.
 * Errors: DAEMON_002 if none runs and none may be started, and those of `launchDaemon`.
 */
export async function connect(options: ConnectionOptions): Promise<FoundDaemon> {
  const { home, installation, port, mayStart, signal, notice } = options;
  const found = await findUsable(options);
  if (found) return found;
  if (!mayStart) throw notRunning(home);
  notice(
    `No daemon is running: starting one in the background. It ends ${idleExitSeconds / 60} minutes after its last client.`,
  );
  const launched = await launchOrAttach({
    installation,
    home,
    port,
    portFallback: true,
    idleExitSeconds,
    life: 'background',
    signal,
  });
  if ('child' in launched) {
    for (const { detail } of launched.ready.warnings) notice(detail);
    return awaitDaemon(home, signal);
  }
  return launched;
}

export const notRunning = (home: string) =>
  problem('DAEMON_002', {
    detail: `No daemon runs for the state folder ${home}.`,
    next: 'Start one with "quayside daemon" or "npm start".',
  });

/**
 * The running daemon if this program can talk to it. One that is ending is waited for; one of an older API is
 * replaced, because it could not answer. Errors: DAEMON_010 if it is of a newer API.
 */
export async function findUsable({ home, signal, notice, mayStart }: Omit<ConnectionOptions, 'installation' | 'port'>) {
  const found = await findDaemon(home, signal);
  if (!found) return undefined;
  if (found.health.status === 'stopping') {
    await waitUntilGone(found.discovery.pid, stopMilliseconds);
    return undefined;
  }
  if (found.health.apiVersion === apiVersion) return found;
  if (found.health.apiVersion > apiVersion || !mayStart) {
    throw problem('DAEMON_010', {
      detail: `The daemon that runs is of version ${found.health.version}, and this program cannot talk to it.`,
      next: 'Update this program, or stop that daemon where it was started.',
    });
  }
  await replace(found, signal, notice);
  return undefined;
}

/** True if the daemon is older than this program and should make room. */
export const isOlder = ({ health }: FoundDaemon, { version }: Installation): boolean =>
  compareVersions(health.version, version) < 0;

/** Ends a daemon and waits until it is gone. Its servers come back with the next one. Errors: DAEMON_010. */
export async function replace(found: FoundDaemon, signal: AbortSignal, notice: (text: string) => void): Promise<void> {
  notice(`Replacing the daemon of version ${found.health.version}. Its servers are started again.`);
  await endDaemon(found, 'replaced by a newer version', signal);
}

/** Asks a daemon to end and waits until it is gone. Errors: DAEMON_010 if it is not gone in time. */
export async function endDaemon({ api, discovery }: FoundDaemon, reason: string, signal: AbortSignal): Promise<void> {
  try {
    await api.stopDaemon({ body: { reason } }, { signal });
  } catch (error) {
    // Somebody else has asked it before.
    if (!isProblemError(error) || error.code !== 'DAEMON_003') throw error;
  }
  if (await waitUntilGone(discovery.pid, stopMilliseconds)) return;
  throw problem('DAEMON_010', {
    detail: `The daemon (process ${discovery.pid}) has not ended after ${stopMilliseconds / 1_000} seconds.`,
    next: `End it with "kill -9 ${discovery.pid}"; nothing that was acknowledged is lost.`,
  });
}

/**
 * Starts a daemon; if another one won the race, that one. One that is just ending still holds the folder, so it is
 * tried again. Errors: those of `launchDaemon`.
 */
export async function launchOrAttach(options: LaunchOptions): Promise<LaunchedDaemon | FoundDaemon> {
  const limit = Date.now() + attachMilliseconds;
  for (;;) {
    try {
      return await launchDaemon(options);
    } catch (error) {
      if (!isProblemError(error) || error.code !== 'DAEMON_010' || Date.now() > limit) throw error;
    }
    const found = await tryToFind(options.home, options.signal, raceMilliseconds);
    if (found) return found;
  }
}

/** Waits for a daemon that is known to be ready. Errors: DAEMON_002. */
export async function awaitDaemon(home: string, signal: AbortSignal): Promise<FoundDaemon> {
  const found = await tryToFind(home, signal, attachMilliseconds);
  if (found) return found;
  throw notRunning(home);
}

async function tryToFind(home: string, signal: AbortSignal, milliseconds: number): Promise<FoundDaemon | undefined> {
  const limit = Date.now() + milliseconds;
  do {
    const found = await findDaemon(home, signal);
    if (found && found.health.status === 'ok') return found;
    await sleep(50, undefined, { signal });
  } while (Date.now() < limit);
  return undefined;
}

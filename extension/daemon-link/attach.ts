// Finds the daemon, replaces one that is too old, or starts one. Bounded: it ends with a daemon or with a reason.
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { createApiClient } from '../../shared/api/client.ts';
import { apiVersion, type Health } from '../../shared/api/daemon.ts';
import { isProblemError, ProblemError, problem } from '../../shared/api/problem.ts';
import type { Discovery } from '../../shared/domain/discovery.ts';
import { findDiscovery, isAlive } from './discovery.ts';
import { decideHandshake } from './handshake.ts';
import { type LaunchOptions, launchDaemon } from './launch.ts';
import type { DaemonPlace } from './place.ts';

export interface AttachOptions {
  place: DaemonPlace;
  /** The version of this extension. */
  version: string;
  launch: Omit<LaunchOptions, 'place'>;
  log: (message: string) => void;
}

const rounds = 4;
const probeTimeout = 3_000;
const stopTimeout = 15_000;
const raceTimeout = 10_000;

/** The daemon's health, or undefined if nothing answers at its socket. */
async function probe(discovery: Discovery): Promise<Health | undefined> {
  try {
    return await clientFor(discovery).getHealth({}, { signal: AbortSignal.timeout(probeTimeout) });
  } catch {
    return undefined;
  }
}

const clientFor = (discovery: Discovery) =>
  createApiClient(
    socketCarrier({ request, endpoint: async () => ({ socketPath: discovery.socket, token: discovery.token }) }),
  );

async function findRunning(place: DaemonPlace): Promise<{ discovery: Discovery; health: Health } | undefined> {
  const discovery = await findDiscovery(place.discoveryFile);
  if (!discovery || !isAlive(discovery.pid)) return undefined;
  const health = await probe(discovery);
  return health?.status === 'ok' ? { discovery, health } : undefined;
}

/** The running daemon if it is one for us; never starts, stops or replaces anything. */
export async function findUsableDaemon({ place, version }: Pick<AttachOptions, 'place' | 'version'>) {
  const running = await findRunning(place);
  if (!running || decideHandshake({ version, apiVersion }, running.health) !== 'use') return undefined;
  return running.discovery;
}

/** True if the daemon of this discovery answers. */
export const isAnswering = async (discovery: Discovery): Promise<boolean> =>
  isAlive(discovery.pid) && (await probe(discovery)) !== undefined;

/**
 * A daemon of our version or newer, started if there is none.
 * Errors: ProblemError; DAEMON_010 if another one holds the folder and does not answer.
 */
export async function getDaemon(options: AttachOptions): Promise<Discovery> {
  let persistent = false;
  for (let round = 0; round < rounds; round++) {
    const running = await findRunning(options.place);
    if (running) {
      const { discovery, health } = running;
      const decision = decideHandshake({ version: options.version, apiVersion }, health);
      if (decision === 'use') return discovery;
      if (decision === 'refuse') throw tooNew(health.version, options.version);
      options.log(`Replacing the daemon ${health.version} by ${options.version}.`);
      await stopAndWait(discovery, `replaced by version ${options.version}`);
      persistent = discovery.persistent;
    }
    const discovery = await startOne(options, persistent);
    if (discovery) return discovery;
  }
  throw problem('DAEMON_010', {
    detail: `Another daemon holds the folder ${options.place.home} and does not answer.`,
    next: 'Wait a moment and try again, or end that process.',
  });
}

/** Undefined: another daemon won the race and is not for us, so look again. */
async function startOne(options: AttachOptions, persistent: boolean): Promise<Discovery | undefined> {
  const launch = { ...options.launch, place: options.place };
  const outcome = await launchDaemon(persistent ? { ...launch, idleExitSeconds: null } : launch);
  if (!outcome.ready && outcome.problem.code !== 'DAEMON_010') throw new ProblemError(outcome.problem);
  options.log(outcome.ready ? 'The daemon was started.' : 'Another window has started the daemon.');
  const end = Date.now() + raceTimeout;
  while (Date.now() < end) {
    const discovery = await findUsableDaemon(options);
    if (discovery) return discovery;
    await wait(200);
  }
  return undefined;
}

/** Asks a daemon to end and waits until its process is gone. Errors: DAEMON_010 if it stays. */
export async function stopAndWait(discovery: Discovery, reason: string): Promise<void> {
  try {
    await clientFor(discovery).stopDaemon({ body: { reason } }, { signal: AbortSignal.timeout(stopTimeout) });
  } catch (error) {
    // It may have ended before it could answer, or somebody else has asked it.
    if (isProblemError(error) && error.code !== 'DAEMON_002' && error.code !== 'DAEMON_003') throw error;
  }
  const end = Date.now() + stopTimeout;
  while (isAlive(discovery.pid)) {
    if (Date.now() > end) {
      throw problem('DAEMON_010', {
        detail: `The daemon with process id ${discovery.pid} was asked to stop and is still there.`,
        next: 'Wait a moment and try again, or end that process.',
      });
    }
    await wait(100);
  }
}

const tooNew = (theirs: string, ours: string): ProblemError =>
  problem('DAEMON_010', {
    detail: `The running daemon is version ${theirs}, and this window has version ${ours} of Quayside.`,
    next: 'Reload the window, so that it uses the newer version.',
  });

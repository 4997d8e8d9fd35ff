// Finds the daemon that runs for a state folder. The discovery file may be stale, so its process and socket are asked.
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { socketCarrier } from '../../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../../shared/api/client.ts';
import type { Health } from '../../../shared/api/daemon.ts';
import { problem } from '../../../shared/api/problem.ts';
import { Discovery } from '../../../shared/domain/discovery.ts';

export interface FoundDaemon {
  discovery: Discovery;
  health: Health;
  api: ApiClient;
}

const healthMilliseconds = 5_000;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** What the discovery file says; undefined if there is none or it is damaged. Errors: DAEMON_006 if it may not be read. */
export async function readDiscovery(home: string): Promise<Discovery | undefined> {
  const path = join(home, 'daemon.json');
  try {
    const parsed = Discovery.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') return undefined;
    throw problem('DAEMON_006', {
      detail: `${path} cannot be read: it belongs to another user.`,
      next: 'Set QUAYSIDE_HOME or --home to a folder of your own.',
      cause: error,
    });
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A client for the daemon of a discovery file. The file is read for each request: the daemon may be replaced meanwhile. */
export function connectTo(home: string, first: Discovery): ApiClient {
  const endpoint = async () => {
    const { socket, token } = (await readDiscovery(home)) ?? first;
    return { socketPath: socket, token };
  };
  return createApiClient(socketCarrier({ request, endpoint }));
}

/** The daemon that answers for this state folder; undefined if none does. Errors: DAEMON_002 if one hangs, DAEMON_006. */
export async function findDaemon(home: string, signal?: AbortSignal): Promise<FoundDaemon | undefined> {
  const discovery = await readDiscovery(home);
  if (!discovery || !isAlive(discovery.pid)) return undefined;
  const api = connectTo(home, discovery);
  const limit = AbortSignal.timeout(healthMilliseconds);
  try {
    const health = await api.getHealth({}, { signal: signal ? AbortSignal.any([signal, limit]) : limit });
    return { discovery, health, api };
  } catch (error) {
    if (signal?.aborted) throw error;
    if (!limit.aborted) return undefined;
    throw problem('DAEMON_002', {
      detail: `A daemon runs (process ${discovery.pid}) and does not answer.`,
      next: `End it with "kill ${discovery.pid}" and try again; nothing that was acknowledged is lost.`,
    });
  }
}

/** Waits until the process is gone. Returns whether it came to that in time. */
export async function waitUntilGone(pid: number, milliseconds: number): Promise<boolean> {
  for (const limit = Date.now() + milliseconds; Date.now() < limit; await sleep(50)) {
    if (!isAlive(pid)) return true;
  }
  return !isAlive(pid);
}

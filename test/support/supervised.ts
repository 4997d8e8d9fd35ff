// A supervisor whose events are written down, and plans for the small servers of mcp-servers/.
import { readFile } from 'node:fs/promises';
import type { LaunchPlan } from '../../daemon/engines/engine.ts';
import {
  createSupervisor,
  type ProcessSupervisor,
  type SupervisorOptions,
} from '../../daemon/supervision/create-supervisor.ts';
import type { LaunchPolicy, ServerHealth, SupervisorEvents } from '../../daemon/supervision/supervisor.ts';
import { testServerScript } from './fake-engine.ts';

export interface Supervised {
  supervisor: ProcessSupervisor;
  health: { id: string; health: ServerHealth }[];
  /** The states that a server went through, each once in a row. */
  states(id: string): string[];
  batches: { id: string; lines: string[]; at: number }[];
  toolsChanged: string[];
  onListChanged: SupervisorEvents['onListChanged'];
}

/** Quick enough for tests, in the same proportions as the real ones. */
export const quickRestarts = { firstDelay: 20, longestDelay: 200, ends: 5, window: 60_000, stableAfter: 60_000 };

export function createSupervised(options: Partial<SupervisorOptions> = {}): Supervised {
  const health: Supervised['health'] = [];
  const batches: Supervised['batches'] = [];
  const toolsChanged: string[] = [];
  const supervised: Pick<Supervised, 'onListChanged'> = { onListChanged: undefined };
  const supervisor = createSupervisor({
    stateFolder: `/quayside-test/${process.pid}/${Math.random()}`,
    version: '0.0.0',
    restartTimes: quickRestarts,
    patience: { afterClose: 400, afterTerminate: 400 },
    events: {
      onHealth: (id, now) => health.push({ id, health: now }),
      onOutput: (id, lines) => batches.push({ id, lines, at: Date.now() }),
      onToolsChanged: id => toolsChanged.push(id),
      onListChanged: (...told) => supervised.onListChanged?.(...told),
    },
    ...options,
  });
  const states = (id: string) =>
    health
      .flatMap(entry => (entry.id === id ? [entry.health.state] : []))
      .filter((state, i, all) => state !== all[i - 1]);
  return Object.assign(supervised, { supervisor, health, batches, toolsChanged, states });
}

/** Runs `mcp-servers/NAME.mjs`. */
export const planScript = (
  name: string,
  args: string[] = [],
  environment: Record<string, string> = {},
): (() => Promise<LaunchPlan>) => {
  return async () => ({
    kind: 'stdio',
    command: process.execPath,
    args: [testServerScript(name), ...args],
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
    workingDirectory: import.meta.dirname,
  });
};

export const launchPolicy = (more: Partial<LaunchPolicy> = {}): LaunchPolicy => ({
  restart: 'never',
  startSeconds: 10,
  messageBytes: 1_000_000,
  ...more,
});

/** True if the process is there and is more than an entry that nobody has read yet. */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (status !== undefined) return !/^\d+ \(.*\) [ZX]/s.test(status);
  try {
    return process.kill(pid, 0) && process.platform !== 'linux';
  } catch {
    return false;
  }
}

// The state of one server as a pure function of what happens to it.
import type { Problem } from '../../shared/api/problem.ts';
import type { ServerHealth } from './supervisor.ts';

export type HealthEvent =
  | { kind: 'start-asked' }
  | { kind: 'retry-started' }
  | { kind: 'spawned'; pid: number | null }
  | {
      kind: 'ready';
      at: number;
      serverVersion: string | null;
      protocolVersion: string | null;
      instructions: string | null;
    }
  | { kind: 'start-failed'; problem: Problem }
  | { kind: 'retry-planned'; problem: Problem; at: number }
  | { kind: 'gave-up'; problem: Problem }
  /** It ended by itself and stays as it is; a failed end is a failure. */
  | { kind: 'ended'; problem: Problem; failed: boolean }
  | { kind: 'stop-asked' }
  | { kind: 'stopped' };

export const stoppedHealth: ServerHealth = {
  state: 'stopped',
  problem: null,
  nextTryAt: null,
  startedAt: null,
  restarts: 0,
  pid: null,
  serverVersion: null,
  protocolVersion: null,
  instructions: null,
};

/** What a server said of itself is kept when it ends; what belongs to one run is not. */
const atRest = (health: ServerHealth): ServerHealth => ({ ...health, nextTryAt: null, startedAt: null, pid: null });

const isActive = ({ state }: ServerHealth): boolean => state === 'starting' || state === 'running';

/** The health after an event. An event that cannot happen in this state changes nothing. */
export function nextHealth(health: ServerHealth, event: HealthEvent): ServerHealth {
  const { state } = health;
  switch (event.kind) {
    case 'start-asked':
      return isActive(health) || state === 'stopping'
        ? health
        : { ...atRest(health), state: 'starting', problem: null, restarts: 0 };
    case 'retry-started':
      return state === 'restarting'
        ? { ...atRest(health), state: 'starting', problem: health.problem, restarts: health.restarts + 1 }
        : health;
    case 'spawned':
      return state === 'starting' ? { ...health, pid: event.pid } : health;
    case 'ready': {
      const { at, serverVersion, protocolVersion, instructions } = event;
      const said = { serverVersion, protocolVersion, instructions };
      return state === 'starting' ? { ...health, ...said, state: 'running', problem: null, startedAt: at } : health;
    }
    case 'start-failed':
      return state === 'starting' ? { ...atRest(health), state: 'failed', problem: event.problem } : health;
    case 'retry-planned':
      return isActive(health)
        ? { ...atRest(health), state: 'restarting', problem: event.problem, nextTryAt: event.at }
        : health;
    case 'gave-up':
      return isActive(health) ? { ...atRest(health), state: 'crash-looping', problem: event.problem } : health;
    case 'ended':
      return isActive(health)
        ? { ...atRest(health), state: event.failed ? 'failed' : 'stopped', problem: event.problem }
        : health;
    case 'stop-asked':
      return isActive(health) ? { ...health, state: 'stopping', problem: null } : health;
    case 'stopped':
      return { ...atRest(health), state: 'stopped', problem: null };
  }
}

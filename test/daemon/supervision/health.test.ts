import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type HealthEvent, nextHealth, stoppedHealth } from '../../../daemon/supervision/health.ts';
import type { ServerHealth } from '../../../daemon/supervision/supervisor.ts';
import { toProblem } from '../../../shared/api/problem.ts';

const problem = toProblem('SERVER_003', { detail: 'It ended.' });
const ready = { kind: 'ready', at: 5, serverVersion: '1', protocolVersion: '2025-11-25', instructions: null } as const;

const events: HealthEvent[] = [
  { kind: 'start-asked' },
  { kind: 'retry-started' },
  { kind: 'spawned', pid: 42 },
  ready,
  { kind: 'start-failed', problem },
  { kind: 'retry-planned', problem, at: 99 },
  { kind: 'gave-up', problem },
  { kind: 'ended', problem, failed: true },
  { kind: 'ended', problem, failed: false },
  { kind: 'stop-asked' },
  { kind: 'stopped' },
];

const healthAfter = (...list: HealthEvent[]): ServerHealth => list.reduce(nextHealth, stoppedHealth);

describe('the health of a server', () => {
  it('goes from a start to running and to a stop', () => {
    const running = healthAfter({ kind: 'start-asked' }, { kind: 'spawned', pid: 42 }, ready);
    assert.deepEqual([running.state, running.pid, running.startedAt], ['running', 42, 5]);
    const stopped = [{ kind: 'stop-asked' }, { kind: 'stopped' }].reduce(
      (health, event) => nextHealth(health, event as HealthEvent),
      running,
    );
    assert.deepEqual([stopped.state, stopped.pid, stopped.startedAt], ['stopped', null, null]);
    assert.equal(stopped.serverVersion, '1', 'what it said of itself is kept');
  });

  it('counts restarts that nobody asked for, until a person starts it', () => {
    const restart: HealthEvent[] = [{ kind: 'retry-planned', problem, at: 9 }, { kind: 'retry-started' }, ready];
    const twice = healthAfter({ kind: 'start-asked' }, ready, ...restart, ...restart);
    assert.deepEqual([twice.state, twice.restarts, twice.problem], ['running', 2, null]);
    assert.equal(
      healthAfter({ kind: 'start-asked' }, ready, ...restart, { kind: 'stopped' }, { kind: 'start-asked' }).restarts,
      0,
    );
  });

  it('can be started again whenever it is at rest', () => {
    for (const last of ['start-failed', 'gave-up'] as const) {
      assert.equal(
        healthAfter({ kind: 'start-asked' }, { kind: last, problem }, { kind: 'start-asked' }).state,
        'starting',
      );
    }
  });

  it('is consistent after any sequence of events', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), list => {
        let health = stoppedHealth;
        for (const event of list) {
          const before = health;
          health = nextHealth(before, event);
          checkConsistency(health);
          if (before.state === 'stopped') assert.ok(['stopped', 'starting'].includes(health.state));
          if (health.state === 'running') assert.ok(['starting', 'running'].includes(before.state));
        }
        assert.deepEqual(nextHealth(health, { kind: 'stopped' }).state, 'stopped');
      }),
      { numRuns: 500 },
    );
  });
});

function checkConsistency({ state, problem: why, nextTryAt, startedAt, pid }: ServerHealth): void {
  assert.equal(nextTryAt !== null, state === 'restarting');
  if (startedAt !== null) assert.ok(state === 'running' || state === 'stopping');
  if (state === 'running') assert.notEqual(startedAt, null);
  if (['running', 'stopping'].includes(state)) assert.equal(why, null);
  if (['failed', 'crash-looping', 'restarting'].includes(state)) assert.notEqual(why, null);
  if (pid !== null) assert.ok(['starting', 'running', 'stopping'].includes(state));
}

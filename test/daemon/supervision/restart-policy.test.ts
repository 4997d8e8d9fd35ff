import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRestartPolicy, restartTimes, type ServerEnd } from '../../../daemon/supervision/restart-policy.ts';

const end = (at: number, more: Partial<ServerEnd> = {}): ServerEnd => ({ at, ranFor: 0, failed: true, ...more });

describe('the restart policy', () => {
  it('never restarts if it is told so', () => {
    assert.deepEqual(createRestartPolicy('never').after(end(0), []), { kind: 'rest' });
  });

  it('restarts after a failure only, or always', () => {
    const gently = end(0, { failed: false });
    assert.deepEqual(createRestartPolicy('on-failure').after(gently, []), { kind: 'rest' });
    assert.deepEqual(createRestartPolicy('on-failure').after(end(0), []), { kind: 'restart', delay: 1_000 });
    assert.deepEqual(createRestartPolicy('always').after(gently, []), { kind: 'restart', delay: 1_000 });
  });

  it('waits twice as long each time, up to a minute', () => {
    const policy = createRestartPolicy('always', { givesUp: false });
    const delays: number[] = [];
    let history: ServerEnd[] = [];
    for (let i = 0; i < 9; i++) {
      const decision = policy.after(end(i), history);
      history = policy.remember(end(i), history);
      if (decision.kind === 'restart') delays.push(decision.delay);
    }
    assert.deepEqual(delays, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('gives up at the fifth end within a minute, and not before', () => {
    const policy = createRestartPolicy('on-failure');
    const four = [0, 10_000, 20_000, 30_000].map(at => end(at));
    assert.equal(policy.after(end(30_001), four.slice(0, 3)).kind, 'restart');
    assert.deepEqual(policy.after(end(59_999), four), { kind: 'give-up', ends: 5, seconds: 60 });
    assert.equal(policy.after(end(60_001), four).kind, 'restart');
  });

  it('forgets what was before a long run', () => {
    const policy = createRestartPolicy('always');
    const history = [0, 1, 2, 3].map(at => end(at));
    const afterLongRun = end(100_000, { ranFor: restartTimes.stableAfter });
    assert.deepEqual(policy.after(afterLongRun, history), { kind: 'restart', delay: 1_000 });
    assert.deepEqual(policy.remember(afterLongRun, history), [afterLongRun]);
  });

  it('holds for every history: a delay within its bounds, or an end of trying', () => {
    const history = fc.array(fc.record({ at: fc.nat(1e9), ranFor: fc.nat(120_000), failed: fc.boolean() }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(history, fc.constantFrom('never', 'on-failure', 'always'), fc.boolean(), (ends, mode, givesUp) => {
        const policy = createRestartPolicy(mode, { givesUp });
        let remembered: ServerEnd[] = [];
        for (const one of ends.sort((a, b) => a.at - b.at)) {
          const decision = policy.after(one, remembered);
          remembered = policy.remember(one, remembered);
          assert.ok(remembered.length <= 64);
          if (decision.kind === 'restart') assert.ok(decision.delay >= 1_000 && decision.delay <= 60_000);
          if (decision.kind === 'give-up') assert.ok(givesUp && mode !== 'never');
          if (mode === 'never') assert.equal(decision.kind, 'rest');
        }
      }),
    );
  });
});

import assert from 'node:assert/strict';
import { describeProblem, Problem, problem, problemCodes, statusOf } from '../../shared/api/problem.ts';

describe('problems', () => {
  it('have an HTTP error status and a title each', () => {
    for (const code of problemCodes) {
      const { problem: made } = problem(code, { detail: 'Why.' });
      assert.ok(statusOf(code) >= 400 && statusOf(code) < 600, code);
      assert.equal(made.type, `urn:quayside:problem:${code}`);
      assert.equal(Problem.parse(made).status, statusOf(code));
    }
  });

  it('read as one paragraph: what happened, why, what next, and the code', () => {
    const { problem: made } = problem('SERVER_001', { detail: 'No server is called "x".', next: 'Look at the list.' });
    assert.equal(
      describeProblem(made),
      'There is no such server: No server is called "x". Look at the list. (SERVER_001)',
    );
  });

  it('never carry their cause to the other side', () => {
    const error = problem('DAEMON_001', { detail: 'Why.', cause: new Error('inside') });
    assert.doesNotMatch(JSON.stringify(error.problem), /inside/);
    assert.equal((error.cause as Error).message, 'inside');
  });
});

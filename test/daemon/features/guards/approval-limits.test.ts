import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileArgumentTest } from '../../../../daemon/features/approvals/argument-test.ts';
import { toCanonicalJson } from '../../../../daemon/platform/canonical.ts';
import type { ApprovalRule } from '../../../../shared/api/approvals.ts';
import { isProblemError } from '../../../../shared/api/problem.ts';
import { buildCall, buildWireTool, createGuardsApp, type GuardsApp } from '../../../support/guards-app.ts';

const hasCode = (code: string) => (error: unknown) => isProblemError(error) && error.code === code;

describe('what is kept of approvals', () => {
  let app: GuardsApp;
  beforeEach(() => {
    app = createGuardsApp();
    app.addServer('files');
    app.list('files', [buildWireTool('delete'), buildWireTool('move')]);
  });
  afterEach(() => app[Symbol.dispose]());

  const ask = async (change: Parameters<typeof buildCall>[0] = {}) => {
    const call = buildCall(change);
    const ended = Promise.resolve(app.guards.admit(call)).then(
      () => 'passed',
      error => (isProblemError(error) ? error.code : String(error)),
    );
    const { digest } = await app.api.getApproval({ params: { id: call.id } });
    return { ended, digest, params: { id: call.id } };
  };
  const always = async ({ params, digest }: { params: { id: string }; digest: string }) =>
    await app.api.approveCall({ params, body: { digest, remember: 'always' } });

  it('is one rule, however many calls of the same tool are allowed for good', async () => {
    await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-all-writes' } });
    const [first, second] = [await ask(), await ask({ arguments: { path: '/tmp/b' } })];
    await always(first);
    await always(second);
    assert.deepEqual([await first.ended, await second.ended], ['passed', 'passed']);
    const { rules } = await app.api.getApprovalRules();
    assert.deepEqual(
      rules.map(({ verdict }) => verdict),
      ['allow', 'ask'],
    );
  });

  it('is never more rules than can be read again', async () => {
    const full = Array.from(
      { length: 200 },
      (_, i): ApprovalRule => ({ id: `rule-${i}`, when: { tool: `x-${i}` }, verdict: 'deny', reason: '' }),
    );
    await app.api.replaceApprovalRules({ body: { version: 0, rules: full, otherwise: 'ask' } });
    const call = await ask();
    await assert.rejects(always(call), hasCode('APPROVAL_005'));
    app.restart();
    assert.equal(await call.ended, 'TOOL_006');
    const { rules, problem } = await app.api.getApprovalRules();
    assert.deepEqual([rules.length, problem], [200, null]);
  });

  it('is bounded in bytes: a caller that asks and goes away fills no disk', async () => {
    await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-all-writes' } });
    const first = await ask({ arguments: { first: true } });
    for (let i = 0; i < 100; i += 1) {
      const gone = new AbortController();
      const ended = app.guards.admit(buildCall({ arguments: { text: '한'.repeat(130_000) }, signal: gone.signal }));
      gone.abort();
      await assert.rejects(Promise.resolve(ended), hasCode('TOOL_006'));
    }
    const { total } = await app.api.listApprovals({ query: { state: 'withdrawn', limit: 1 } });
    // Each character takes three bytes.
    assert.ok(total > 60 && total < 90, `${total} are kept`);
    // What waits is not what is thrown away.
    await app.api.approveCall({ params: first.params, body: { digest: first.digest } });
    assert.equal(await first.ended, 'passed');
  });

  it('is compared with what a rule wants as JSON is, whatever the order of members', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    fc.assert(
      fc.property(json, json, fc.boolean(), (wanted, other, isSame) => {
        const value = isSame ? JSON.parse(toCanonicalJson(wanted)) : other;
        const fits = compileArgumentTest({ pointer: '/a', equals: wanted })({ a: value }, false, { left: 1 });
        assert.equal(fits, toCanonicalJson(value) === toCanonicalJson(wanted));
      }),
      { numRuns: 500 },
    );
  });
});

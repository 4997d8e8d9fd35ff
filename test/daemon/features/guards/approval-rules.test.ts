import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compileArgumentTest } from '../../../../daemon/features/approvals/argument-test.ts';
import { type ToolHints, toHints } from '../../../../daemon/features/approvals/hints.ts';
import { createPolicy, type Question } from '../../../../daemon/features/approvals/policy.ts';
import { createRulesService } from '../../../../daemon/features/approvals/rules.service.ts';
import type { ApprovalRule, ArgumentTest, RuleConditions } from '../../../../shared/api/approvals.ts';
import { isProblemError } from '../../../../shared/api/problem.ts';
import { createGuardsApp, type GuardsApp } from '../../../support/guards-app.ts';
import { hasCode } from '../../../support/problems.ts';

const hints: ToolHints = { readOnly: false, destructive: true, openWorld: true };
const question = (change: Partial<Question> = {}): Question => ({
  ...{ serverId: 'files', tool: 'delete', arguments: { path: '/tmp/a' }, via: 'mcp', isTainted: () => false },
  caller: { id: 'key-1', kind: 'agent', name: 'agent cursor (key)' },
  ...change,
});
const rule = (id: string, verdict: ApprovalRule['verdict'], when: RuleConditions = {}): ApprovalRule => ({
  ...{ id, verdict, when },
  reason: `It is rule ${id}.`,
});
const policyOf = (rules: ApprovalRule[], of = hints) => createPolicy({ rules, otherwise: 'allow' }, () => of);
const verdictOf = (when: RuleConditions, asked = question(), of = hints) =>
  policyOf([rule('one', 'deny', when)], of).decide(asked).ruleId === 'one';

describe('the rules of approvals', () => {
  it('decide by the first that fits, whatever follows', () => {
    const when = fc.constantFrom<RuleConditions>(
      {},
      { tool: 'del*' },
      { tool: 'other' },
      { server: 'files' },
      { annotations: { destructive: true } },
      { annotations: { readOnly: true } },
      { caller: { kind: ['agent'] } },
      { caller: { name: '*cursor*' } },
      { caller: { id: 'key-2' } },
      { via: ['api'] },
      { tainted: true },
      { tainted: false },
      { arguments: [{ pointer: '/path', glob: '/tmp/*' }] },
      { arguments: [{ jsonPath: '$.path', equals: '/etc' }] },
    );
    const verdict = fc.constantFrom('allow' as const, 'ask' as const, 'deny' as const);
    fc.assert(
      fc.property(fc.array(fc.tuple(verdict, when), { maxLength: 8 }), list => {
        const rules = list.map(([of, conditions], at) => rule(`r${at}`, of, conditions));
        const first = rules.find(each => policyOf([each]).decide(question()).ruleId !== null);
        const policy = policyOf(rules);
        for (let again = 0; again < 2; again += 1) {
          const decision = policy.decide(question());
          assert.equal(decision.ruleId, first?.id ?? null);
          assert.equal(decision.verdict, first?.verdict ?? 'allow');
        }
        assert.equal(policy.trail(question()).find(({ fits }) => fits)?.ruleId, first?.id);
      }),
    );
  });

  it('take the protocol’s defaults for hints that are missing or odd', () => {
    assert.deepEqual(toHints(undefined), { readOnly: false, destructive: true, openWorld: true });
    assert.deepEqual(toHints({ readOnlyHint: 'yes', openWorldHint: 0 }), hints);
    assert.deepEqual(toHints({ readOnlyHint: true, destructiveHint: true, openWorldHint: false }), {
      ...{ readOnly: true, destructive: false, openWorld: false },
    });
  });

  it('look at server, tool, hints, caller, way and taint', () => {
    assert.ok(verdictOf({ server: 'fi*', tool: 'delete' }));
    assert.ok(!verdictOf({ server: 'file' }));
    assert.ok(!verdictOf({ annotations: { destructive: true } }, question(), { ...hints, destructive: false }));
    assert.ok(verdictOf({ caller: { kind: ['agent', 'key'], name: 'agent c*' } }));
    assert.ok(!verdictOf({ caller: { kind: ['owner'] } }));
    assert.ok(verdictOf({ via: ['mcp'] }) && !verdictOf({ via: ['api', 'test'] }));
    assert.ok(verdictOf({ tainted: true }, question({ isTainted: () => true })) && !verdictOf({ tainted: true }));
  });

  it('ask or deny if one value fits, and allow only if all do', () => {
    const fits = (test: ArgumentTest, args: Record<string, unknown>, isLenient: boolean) =>
      compileArgumentTest(test)(args, isLenient, { left: 100_000 });
    const inside: ArgumentTest = { jsonPath: '$.paths[*]', glob: '/safe/*' };
    const mixed = { paths: ['/safe/a', '/etc/passwd'] };
    assert.deepEqual([fits(inside, mixed, false), fits(inside, mixed, true)], [true, false]);
    assert.equal(fits(inside, { paths: [] }, true), false);
    assert.equal(fits(inside, {}, false), false);
  });

  it('hold what cannot be judged against the call', () => {
    const fits = (test: ArgumentTest, args: unknown, isLenient: boolean, left = 100_000) =>
      compileArgumentTest(test)(args as Record<string, unknown>, isLenient, { left });
    const unclear: [ArgumentTest, unknown, number?][] = [
      [{ pointer: '/path', regex: '^/etc' }, { path: ['/etc/passwd'] }],
      [{ pointer: '/path', glob: '/safe/*' }, { path: { toString: '/safe/x' } }],
      [{ pointer: '/path', regex: 'x' }, { path: 'a'.repeat(10_000) }, 100],
      [{ jsonPath: '$..path', exists: true }, JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`)],
      [{ jsonPath: '$[*]', equals: 1 }, Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`k${at}`, 0]))],
    ];
    for (const [test, args, left] of unclear)
      assert.deepEqual(
        [fits(test, args, false, left), fits(test, args, true, left)],
        [true, false],
        JSON.stringify(test),
      );
  });

  it('compare values as JSON does, and find own members alone', () => {
    const fits = (test: ArgumentTest, text: string) =>
      compileArgumentTest(test)(JSON.parse(text), false, { left: 100_000 });
    assert.ok(fits({ pointer: '/a', equals: { x: 1, y: [2] } }, '{"a":{"y":[2.0],"x":1e0}}'));
    assert.ok(fits({ pointer: '/port', regex: '^22$' }, '{"port":22}'));
    assert.ok(fits({ pointer: '/a~1b/m~0n', equals: null }, '{"a/b":{"m~n":null}}'));
    assert.ok(!fits({ pointer: '/constructor', exists: true }, '{}'));
    assert.ok(fits({ pointer: '/__proto__/x', equals: 1 }, '{"__proto__":{"x":1}}'));
    assert.ok(fits({ jsonPath: '$.a[?@.b > 1].c', equals: 3 }, '{"a":[{"b":2,"c":3}]}'));
  });

  it('refuse paths that could take too long', () => {
    for (const jsonPath of ['$..a..b', '$[?@.x == $.y]', '$[?match(@.a, "(a+)+")]', '$.', 'a'])
      assert.throws(() => compileArgumentTest({ jsonPath, exists: true }), jsonPath);
    assert.doesNotThrow(() => compileArgumentTest({ jsonPath: "$['a$..b..c']", exists: true }));
  });

  it('of a format that is not known deny every call, and say so', () => {
    for (const document of [{ format: 2, rules: [], otherwise: 'allow' }, { format: 1 }, null, 'x']) {
      const stored = { version: 7, document, changedAt: '2026-01-01T00:00:00.000Z', changedBy: 'somebody' };
      const rules = createRulesService({
        repository: { find: () => stored, save: () => {} },
        hintsOf: () => hints,
        clock: { now: () => 0 },
        publish: () => {},
      });
      assert.equal(rules.policy.decide(question()).verdict, 'deny');
      assert.match(rules.get().problem ?? '', /denied until they are replaced/);
      assert.equal(rules.replace({ version: 7, preset: 'off' }, 'owner').problem, null);
      assert.equal(rules.policy.decide(question()).verdict, 'allow');
    }
  });
});

describe('the rules of approvals at the API', () => {
  let app: GuardsApp;
  beforeEach(() => {
    app = createGuardsApp();
  });
  afterEach(() => app[Symbol.dispose]());

  it('begin with the preset that asks for nothing', async () => {
    const { preset, version, rules, otherwise } = await app.api.getApprovalRules();
    assert.deepEqual(
      { preset, version, rules, otherwise },
      { preset: 'off', version: 0, rules: [], otherwise: 'allow' },
    );
  });

  it('are changed by who has read them last', async () => {
    const changed = await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-destructive' } });
    assert.deepEqual([changed.version, changed.preset], [1, 'ask-destructive']);
    await assert.rejects(
      app.api.replaceApprovalRules({ body: { version: 0, preset: 'off' } }),
      hasCode('APPROVAL_004'),
    );
    const own = await app.api.replaceApprovalRules({ body: { version: 1, rules: [rule('mine', 'ask')] } });
    assert.deepEqual([own.preset, own.rules.length], [null, 1]);
    app.restart();
    assert.deepEqual(await app.api.getApprovalRules(), own);
    assert.ok(app.events.some(event => event.type === 'approval-rules.changed' && event.version === 2));
  });

  it('that cannot be understood are refused with the reason', async () => {
    const wrong = rule('wrong', 'deny', { arguments: [{ pointer: '/a', regex: '(?=x)' }] });
    await assert.rejects(app.api.replaceApprovalRules({ body: { version: 0, rules: [wrong] } }), (error: unknown) => {
      assert.ok(isProblemError(error));
      assert.match(error.problem.detail, /Rule wrong: Look-around is not possible/);
      return true;
    });
    const twice = [rule('a', 'ask'), rule('a', 'deny')];
    await assert.rejects(app.api.replaceApprovalRules({ body: { version: 0, rules: twice } }), hasCode('REQUEST_001'));
    assert.equal((await app.api.getApprovalRules()).version, 0);
  });

  it('explain a decision by what does not fit and what does', async () => {
    const rules = [
      rule('first', 'deny', { tool: 'send*' }),
      rule('second', 'ask', { annotations: { destructive: true } }),
    ];
    await app.api.replaceApprovalRules({ body: { version: 0, rules } });
    const explained = await app.api.explainApproval({ body: { serverId: 'files', tool: 'delete' } });
    assert.deepEqual([explained.verdict, explained.ruleId], ['ask', 'second']);
    assert.deepEqual(explained.trail, [
      { ruleId: 'first', fits: false, detail: 'Not so: the tool is called send*.' },
      { ruleId: 'second', fits: true, detail: 'It is rule second.' },
    ]);
  });
});

import assert from 'node:assert/strict';
import type { ToolCall } from '../../../../daemon/supervision/tool-call.ts';
import type { ApprovalRule } from '../../../../shared/api/approvals.ts';
import { isProblemError } from '../../../../shared/api/problem.ts';
import {
  buildCall,
  buildPrincipal,
  buildWireTool,
  createGuardsApp,
  type GuardsApp,
  secret,
} from '../../../support/guards-app.ts';
import { hasCode } from '../../../support/problems.ts';

describe('a call that has to be approved', () => {
  let app: GuardsApp;
  beforeEach(async () => {
    app = createGuardsApp();
    app.addServer('files');
    const readOnly = { annotations: { readOnlyHint: true, openWorldHint: true } };
    app.list('files', [buildWireTool('delete'), buildWireTool('fetch', readOnly)]);
    await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-destructive' } });
  });
  afterEach(() => app[Symbol.dispose]());

  const waiting = async () => (await app.api.listApprovals({ query: { state: 'waiting' } })).items;
  const stateOf = async (id: string) => (await app.api.getApproval({ params: { id } })).state;
  /** Asks, and says how it ended. */
  const ask = (call: ToolCall): Promise<string> =>
    Promise.resolve()
      .then(() => app.guards.admit(call))
      .then(
        () => 'passed',
        error => (isProblemError(error) ? error.code : String(error)),
      );
  const approve = async (id: string, api = app.api) => {
    const { digest } = await app.api.getApproval({ params: { id } });
    return await api.approveCall({ params: { id }, body: { digest } });
  };

  it('waits, is shown as it is, and passes when a person approves it', async () => {
    const call = buildCall();
    const ended = ask(call);
    const [shown] = await waiting();
    assert.equal(shown?.id, call.id);
    assert.deepEqual(JSON.parse(shown?.arguments ?? ''), call.arguments);
    assert.deepEqual(
      [shown?.serverId, shown?.tool, shown?.caller.name, shown?.client, shown?.ruleId, shown?.annotations.destructive],
      ['files', 'delete', 'agent cursor (key)', 'cursor 1.0', 'ask-destructive', true],
    );
    assert.notEqual(shown?.session, 'session-1');
    assert.equal((await approve(call.id)).state, 'used');
    assert.equal(await ended, 'passed');
    const acts = app.audit().flatMap(row => row.match(/^approval(?:Asked|Granted|Used) files\/delete/) ?? []);
    assert.deepEqual(acts, ['approvalAsked files/delete', 'approvalGranted files/delete', 'approvalUsed files/delete']);
    const told = app.events.flatMap(event => (event.type === 'approval.changed' ? [event.state] : []));
    assert.deepEqual(told, ['waiting', 'used']);
  });

  it('does not pass when a person denies it, and the caller reads why', async () => {
    const call = buildCall();
    const ended = Promise.resolve(app.guards.admit(call)).catch((error: unknown) => error);
    await app.api.denyCall({ params: { id: call.id }, body: { reason: 'not today' } });
    const error = await ended;
    assert.ok(isProblemError(error));
    assert.deepEqual([error.code, error.problem.detail.includes('not today')], ['APPROVAL_001', true]);
    assert.equal(await stateOf(call.id), 'denied');
  });

  it('pays nothing where no rule asks', () => {
    assert.equal(app.guards.admit(buildCall({ tool: 'fetch' })), undefined);
  });

  it('is denied by a rule without anybody being asked, on record', async () => {
    await app.api.replaceApprovalRules({ body: { version: 1, preset: 'read-only' } });
    assert.throws(() => app.guards.admit(buildCall()), hasCode('APPROVAL_001'));
    assert.equal((await waiting()).length, 0);
    assert.ok(app.audit().some(row => /^approvalDenied files\/delete sha256:\w+ rule deny-writes.* denied$/.test(row)));
  });

  it('is withdrawn when its caller goes away', async () => {
    const gone = new AbortController();
    const call = buildCall({ signal: gone.signal });
    const ended = ask(call);
    gone.abort();
    assert.equal(await ended, 'TOOL_006');
    assert.equal(await stateOf(call.id), 'withdrawn');
    await assert.rejects(approve(call.id), hasCode('APPROVAL_003'));
    assert.equal(await ask(buildCall({ signal: gone.signal })), 'TOOL_006');
  });

  it('is withdrawn when the daemon ends, and waits for nobody after it', async () => {
    const call = buildCall();
    const ended = ask(call);
    assert.equal((await waiting()).length, 1);
    app.restart();
    assert.equal(await ended, 'TOOL_006');
    assert.equal(await stateOf(call.id), 'withdrawn');
  });

  it('waits with few others of its caller', async () => {
    const others = Array.from({ length: 10 }, () => ask(buildCall()));
    assert.equal(await ask(buildCall()), 'APPROVAL_001');
    const other = buildCall({ caller: { ...buildCall().caller, id: 'key-2' } });
    const ended = ask(other);
    await approve(other.id);
    assert.equal(await ended, 'passed');
    app.guards.close();
    await Promise.all(others);
  });

  it('is denied if nobody could read its arguments', async () => {
    for (const text of ['x'.repeat(200_000), 'a\u200b'.repeat(50_000)])
      assert.equal(await ask(buildCall({ arguments: { text } })), 'APPROVAL_001');
    assert.equal((await waiting()).length, 0);
  });

  it('is denied like any other if it is nested beyond what can be written', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`);
    for (const change of [{ arguments: deep }, { params: { task: deep } }])
      assert.equal(await ask(buildCall(change)), 'APPROVAL_001');
    await app.api.replaceApprovalRules({ body: { version: 1, preset: 'read-only' } });
    assert.equal(await ask(buildCall({ arguments: deep })), 'APPROVAL_001');
    assert.equal(app.audit().filter(row => row.startsWith('approvalDenied files/delete')).length, 3);
  });

  it('shows no value of the vault and nothing that is hidden', async () => {
    const call = buildCall({ arguments: { token: secret, text: 'a\u202eb\u200b' } });
    const ended = ask(call);
    const [shown] = await waiting();
    assert.ok(!JSON.stringify(shown).includes(secret));
    assert.match(shown?.arguments ?? '', /"token": "•••"/);
    assert.match(shown?.arguments ?? '', /a\[U\+202E\]b\[U\+200B\]/);
    app.guards.close();
    await ended;
  });

  it('is not decided if what is sent besides the arguments is too much to be read, and shows no secret of it', async () => {
    const params = { _meta: { 'example/text': 'x'.repeat(131_072) } };
    assert.equal(await ask(buildCall({ params })), 'APPROVAL_001');
    const call = buildCall({ params: { _meta: { 'example/token': secret, 'example/text': 'a\u202eb' } } });
    const ended = ask(call);
    const [shown] = await waiting();
    assert.match(shown?.besides ?? '', /"example\/token": "•••",\n.*a\[U\+202E\]b/);
    app.guards.close();
    await ended;
  });

  it('can be waited for at the API', async () => {
    const call = buildCall();
    const ended = ask(call);
    const followed = app.api.getApproval({ params: { id: call.id }, query: { wait: 30 } });
    await approve(call.id);
    assert.equal((await followed).state, 'used');
    await ended;
    // Once it is decided there is nothing to wait for.
    assert.equal((await app.api.getApproval({ params: { id: call.id }, query: { wait: 30 } })).state, 'used');
  });

  it('can be allowed for the rest of the session, and for no other', async () => {
    const call = buildCall();
    const ended = ask(call);
    const { digest } = (await waiting())[0] ?? { digest: '' };
    await app.api.approveCall({ params: { id: call.id }, body: { digest, remember: 'session' } });
    assert.equal(await ended, 'passed');
    assert.equal(await ask(buildCall({ arguments: { path: '/other' } })), 'passed');
    const { caller } = buildCall();
    for (const other of [
      { ...caller, sessionId: 'session-2' },
      { ...caller, id: 'key-2' },
    ]) {
      const refused = buildCall({ caller: other });
      const end = ask(refused);
      await app.api.denyCall({ params: { id: refused.id }, body: {} });
      assert.equal(await end, 'APPROVAL_001');
    }
    app.guards.left(caller.id, 'session-1');
    const after = buildCall();
    const end = ask(after);
    await app.api.denyCall({ params: { id: after.id }, body: {} });
    assert.equal(await end, 'APPROVAL_001');
  });

  it('is asked for again in the session by a rule that has another reason', async () => {
    const ruleFor = (id: string, when: ApprovalRule['when']): ApprovalRule => ({
      id,
      when,
      verdict: 'ask',
      reason: id,
    });
    const secrets = ruleFor('secrets', { arguments: [{ pointer: '/path', glob: '/etc/*' }] });
    await app.api.replaceApprovalRules({ body: { version: 1, rules: [secrets, ruleFor('all', {})] } });
    const call = buildCall();
    const ended = ask(call);
    const { digest } = await app.api.getApproval({ params: { id: call.id } });
    await app.api.approveCall({ params: { id: call.id }, body: { digest, remember: 'session' } });
    assert.equal(await ended, 'passed');
    assert.equal(await ask(buildCall({ arguments: { path: '/tmp/b' } })), 'passed');
    const other = buildCall({ arguments: { path: '/etc/passwd' } });
    const held = ask(other);
    assert.equal(await stateOf(other.id), 'waiting');
    app.guards.close();
    assert.equal(await held, 'TOOL_006');
  });

  it('cannot be allowed for a session that there is not', async () => {
    const call = buildCall({ caller: { ...buildCall().caller, sessionId: null } });
    const ended = ask(call);
    const { digest } = (await waiting())[0] ?? { digest: '' };
    const body = { digest, remember: 'session' as const };
    await assert.rejects(app.api.approveCall({ params: { id: call.id }, body }), hasCode('APPROVAL_003'));
    await approve(call.id);
    assert.equal(await ended, 'passed');
  });

  it('can be allowed for good by who may make rules, as a rule of this caller and tool', async () => {
    const call = buildCall();
    const ended = ask(call);
    const { digest } = (await waiting())[0] ?? { digest: '' };
    const given = { params: { id: call.id }, body: { digest, remember: 'always' as const } };
    await assert.rejects(app.apiOf(buildPrincipal()).approveCall(given), hasCode('ACCESS_002'));
    await app.apiOf(buildPrincipal({ roles: ['admin'] })).approveCall(given);
    assert.equal(await ended, 'passed');
    const { rules } = await app.api.getApprovalRules();
    assert.deepEqual(rules[0]?.when, { server: 'files', tool: 'delete', caller: { id: 'key-1' } });
    assert.equal(app.guards.admit(buildCall({ arguments: { path: '/any' } })), undefined);
    assert.notEqual(app.guards.admit(buildCall({ caller: { ...call.caller, id: 'key-2' } })), undefined);
    app.guards.close();
  });

  it('is asked for in a session that has had a result from the open world, and only there', async () => {
    const rule: ApprovalRule = { id: 'taint', when: { tainted: true }, verdict: 'deny', reason: 'Tainted.' };
    await app.api.replaceApprovalRules({ body: { version: 1, rules: [rule] } });
    const fetched = buildCall({ tool: 'fetch' });
    const result = { content: [] };
    const end = { startedAt: 0, durationMs: 1, bytes: 1, code: null };
    assert.equal(app.guards.admit(buildCall()), undefined);
    app.guards.finished({ call: fetched, outcome: 'failed', result: undefined, ...end });
    assert.equal(app.guards.admit(buildCall()), undefined);
    app.guards.finished({ call: fetched, outcome: 'ok', result, ...end });
    assert.throws(() => app.guards.admit(buildCall()), hasCode('APPROVAL_001'));
    const elsewhere = buildCall({ caller: { ...buildCall().caller, sessionId: 'session-2' } });
    assert.equal(app.guards.admit(elsewhere), undefined);
    // A model reads the message of an error as it reads a result.
    const refused = { ...elsewhere, tool: 'fetch' };
    app.guards.finished({ call: refused, outcome: 'failed', result: undefined, ...end, code: 'rpc:-32000' });
    assert.throws(() => app.guards.admit(elsewhere), hasCode('APPROVAL_001'));
  });

  it('is known by the hints that a person approved, and not by those that the server says now', async () => {
    app.list('files', [buildWireTool('delete', { annotations: { readOnlyHint: true } }), buildWireTool('fetch')]);
    assert.throws(() => app.guards.admit(buildCall()), hasCode('TOOL_008'));
    const { digest } = await app.api.getLock({ params: { id: 'files' } });
    await app.api.approveLock({ params: { id: 'files' }, body: { digest: digest ?? '' } });
    assert.equal(app.guards.admit(buildCall()), undefined);
    assert.notEqual(app.guards.admit(buildCall({ tool: 'fetch' })), undefined);
    app.guards.close();
  });

  it('is nobody’s business who is not for its server', async () => {
    const call = buildCall();
    const ended = ask(call);
    const other = app.apiOf(buildPrincipal({ kind: 'key', servers: ['other'] }));
    assert.equal((await other.listApprovals({})).total, 0);
    await assert.rejects(other.getApproval({ params: { id: call.id } }), hasCode('APPROVAL_002'));
    await assert.rejects(approve(call.id, other), hasCode('APPROVAL_002'));
    const mine = app.apiOf(buildPrincipal({ kind: 'key', servers: ['files'] }));
    assert.equal((await mine.listApprovals({})).total, 1);
    await approve(call.id, mine);
    assert.equal(await ended, 'passed');
  });
});

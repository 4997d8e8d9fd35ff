import assert from 'node:assert/strict';
import type { RuleConditions, RuleVerdict } from '../../../../shared/api/approvals.ts';
import { createGatewayApp, type GatewayApp, tool } from '../../../support/gateway-app.ts';
import { buildWireTool, createGuardsApp, type GuardsApp } from '../../../support/guards-app.ts';
import { until } from '../../../support/in-process-daemon.ts';
import { openSession, type RawSession } from '../../../support/mcp-requests.ts';

describe('a method that the protocol does not know, at a server’s own address', () => {
  let guarded: GuardsApp;
  let app: GatewayApp;
  let session: RawSession;
  beforeEach(async () => {
    guarded = createGuardsApp();
    guarded.addServer('files');
    guarded.list('files', [buildWireTool('read')]);
    app = createGatewayApp();
    app.guard = guarded.guards;
    const echo = (params: object) => ({ ...params });
    app.run('files', { answers: { 'custom/run': echo, 'other/run': echo, 'tools/call': echo } }, [tool('read')]);
    session = await openSession(app.request, { path: '/mcp/server/files' });
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    guarded[Symbol.dispose]();
  });

  const rule = async (when: RuleConditions, verdict: RuleVerdict) => {
    const { version } = await guarded.api.getApprovalRules();
    const rules = [{ id: 'methods', when, verdict, reason: 'It could be anything.' }];
    return await guarded.api.replaceApprovalRules({ body: { version, rules } });
  };
  const codeOf = async (method: string, params: object = {}) =>
    (await session.ask(method, params)).error?.data?.['quayside/code'];

  it('can be denied by a rule for all of them, for one, or for what it is told', async () => {
    await rule({ tool: 'method:*' }, 'deny');
    assert.equal(await codeOf('custom/run'), 'APPROVAL_001');
    assert.equal(await codeOf('tools/call', { name: 'read' }), undefined);
    await rule({ tool: 'method:custom/*' }, 'deny');
    assert.equal(await codeOf('custom/run'), 'APPROVAL_001');
    assert.equal(await codeOf('other/run'), undefined);
    await rule({ tool: 'method:*', arguments: [{ pointer: '/path', glob: '/etc/*' }] }, 'deny');
    assert.equal(await codeOf('custom/run', { path: '/etc/passwd' }), 'APPROVAL_001');
    assert.equal(await codeOf('custom/run', { path: '/tmp/a' }), undefined);
    const { verdict } = await guarded.api.explainApproval({
      body: { serverId: 'files', tool: 'method:custom/run', arguments: { path: '/etc/passwd' } },
    });
    assert.equal(verdict, 'deny');
  });

  it('is asked about by the presets as a tool that may destroy something', async () => {
    await guarded.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-destructive' } });
    const answer = session.ask('custom/run', { path: '/tmp/a', _meta: { 'example/as': 'root' } });
    const asked = await until(
      async () => (await guarded.api.listApprovals({ query: { state: 'waiting' } })).items[0],
      'the question',
    );
    assert.deepEqual([asked.serverId, asked.tool], ['files', 'method:custom/run']);
    assert.deepEqual(
      [JSON.parse(asked.arguments), JSON.parse(asked.besides)],
      [{ path: '/tmp/a' }, { _meta: { 'example/as': 'root' } }],
    );
    await guarded.api.approveCall({ params: { id: asked.id }, body: { digest: asked.digest } });
    assert.equal((await answer).result.path, '/tmp/a');
    const [last] = app.finished;
    assert.deepEqual([last?.call.tool, last?.outcome], ['method:custom/run', 'ok']);
    assert.ok(guarded.audit().some(row => /^approvalUsed files\/method:custom\/run sha256:/.test(row)));
  });

  it('can be granted before it is sent', async () => {
    await guarded.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-all-writes' } });
    const wish = { serverId: 'files', tool: 'method:custom/run', arguments: { a: 1 }, callerId: 'owner' };
    await guarded.api.createGrant({ body: wish });
    assert.equal((await session.ask('custom/run', { a: 1 })).result.a, 1);
  });

  it('does not wear out the rules by a name that takes too long to be looked at', async () => {
    const hostile = `*${'a*'.repeat(90)}b`;
    await rule({ tool: hostile }, 'deny');
    const { guards } = guarded;
    const call = { ...(await firstCall()), tool: `method:${'a'.repeat(200_000)}` };
    assert.throws(() => guards.admit(call), 'what cannot be told does not go past a rule that denies');
    const rules = [{ id: 'methods', when: { tool: hostile }, verdict: 'allow' as const, reason: '' }];
    await guarded.api.replaceApprovalRules({ body: { version: 1, rules, otherwise: 'deny' } });
    assert.throws(() => guards.admit(call), 'nor does it fit one that allows');
  });

  const firstCall = async () => {
    await session.ask('custom/run');
    const call = app.finished.at(0)?.call;
    assert.ok(call);
    return call;
  };
});

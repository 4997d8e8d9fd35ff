import assert from 'node:assert/strict';
import type { ToolCall } from '../../../../daemon/supervision/tool-call.ts';
import { isProblemError } from '../../../../shared/api/problem.ts';
import {
  buildCall,
  buildPrincipal,
  buildWireTool,
  createGuardsApp,
  type GuardsApp,
} from '../../../support/guards-app.ts';
import { hasCode } from '../../../support/problems.ts';

describe('an approval cannot be got around', () => {
  let app: GuardsApp;
  beforeEach(async () => {
    app = createGuardsApp();
    app.addServer('files');
    app.addServer('mail');
    for (const id of ['files', 'mail']) app.list(id, [buildWireTool('delete'), buildWireTool('move')]);
    await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-all-writes' } });
  });
  afterEach(() => app[Symbol.dispose]());

  const granted = buildCall();
  const grant = (change: object = {}) =>
    app.api.createGrant({
      body: { serverId: 'files', tool: 'delete', arguments: granted.arguments, callerId: 'key-1', ...change },
    });
  /** True: it passed at once. A call that waits is refused by a person, and counts as held. */
  const passes = async (call: ToolCall): Promise<boolean> => {
    const admitted = Promise.resolve(app.guards.admit(call)).then(
      () => true,
      () => false,
    );
    const waits = await app.api.getApproval({ params: { id: call.id } }).catch(() => undefined);
    if (waits?.state === 'waiting') await app.api.denyCall({ params: { id: call.id }, body: {} });
    return await admitted;
  };
  const asked = async (call: ToolCall) => {
    const ended = Promise.resolve(app.guards.admit(call)).then(
      () => 'passed',
      error => (isProblemError(error) ? error.code : String(error)),
    );
    const { digest } = await app.api.getApproval({ params: { id: call.id } });
    return { ended, digest, params: { id: call.id } };
  };

  it('a grant given before lets exactly its call pass, in any order of members, once', async () => {
    await grant();
    assert.ok(await passes(buildCall({ arguments: { times: 1, path: '/tmp/a' } })));
    assert.ok(!(await passes(buildCall())));
    const acts = app.audit().map(row => row.split(' ')[0]);
    assert.ok(acts.includes('approvalUsed') && acts.includes('approvalReplayRefused'));
  });

  const caller = granted.caller;
  const others: [what: string, change: Partial<ToolCall>][] = [
    ['with a changed argument', { arguments: { path: '/tmp/b', times: 1 } }],
    ['with one argument more', { arguments: { path: '/tmp/a', times: 1, force: true } }],
    ['with one argument less', { arguments: { path: '/tmp/a' } }],
    ['with a number as a text', { arguments: { path: '/tmp/a', times: '1' } }],
    ['with a number that is nearly the same', { arguments: { path: '/tmp/a', times: 1.0000000000000002 } }],
    ['with null for what was left out', { arguments: { path: '/tmp/a', times: 1, force: null } }],
    ['with an argument in a list', { arguments: { path: ['/tmp/a'], times: 1 } }],
    ['with an invisible character', { arguments: { path: '/tmp/a\u200b', times: 1 } }],
    ['with another case of a letter', { arguments: { path: '/tmp/A', times: 1 } }],
    ['with another way of writing the path', { arguments: { path: '/tmp/./a', times: 1 } }],
    ['with a member called __proto__', { arguments: JSON.parse('{"path":"/tmp/a","times":1,"__proto__":{"x":1}}') }],
    ['with something in _meta', { params: { _meta: { 'example/as': 'root' } } }],
    [
      'with a name of the protocol’s own in _meta',
      { params: { _meta: { 'io.modelcontextprotocol/related-task': {} } } },
    ],
    ['with a task', { params: { task: { ttl: 60_000 } } }],
    ['with answers to questions that were not asked', { params: { inputResponses: { sure: { action: 'accept' } } } }],
    ['with a _meta that is none', { params: { _meta: 'root' } }],
    ['of another caller', { caller: { ...caller, id: 'key-2' } }],
    ['of another caller of the same name', { caller: { ...caller, id: 'key-3', name: caller.name } }],
    ['of another tool', { tool: 'move' }],
    ['of another server', { serverId: 'mail' }],
  ];
  for (const [what, change] of others) {
    it(`a grant does not let a call pass ${what}`, async () => {
      await grant();
      assert.ok(!(await passes(buildCall(change))));
      // And it is still there for the call that it is for.
      assert.ok(await passes(buildCall()));
    });
  }

  it('a grant names what else is sent, and is for that alone', async () => {
    const besides = { _meta: { 'example/as': 'ada' }, task: { ttl: 60_000 } };
    await grant({ besides });
    assert.ok(!(await passes(buildCall())));
    assert.ok(!(await passes(buildCall({ params: { ...besides, _meta: { 'example/as': 'root' } } }))));
    assert.ok(!(await passes(buildCall({ params: { _meta: besides._meta } }))));
    assert.ok(await passes(buildCall({ params: besides })));
  });

  it('what only client and gateway tell one another makes no other call', async () => {
    const meta = {
      progressToken: 7,
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'cursor' },
    };
    await grant();
    assert.ok(await passes(buildCall({ params: { name: 'gateway-name', arguments: { other: 1 }, _meta: meta } })));
  });

  it('a grant may leave _meta open, and nothing else', async () => {
    await grant({ anyMeta: true });
    assert.ok(!(await passes(buildCall({ params: { _meta: { 'example/call': 1 }, task: {} } }))));
    assert.ok(!(await passes(buildCall({ params: { task: {} } }))));
    assert.ok(await passes(buildCall({ params: { _meta: { 'example/call': 1 } } })));
    assert.ok(!(await passes(buildCall({ params: { _meta: { 'example/call': 1 } } }))), 'it was used');
  });

  it('a decision is not for the same arguments with something else beside them', async () => {
    const first = await asked(buildCall());
    const second = await asked(buildCall({ params: { task: { ttl: 1 } } }));
    await assert.rejects(
      app.api.approveCall({ params: second.params, body: { digest: first.digest } }),
      hasCode('APPROVAL_003'),
    );
    const shown = await app.api.getApproval({ params: second.params });
    assert.deepEqual(
      [JSON.parse(shown.besides), JSON.parse(shown.arguments)],
      [{ task: { ttl: 1 } }, granted.arguments],
    );
    app.guards.close();
  });

  it('what is sent besides is not changed while it waits', async () => {
    const params = { _meta: { 'example/as': 'ada' } };
    const { ended, digest, params: id } = await asked(buildCall({ params }));
    params._meta['example/as'] = 'root';
    await app.api.approveCall({ params: id, body: { digest } });
    assert.equal(await ended, 'APPROVAL_003');
  });

  it('a grant for one form of a letter is none for the other', async () => {
    await grant({ arguments: { path: 'caf\u00e9' } });
    assert.ok(!(await passes(buildCall({ arguments: { path: 'cafe\u0301' } }))));
  });

  it('numbers that are written in other ways are the same call, because the server gets the same', async () => {
    await grant({ arguments: JSON.parse('{"n":1.0,"m":-0,"big":1e2}') });
    assert.ok(await passes(buildCall({ arguments: JSON.parse('{"big":100,"m":0,"n":1}') })));
  });

  it('a grant ends with its time', async () => {
    const { id } = await grant({ seconds: 60 });
    app.clock.time += 60_000;
    assert.ok(!(await passes(buildCall())));
    assert.equal((await app.api.getApproval({ params: { id } })).state, 'expired');
    assert.ok(app.audit().some(row => row.startsWith('approvalExpired')));
  });

  it('a grant is good for no call before it was given: the clock was set back, and would make it last longer', async () => {
    await grant({ seconds: 60 });
    app.clock.time -= 3_600_000;
    assert.ok(!(await passes(buildCall())));
    app.clock.time += 3_600_000 + 30_000;
    assert.ok(await passes(buildCall()));
  });

  it('a grant that is taken back lets nothing pass', async () => {
    const { id } = await grant();
    await app.api.denyCall({ params: { id }, body: { reason: 'changed my mind' } });
    assert.ok(!(await passes(buildCall())));
    await assert.rejects(app.api.denyCall({ params: { id }, body: {} }), hasCode('APPROVAL_003'));
  });

  it('of two calls that race for one grant, one passes', async () => {
    await grant();
    assert.deepEqual((await Promise.all([passes(buildCall()), passes(buildCall())])).toSorted(), [false, true]);
  });

  it('a grant survives the daemon, and its use does too', async () => {
    await grant();
    app.restart();
    assert.ok(await passes(buildCall()));
    app.restart();
    assert.ok(!(await passes(buildCall())));
  });

  it('a grant is over neither a deny rule nor the quarantine', async () => {
    await grant();
    await grant();
    await app.api.replaceApprovalRules({ body: { version: 1, preset: 'read-only' } });
    assert.throws(() => app.guards.admit(buildCall()), hasCode('APPROVAL_001'));
    await app.api.replaceApprovalRules({ body: { version: 2, preset: 'ask-all-writes' } });
    app.list('files', [buildWireTool('delete', { title: 'Harmless' }), buildWireTool('move')]);
    assert.throws(() => app.guards.admit(buildCall()), hasCode('TOOL_008'));
  });

  it('a decision is for the call with the digest that was shown', async () => {
    const first = await asked(buildCall());
    const second = await asked(buildCall({ arguments: { path: '/etc' } }));
    await assert.rejects(
      app.api.approveCall({ params: second.params, body: { digest: first.digest } }),
      hasCode('APPROVAL_003'),
    );
    assert.ok(app.audit().some(row => /^approvalRefused files\/delete .* denied$/.test(row)));
    await app.api.approveCall({ params: first.params, body: { digest: first.digest } });
    await app.api.denyCall({ params: second.params, body: {} });
    assert.deepEqual(await Promise.all([first.ended, second.ended]), ['passed', 'APPROVAL_001']);
  });

  it('the same call of another session has another digest', async () => {
    const first = await asked(buildCall());
    const second = await asked(buildCall({ caller: { ...caller, sessionId: 'session-2' } }));
    assert.notEqual(first.digest, second.digest);
    await assert.rejects(
      app.api.approveCall({ params: second.params, body: { digest: first.digest } }),
      hasCode('APPROVAL_003'),
    );
    app.guards.close();
  });

  it('arguments that are changed while they wait are not what was approved', async () => {
    const call = buildCall({ arguments: { path: '/tmp/a' } });
    const { ended, digest, params } = await asked(call);
    call.arguments['path'] = '/etc/passwd';
    await app.api.approveCall({ params, body: { digest } });
    assert.equal(await ended, 'APPROVAL_003');
  });

  it('what is forbidden or put in quarantine while it waits does not pass', async () => {
    const forbidden = await asked(buildCall());
    await app.api.replaceApprovalRules({ body: { version: 1, preset: 'read-only' } });
    await app.api.approveCall({ params: forbidden.params, body: { digest: forbidden.digest } });
    assert.equal(await forbidden.ended, 'APPROVAL_001');
    await app.api.replaceApprovalRules({ body: { version: 2, preset: 'ask-all-writes' } });
    const changed = await asked(buildCall());
    app.list('files', [buildWireTool('delete', { title: 'Other' }), buildWireTool('move')]);
    await app.api.approveCall({ params: changed.params, body: { digest: changed.digest } });
    assert.equal(await changed.ended, 'TOOL_008');
  });

  it('a call is decided once: not approved twice, nor after it was denied', async () => {
    const first = await asked(buildCall());
    await app.api.approveCall({ params: first.params, body: { digest: first.digest } });
    const again = app.api.approveCall({ params: first.params, body: { digest: first.digest } });
    await assert.rejects(again, hasCode('APPROVAL_003'));
    await assert.rejects(app.api.denyCall({ params: first.params, body: {} }), hasCode('APPROVAL_003'));
    const second = await asked(buildCall());
    await app.api.denyCall({ params: second.params, body: {} });
    const late = app.api.approveCall({ params: second.params, body: { digest: second.digest } });
    await assert.rejects(late, hasCode('APPROVAL_003'));
    assert.deepEqual(await Promise.all([first.ended, second.ended]), ['passed', 'APPROVAL_001']);
  });

  it('an approval of a call is none for the same call made again', async () => {
    const first = await asked(buildCall());
    await app.api.approveCall({ params: first.params, body: { digest: first.digest } });
    assert.equal(await first.ended, 'passed');
    assert.ok(!(await passes(buildCall())));
  });

  it('whoever comes after the time decides nothing', async () => {
    const { ended, digest, params } = await asked(buildCall());
    app.clock.time += 121_000;
    await assert.rejects(app.api.approveCall({ params, body: { digest } }), hasCode('APPROVAL_003'));
    assert.equal(await ended, 'APPROVAL_001');
    assert.equal((await app.api.getApproval({ params })).state, 'expired');
  });

  it('agents decide nothing, neither of their own calls nor of others’, whatever roles they have', async () => {
    const { ended, digest, params } = await asked(buildCall());
    const agent = app.apiOf(buildPrincipal({ kind: 'agent', id: 'key-1', roles: ['admin', 'operator'], via: 'key' }));
    const viewer = app.apiOf(buildPrincipal({ roles: ['viewer', 'auditor'] }));
    for (const api of [agent, viewer]) {
      const grantBody = { serverId: 'files', tool: 'delete', callerId: 'key-1' };
      await assert.rejects(api.approveCall({ params, body: { digest } }), hasCode('ACCESS_002'));
      await assert.rejects(api.denyCall({ params, body: {} }), hasCode('ACCESS_002'));
      await assert.rejects(api.createGrant({ body: grantBody }), hasCode('ACCESS_002'));
      await assert.rejects(api.replaceApprovalRules({ body: { version: 1, preset: 'off' } }), hasCode('ACCESS_002'));
      await assert.rejects(api.listApprovals({}), hasCode('ACCESS_002'));
    }
    app.guards.close();
    assert.equal(await ended, 'TOOL_006');
  });

  it('a rule is made only by an admin with a fresh second factor', async () => {
    const body = { version: 1, preset: 'off' } as const;
    await assert.rejects(app.apiOf(buildPrincipal()).replaceApprovalRules({ body }), hasCode('ACCESS_002'));
    const stale = { enrolled: true, at: new Date(app.clock.time - 3_600_000).toISOString() };
    const admin = buildPrincipal({ roles: ['admin'], secondFactor: stale });
    await assert.rejects(app.apiOf(admin).replaceApprovalRules({ body }), hasCode('ACCESS_007'));
  });
});

describe('time that is over', () => {
  it('is a denial', async () => {
    using app = createGuardsApp();
    app.addServer('files');
    app.list('files', [buildWireTool('delete')]);
    await app.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-destructive', askSeconds: 5 } });
    const call = buildCall();
    const ended = Promise.resolve(app.guards.admit(call)).catch((error: unknown) => error);
    app.runTimers();
    const error = await ended;
    assert.ok(isProblemError(error));
    assert.deepEqual(
      [error.code, /Nobody answered within 5 seconds/.test(error.problem.detail)],
      ['APPROVAL_001', true],
    );
    assert.ok(app.audit().some(row => /^approvalExpired files\/delete .* denied$/.test(row)));
  });
});

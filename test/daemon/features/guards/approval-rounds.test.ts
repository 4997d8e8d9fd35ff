// Calls whose server asks something back natively (revision 2026-07-28): the client makes the same call again with the answers.
import assert from 'node:assert/strict';
import type { WireObject } from '../../../../daemon/supervision/upstream.ts';
import { createGatewayApp, type GatewayApp, keyOf, tool } from '../../../support/gateway-app.ts';
import { buildWireTool, createGuardsApp, type GuardsApp } from '../../../support/guards-app.ts';
import { until } from '../../../support/in-process-daemon.ts';
import { lastMessage, type RpcAnswer, stateless } from '../../../support/mcp-requests.ts';

const question = { method: 'elicitation/create', params: { message: 'Sure?' } };
const yes = { action: 'accept', content: { sure: true } };

describe('a call that was approved, and that its server asks something back for', () => {
  let guarded: GuardsApp;
  let app: GatewayApp;
  /** What the server keeps with the client; it asks as often as the arguments say. */
  let serverState: (round: number) => unknown;
  beforeEach(async () => {
    guarded = createGuardsApp();
    app = createGatewayApp();
    app.guard = guarded.guards;
    serverState = round => `round ${round}, of the server`;
    const ask = ({ arguments: args, requestState, inputResponses }: WireObject): WireObject => {
      const round = inputResponses ? Number(/\d+/.exec(String(requestState))?.[0] ?? 1) + 1 : 1;
      if (round > Number((args as WireObject)['rounds'] ?? 1)) return { resultType: 'complete', content: [] };
      const state = serverState(round);
      return {
        resultType: 'input_required',
        inputRequests: { [`q${round}`]: question },
        ...(state === undefined ? {} : { requestState: state }),
      };
    };
    const answers = { 'tools/call': ask };
    const offer = { protocolVersion: '2026-07-28' };
    for (const id of ['files', 'mail']) {
      guarded.addServer(id);
      guarded.list(id, [buildWireTool('delete'), buildWireTool('move')]);
      app.run(id, { answers, offer }, [tool('delete'), tool('move')]);
    }
    await guarded.api.replaceApprovalRules({ body: { version: 0, preset: 'ask-all-writes' } });
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    guarded[Symbol.dispose]();
  });

  interface Sent {
    server?: string;
    tool?: string;
    by?: string;
    meta?: object;
    [param: string]: unknown;
  }
  const send = async ({ server = 'files', tool: name = 'delete', by = 'key-1', meta, ...params }: Sent) => {
    const init = stateless('tools/call', { name, arguments: {}, ...params }, { meta: meta ?? {} });
    return await lastMessage(await app.request(`/mcp/server/${server}`, init, keyOf(by)));
  };
  const waiting = async () => (await guarded.api.listApprovals({ query: { state: 'waiting' } })).items;
  const decide = async (what: 'approve' | 'deny') => {
    const { id, digest } = await until(async () => (await waiting())[0], 'the question');
    if (what === 'approve') await guarded.api.approveCall({ params: { id }, body: { digest } });
    else await guarded.api.denyCall({ params: { id }, body: {} });
    return id;
  };
  const approved = async (sent: Sent = {}): Promise<{ answer: RpcAnswer; id: string; state: string }> => {
    const answer = send(sent);
    const id = await decide('approve');
    const told = await answer;
    return { answer: told, id, state: told.result?.requestState };
  };
  const reached = () => app.upstreams.requests.map(({ request }) => request.params ?? {});
  const codeOf = ({ result }: RpcAnswer): unknown => result?._meta?.['quayside/code'];
  const acts = (act: string) => guarded.audit().filter(row => row.startsWith(`${act} `));

  it('goes on without another question, round for round, on record each time', async () => {
    const args = { arguments: { rounds: 3, path: '/tmp/a' } };
    const first = await approved(args);
    assert.match(first.state, /^quayside-call\./);
    let { state } = first;
    for (const round of [1, 2, 3]) {
      const inputResponses = { [`q${round}`]: yes };
      const { result } = await send({ ...args, requestState: state, inputResponses });
      assert.equal(result.resultType, round === 3 ? 'complete' : 'input_required');
      assert.deepEqual(reached().at(-1), {
        ...args,
        name: 'delete',
        inputResponses,
        requestState: `round ${round}, of the server`,
      });
      state = result.requestState;
    }
    assert.deepEqual(await waiting(), []);
    assert.equal((await guarded.api.listApprovals({})).items.length, 1);
    const rounds = acts('approvalContinued');
    assert.equal(rounds.length, 3);
    assert.ok(rounds.at(-1)?.endsWith(`round 4 of ${first.id} allowed`), rounds.at(-1));
    assert.equal(app.finished.filter(({ outcome }) => outcome === 'ok').length, 4);
  });

  it('goes on where the server keeps nothing with the client, and after a grant that was given before', async () => {
    serverState = () => undefined;
    const { state } = await approved();
    const { result } = await send({ requestState: state, inputResponses: { q1: yes } });
    assert.equal(result.resultType, 'complete');
    assert.deepEqual(reached().at(-1), { name: 'delete', arguments: {}, inputResponses: { q1: yes } });
    const wish = { serverId: 'files', tool: 'delete', arguments: {}, callerId: 'key-1', anyMeta: true };
    await guarded.api.createGrant({ body: wish });
    const asked = await send({ meta: { 'example/id': 1 } });
    const again = { requestState: asked.result.requestState, inputResponses: { q1: yes } };
    assert.equal((await send({ ...again, meta: { 'example/id': 2 } })).result.resultType, 'complete');
  });

  it('hands on answers only to what was asked', async () => {
    const { state } = await approved();
    await send({ requestState: state, inputResponses: { q1: yes, force: { action: 'accept' } } });
    assert.deepEqual(reached().at(-1)?.['inputResponses'], { q1: yes });
  });

  const responses = { inputResponses: { q1: yes } };
  const foreign: [what: string, attempt: (state: string) => Sent][] = [
    ['with a state that was made up', () => ({ requestState: `quayside-call.${'A'.repeat(32)}.round 1` })],
    ['with half a state', state => ({ requestState: state.slice(0, 30) })],
    ['with the server’s part of the state changed', state => ({ requestState: `${state}0` })],
    ['without the server’s part of the state', state => ({ requestState: state.split('.').slice(0, 2).join('.') })],
    ['of another caller', state => ({ requestState: state, by: 'key-2' })],
    ['with changed arguments', state => ({ requestState: state, arguments: { path: '/etc' } })],
    ['with something beside the arguments', state => ({ requestState: state, task: { ttl: 1 } })],
    ['of another tool', state => ({ requestState: state, tool: 'move' })],
    ['of another server', state => ({ requestState: state, server: 'mail' })],
  ];
  for (const [what, attempt] of foreign) {
    it(`is not continued by a call ${what}`, async () => {
      const { state } = await approved();
      const refused = await send({ ...responses, ...attempt(state) });
      assert.equal(codeOf(refused), 'APPROVAL_003');
      assert.deepEqual([reached().length, acts('approvalRefused').length], [1, 1]);
      assert.ok(acts('approvalRefused')[0]?.endsWith(' denied'));
      // And whoever was approved still gets through.
      assert.equal((await send({ ...responses, requestState: state })).result.resultType, 'complete');
    });
  }

  it('is continued once with each state', async () => {
    const args = { arguments: { rounds: 2 } };
    const { state } = await approved(args);
    const both = await Promise.all([1, 2].map(() => send({ ...args, ...responses, requestState: state })));
    const codes = both.map(codeOf);
    assert.deepEqual(codes.filter(Boolean), ['APPROVAL_003']);
    assert.equal(codeOf(await send({ ...args, ...responses, requestState: state })), 'APPROVAL_003');
    assert.equal(reached().length, 2);
  });

  it('is not continued after ten minutes, nor by a clock that was set back, nor by another daemon', async () => {
    const [late, early, stale] = [await approved(), await approved(), await approved()];
    guarded.clock.time -= 1;
    assert.equal(codeOf(await send({ ...responses, requestState: early.state })), 'APPROVAL_003');
    guarded.clock.time += 600_001;
    assert.equal(codeOf(await send({ ...responses, requestState: late.state })), 'APPROVAL_003');
    guarded.clock.time -= 300_000;
    guarded.restart();
    app.guard = guarded.guards;
    assert.equal(codeOf(await send({ ...responses, requestState: stale.state })), 'APPROVAL_003');
    assert.equal(reached().length, 3);
  });

  it('is not continued past a deny rule or the quarantine', async () => {
    const [denied, held] = [await approved(), await approved()];
    await guarded.api.replaceApprovalRules({ body: { version: 1, preset: 'read-only' } });
    assert.equal(codeOf(await send({ ...responses, requestState: denied.state })), 'APPROVAL_001');
    await guarded.api.replaceApprovalRules({ body: { version: 2, preset: 'ask-all-writes' } });
    guarded.list('files', [buildWireTool('delete', { title: 'Harmless' }), buildWireTool('move')]);
    assert.equal(codeOf(await send({ ...responses, requestState: held.state })), 'TOOL_008');
    assert.equal(reached().length, 2);
  });

  it('is asked about anew with another state than ours, and if it was denied', async () => {
    await approved();
    for (const requestState of ['round 1, of the server', '', 'quayside-call', ['quayside-call.'], undefined]) {
      const again = send({ ...responses, requestState });
      await decide('deny');
      assert.equal(codeOf(await again), 'APPROVAL_001', String(requestState));
    }
    assert.equal(reached().length, 1);
  });

  it('is asked about anew with another _meta, with the server’s own state, and goes on from there', async () => {
    const { state } = await approved({ arguments: { rounds: 2 } });
    const again = { arguments: { rounds: 2 }, ...responses, requestState: state, meta: { 'example/as': 'root' } };
    const second = send(again);
    const asked = await until(async () => (await waiting())[0], 'the question');
    assert.deepEqual(JSON.parse(asked.besides), {
      ...responses,
      requestState: 'round 1, of the server',
      _meta: { 'example/as': 'root' },
    });
    await decide('approve');
    const { result } = await second;
    assert.equal(codeOf(await send(again)), 'APPROVAL_003');
    const third = { ...again, requestState: result.requestState, inputResponses: { q2: yes } };
    assert.equal((await send(third)).result.resultType, 'complete');
  });

  it('is asked about again after sixteen rounds, and where too many wait for answers', async () => {
    const args = { arguments: { rounds: 99 } };
    let { state } = await approved(args);
    for (let round = 1; round < 16; round += 1)
      state = (await send({ ...args, requestState: state, inputResponses: { [`q${round}`]: yes } })).result
        .requestState;
    assert.equal(state, 'round 16, of the server');
    const wish = { serverId: 'files', tool: 'delete', arguments: {}, callerId: 'key-1' };
    const states: string[] = [];
    for (let i = 0; i < 33; i += 1) {
      await guarded.api.createGrant({ body: wish });
      states.push((await send({})).result.requestState);
    }
    assert.deepEqual(
      states.map(one => one.startsWith('quayside-call.')),
      [...Array(32).fill(true), false],
    );
    guarded.clock.time += 600_000;
    await guarded.api.createGrant({ body: wish });
    assert.match((await send({})).result.requestState, /^quayside-call\./);
  });

  it('is let alone where nobody was asked, or the server’s question has no form that could be held', async () => {
    serverState = () => 7;
    assert.equal((await approved()).state, 7);
    await guarded.api.replaceApprovalRules({ body: { version: 1, preset: 'off' } });
    serverState = () => 'quayside';
    assert.equal((await send({})).result.requestState, 'quayside');
    assert.equal((await send({ ...responses, requestState: 'quayside' })).result.resultType, 'complete');
    assert.deepEqual(reached().at(-1), { name: 'delete', arguments: {}, ...responses, requestState: 'quayside' });
  });
});

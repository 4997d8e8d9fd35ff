// What somebody has started ends when that somebody is not let in any more, and says so.
import assert from 'node:assert/strict';
import type { ApiClient } from '../../../../shared/api/client.ts';
import { createFakeEngine } from '../../../support/fake-engine.ts';
import { addUser, apiWith, bearer, signIn } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../../support/in-process-daemon.ts';
import { endOfTestRun } from '../../../support/test-runs.ts';
import { addTestServer } from '../../../support/test-server.ts';

const text = `server: slow
tests:
  - { name: takes long, tool: wait, arguments: { ms: 60000 }, timeout: 60000 }
  - { name: comes never, tool: wait, arguments: { ms: 1 } }
teardown: [{ tool: wait, arguments: { ms: 60000 } }]
`;
const files = [{ path: 'a.mcptest.yaml', text }];

describe('a run of tests whose starter is not let in any more', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
    await addTestServer(daemon.api, 'slow', 'slow');
    await daemon.api.startServer({ params: { id: 'slow' } });
  });
  after(() => daemon[Symbol.asyncDispose]());

  const startedBy = async (api: ApiClient): Promise<string> => {
    const { id } = await api.startTestRun({ body: { files } });
    const isUnderWay = async () => (await daemon.api.getTestRun({ params: { id } })).results[0]?.outcome === 'running';
    await until(isUnderWay, 'the call');
    return id;
  };
  const ended = (id: string) => endOfTestRun(daemon.api, id);

  it('ends with a key that is revoked, and so does one that waits its turn', async () => {
    const { key, secret } = await daemon.api.createKey({ body: { name: 'ci', kind: 'key', roles: ['operator'] } });
    const api = apiWith(daemon, bearer(secret));
    const ids = [await startedBy(api), await startedBy(api)];
    ids.push((await api.startTestRun({ body: { files } })).id);
    await daemon.api.deleteKey({ params: { id: key.id } });
    for (const id of ids) {
      const { state, reason, results, problems } = await ended(id);
      assert.equal(state, 'cancelled');
      assert.match(reason ?? '', /^Whoever started it is not let in any more: the key or the session was ended/);
      assert.deepEqual([results.map(({ outcome }) => outcome), problems], [['cancelled', 'cancelled'], []]);
    }
    const { items } = await daemon.api.listCalls({ query: { server: 'slow' } });
    assert.deepEqual(
      items.map(({ tool, outcome }) => [tool, outcome]),
      [
        ['wait', 'cancelled'],
        ['wait', 'cancelled'],
      ],
    );
  });

  it('ends with a user who is removed, and with a sign-out', async () => {
    const user = await addUser(daemon, 'ada', 'operator');
    const removed = await startedBy(apiWith(daemon, await signIn(daemon, 'ada')));
    await daemon.api.deleteUser({ params: { id: user } });
    assert.match((await ended(removed)).reason ?? '', /not let in any more/);
    await addUser(daemon, 'bob', 'operator');
    const bob = apiWith(daemon, await signIn(daemon, 'bob'));
    const left = await startedBy(bob);
    await bob.deleteSession();
    assert.match((await ended(left)).reason ?? '', /not let in any more/);
  });

  it('goes on where another key is revoked, and says when somebody cancels it', async () => {
    const { key } = await daemon.api.createKey({ body: { name: 'other', kind: 'key', roles: ['operator'] } });
    const id = await startedBy(daemon.api);
    await daemon.api.deleteKey({ params: { id: key.id } });
    assert.equal((await daemon.api.getTestRun({ params: { id } })).endedAt, null);
    const { state, reason } = await daemon.api.cancelTestRun({ params: { id } });
    assert.deepEqual([state, reason], ['cancelled', 'It was cancelled.']);
    const { items } = await daemon.api.listTestRuns();
    assert.equal(items[0]?.reason, reason);
    await daemon.restart();
    assert.equal((await daemon.api.getTestRun({ params: { id } })).reason, reason);
  });
});

describe('a comparison whose starter is not let in any more', () => {
  it('ends, says why, and clears away what it has installed', async () => {
    const engine = createFakeEngine();
    await using daemon = await startInProcessDaemon({ engine });
    const body = { kind: 'install', from: { catalogEntry: 'echo' }, start: true } as const;
    const { id: install } = await daemon.api.createOperation({ body });
    await until(async () => (await daemon.api.getOperation({ params: { id: install } })).state === 'succeeded');
    const { key, secret } = await daemon.api.createKey({ body: { name: 'ci', kind: 'key', roles: ['admin'] } });
    // What each call on both takes: a person decides, and nobody does.
    await daemon.api.replaceApprovalRules({ body: { version: 0, rules: [], otherwise: 'ask' } });
    const calls = [{ tool: 'add', arguments: { a: 1, b: 2 } }];
    const request = { serverId: 'echo', other: { version: 'latest' as const }, calls };
    const { id } = await apiWith(daemon, bearer(secret)).createComparison({ body: request });
    await until(async () => (await daemon.api.listApprovals({ query: { state: 'waiting' } })).items[0], 'the question');
    await daemon.api.deleteKey({ params: { id: key.id } });
    const ended = await until(async () => {
      const now = await daemon.api.getComparison({ params: { id } });
      return now.endedAt === null ? undefined : now;
    });
    assert.deepEqual([ended.state, ended.problem?.code], ['failed', 'TEST_003']);
    assert.match(ended.problem?.detail ?? '', /not let in any more/);
    assert.deepEqual([...engine.installed.keys()], ['echo']);
  });
});

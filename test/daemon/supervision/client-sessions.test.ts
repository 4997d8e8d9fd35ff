import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { LaunchPlan } from '../../../daemon/engines/engine.ts';
import { createClientSessions } from '../../../daemon/supervision/client-sessions.ts';
import type { Connection, ConnectionEnd } from '../../../daemon/supervision/connection.ts';
import type { UpstreamSession } from '../../../daemon/supervision/upstream-session.ts';
import { rejectsWith } from '../../contracts/engine.contract.ts';
import { callTool, createTestClient, textOf } from '../../support/downstream-client.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createSupervised, launchPolicy, planScript, type Supervised } from '../../support/supervised.ts';

const counting = async (): Promise<LaunchPlan> => ({
  kind: 'stdio',
  command: '/bin/sh',
  args: [fileURLToPath(new URL('../../support/mcp-servers/quick.sh', import.meta.url))],
  environment: { PATH: process.env['PATH'] ?? '' },
  workingDirectory: import.meta.dirname,
});

describe('a server that keeps state', () => {
  let supervised: Supervised;
  beforeEach(() => {
    supervised = createSupervised();
  });
  afterEach(() => supervised.supervisor.close());
  const { of, left } = {
    of: (client: ReturnType<typeof createTestClient>) => supervised.supervisor.upstreams.of('one', client),
    left: (client: ReturnType<typeof createTestClient>) => supervised.supervisor.upstreams.left(client),
  };
  const count = async (client: ReturnType<typeof createTestClient>) =>
    Number(textOf((await callTool(await of(client), client, 'count')).result));

  it('has a session of its own for each client, until that leaves', async () => {
    await supervised.supervisor.start('one', counting, launchPolicy({ session: 'per-client' }));
    const [ann, ben] = [createTestClient(), createTestClient()];
    assert.deepEqual([await count(ann), await count(ann), await count(ben), await count(ann)], [1, 2, 1, 3]);
    left(ann);
    assert.deepEqual([await count(ann), await count(ben)], [1, 2]);
  });

  it('has one session for clients that come for one request', async () => {
    await supervised.supervisor.start('one', counting, launchPolicy({ session: 'per-client' }));
    const [one, two] = [0, 1].map(() => createTestClient({}, { transient: true }));
    assert.ok(one && two);
    assert.deepEqual([await count(one), await count(two)], [1, 2]);
  });

  it('is one for all where nothing else was asked for', async () => {
    await supervised.supervisor.start('one', counting, launchPolicy());
    const [ann, ben] = [createTestClient(), createTestClient()];
    assert.deepEqual([await count(ann), await count(ben), await count(ann)], [1, 2, 3]);
  });

  it('ends the sessions of clients with the server, and begins them again with it', async () => {
    await supervised.supervisor.start('one', counting, launchPolicy({ session: 'per-client' }));
    const ann = createTestClient();
    const held = await of(ann);
    await count(ann);
    await supervised.supervisor.stop('one');
    await rejectsWith('SERVER_003', callTool(held, ann, 'count'));
    assert.throws(() => of(ann), { code: 'SERVER_003' });
    await supervised.supervisor.start('one', counting, launchPolicy({ session: 'per-client' }));
    assert.equal(textOf((await callTool(held, ann, 'count')).result), '1');
  });

  it('that is stopped fails what is under way at once', async () => {
    await supervised.supervisor.start('one', planScript('slow'), launchPolicy());
    const ann = createTestClient();
    const call = callTool(await of(ann), ann, 'wait', { ms: 60_000 }, { timeoutSeconds: 60 });
    setTimeout(() => void supervised.supervisor.stop('one'), 50);
    await rejectsWith('TOOL_010', call);
  });
});

describe('sessions of clients', () => {
  const set = (limits = { most: 2, idle: 60_000 }) => {
    const log: string[] = [];
    const ends = new Map<string, (end: ConnectionEnd) => void>();
    const sessions = createClientSessions({
      serverId: 'one',
      limits,
      async connect({ id }) {
        if (id === 'unlucky') throw new Error('it does not start');
        log.push(`open ${id}`);
        const ended = Promise.withResolvers<ConnectionEnd>();
        ends.set(id, ended.resolve);
        const session = { of: id } as unknown as UpstreamSession;
        return {
          session,
          ended: ended.promise,
          close: async () => void log.push(`close ${id}`),
        } as unknown as Connection;
      },
    });
    return { sessions, log, ends };
  };
  const client = (id: string) => createTestClient({}, { id });
  const nothing = async () => {};

  it('are never more than allowed: who has been idle longest makes room, and nobody who is busy', async () => {
    const { sessions, log } = set();
    const [a, b, c] = [client('a'), client('b'), client('c')];
    await sessions.use(a, nothing);
    await new Promise(resolve => setTimeout(resolve, 2));
    await sessions.use(b, nothing);
    await sessions.use(c, nothing);
    assert.deepEqual(log, ['open a', 'open b', 'open c', 'close a']);
    const busy = Promise.withResolvers<void>();
    const both = [sessions.use(b, () => busy.promise), sessions.use(c, () => busy.promise)];
    await rejectsWith('TOOL_011', sessions.use(a, nothing));
    busy.resolve();
    await Promise.all(both);
    assert.equal(sessions.size, 2);
  });

  it('end when nothing was called for a while, and when they end by themselves', async () => {
    const { sessions, log, ends } = set({ most: 2, idle: 20 });
    await sessions.use(client('a'), nothing);
    await until(() => log.includes('close a'));
    const b = client('b');
    const busy = sessions.use(b, () => new Promise(resolve => setTimeout(resolve, 60)));
    await busy;
    assert.equal(sessions.size, 1);
    ends.get('b')?.({ failed: true, reason: 'gone' });
    await until(() => sessions.size === 0);
  });

  it('that could not be begun are begun anew by the next call', async () => {
    const { sessions } = set();
    const unlucky = client('unlucky');
    await assert.rejects(sessions.use(unlucky, nothing), /does not start/);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(sessions.size, 0);
    await sessions.close();
  });
});

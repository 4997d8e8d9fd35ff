import assert from 'node:assert/strict';
import type { Carrier } from '../../../shared/api/client.ts';
import { createApiClient } from '../../../shared/api/client.ts';
import { ProblemError, toProblem } from '../../../shared/api/problem.ts';
import { createLive, type Live } from '../../../webviews/kit/live.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('the live state', () => {
  let daemon: InProcessDaemon;
  let live: Live;
  const states = () => live.servers.value.value?.map(({ id, state }) => `${id} ${state}`);
  const create = (id: string) => addTestServer(daemon.api, id);

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    live = createLive(daemon.api);
  });
  afterEach(async () => {
    live.stop();
    await daemon[Symbol.asyncDispose]();
  });

  it('reads what is there and says that it is connected', async () => {
    await create('b');
    await create('a');
    live.start();
    await until(() => states()?.length === 2 && live.connection.value === 'live');
    assert.deepEqual(states(), ['a stopped', 'b stopped']);
    assert.equal(live.status.value.value?.servers.total, 2);
  });

  it('follows servers that come, change and go', async () => {
    live.start();
    await until(() => live.connection.value === 'live' && live.servers.value.value);
    await create('mine');
    await until(() => states()?.includes('mine stopped'));
    await daemon.api.startServer({ params: { id: 'mine' } });
    await until(() => states()?.includes('mine running'));
    await daemon.api.deleteServer({ params: { id: 'mine' } });
    await until(() => states()?.length === 0);
  });

  it('follows an installation to its end', async () => {
    live.start();
    await until(() => live.connection.value === 'live' && live.operations.value.value);
    const { id } = await daemon.api.createOperation({ body: { kind: 'install', from: { catalogEntry: 'echo' } } });
    const operation = await until(() =>
      live.operations.value.value?.find(each => each.id === id && each.state === 'succeeded'),
    );
    assert.equal(operation.serverId, 'echo');
  });

  it('hands each event on after it has taken it in', async () => {
    live.start();
    await until(() => live.connection.value === 'live' && live.servers.value.value);
    const seen: (string[] | undefined)[] = [];
    live.onEvent(event => {
      if (event.type === 'server.changed') seen.push(states());
    });
    await create('mine');
    await until(() => seen.length > 0);
    assert.deepEqual(seen[0], ['mine stopped']);
  });
});

describe('the live state of a daemon that refuses or is away', () => {
  const refusing = (status: 401 | 503): Carrier => {
    const code = status === 401 ? 'ACCESS_001' : 'DAEMON_002';
    const problem = toProblem(code, { detail: 'A test.' });
    return {
      send: async () => ({ status, body: problem }),
      follow: async () => {
        throw new ProblemError(problem);
      },
    };
  };

  it('asks for a sign-in where the session has ended', async () => {
    const live = createLive(createApiClient(refusing(401)));
    live.start();
    await until(() => live.signedOut.value);
    live.stop();
  });

  it('says why nothing could be read, and tries again when asked', async () => {
    const live = createLive(createApiClient(refusing(503)));
    live.start();
    await until(() => live.servers.problem.value);
    assert.equal(live.servers.problem.value?.code, 'DAEMON_002');
    assert.equal(live.signedOut.value, false);
    live.stop();
  });

  it('heals by itself when the stream is back', async () => {
    await using daemon = await startInProcessDaemon();
    let away = true;
    const real = daemon.api;
    const carrier: Carrier = {
      send: async request => {
        if (away) throw new ProblemError(toProblem('DAEMON_002', { detail: 'Away.' }));
        return { status: 200, body: await answer(real, request.operationId) };
      },
      follow: async ({ onEvent, signal }) => {
        if (away) throw new ProblemError(toProblem('DAEMON_002', { detail: 'Away.' }));
        onEvent({ id: '1', event: { type: 'reset' } });
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
      },
    };
    const live = createLive(createApiClient(carrier));
    live.start();
    await until(() => live.servers.problem.value);
    away = false;
    await until(() => live.connection.value === 'live' && live.servers.value.value);
    assert.equal(live.servers.problem.value, undefined);
    live.stop();
  });
});

const answer = (api: InProcessDaemon['api'], operationId: string): Promise<unknown> => {
  if (operationId === 'listServers') return api.listServers();
  if (operationId === 'listOperations') return api.listOperations();
  return api.getStatus();
};

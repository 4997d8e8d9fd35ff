import assert from 'node:assert/strict';
import { addUser, goodPassword, post } from '../../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../../support/in-process-daemon.ts';

describe('what is announced of users and keys', () => {
  let daemon: InProcessDaemon;
  let stop: AbortController;
  let heard: string[];

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    stop = new AbortController();
    heard = [];
    void daemon.api.followEvents({
      signal: stop.signal,
      onConnection: () => {},
      onEvent: event => void heard.push(JSON.stringify(event)),
    });
    await until(() => heard.includes('{"type":"reset"}'));
  });
  afterEach(async () => {
    stop.abort();
    await daemon[Symbol.asyncDispose]();
  });

  const changes = () => heard.filter(each => each === '{"type":"access.changed"}').length;

  it('is that something has changed, and no more', async () => {
    const id = await addUser(daemon, 'ada', 'viewer');
    await until(() => changes() === 1, 'a new user');
    await post(daemon, '/sign-in', { name: 'ada', password: goodPassword });
    await until(() => changes() === 2, 'a sign-in');
    await daemon.api.createKey({ body: { name: 'ci', kind: 'key', roles: ['viewer'] } });
    await daemon.api.deleteUser({ params: { id } });
    await until(() => changes() === 4, 'a key and a deletion');
    assert.doesNotMatch(heard.join('\n'), /ada|ci|qk_/);
  });

  it('is nothing where nothing was changed', async () => {
    await post(daemon, '/sign-in', { name: 'nobody', password: goodPassword });
    await assert.rejects(daemon.api.deleteUser({ params: { id: 'nobody' } }));
    await daemon.api.listUsers();
    await addUser(daemon, 'ada', 'viewer');
    await until(() => changes() > 0);
    assert.equal(changes(), 1);
  });
});

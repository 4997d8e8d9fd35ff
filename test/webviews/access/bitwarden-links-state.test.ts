import assert from 'node:assert/strict';
import { createBitwardenLinksState } from '../../../webviews/access/bitwarden-links.state.ts';
import { addUser } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('the accounts of Bitwarden that a user signs in with', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
  });
  after(() => daemon[Symbol.asyncDispose]());

  it('are linked and unlinked for that user alone, and a refusal says why', async () => {
    const [ada, bob] = [await addUser(daemon, 'ada', 'viewer'), await addUser(daemon, 'bob', 'viewer')];
    const state = createBitwardenLinksState({ api: daemon.api }, ada);
    await until(() => state.links.value.value);
    assert.equal(await state.add('Ada@example.test', ''), true);
    assert.equal(await state.add('ada', 'http://vault.example.test'), false);
    assert.equal(state.changing.problem.value?.code, 'REQUEST_001');
    const [link] = state.links.value.value ?? [];
    assert.deepEqual([link?.userName, link?.serverUrl, link?.confirmed], ['ada', null, false]);
    const others = createBitwardenLinksState({ api: daemon.api }, bob);
    assert.deepEqual(await until(() => others.links.value.value), []);
    assert.ok(link && (await state.remove(link)));
    assert.deepEqual(state.links.value.value, []);
    others.close();
    state.close();
  });
});

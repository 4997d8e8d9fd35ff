import assert from 'node:assert/strict';
import { routes } from '../../../shared/api/routes.ts';
import { askableOperations, createExplainState } from '../../../webviews/access/explain.state.ts';
import { createLive } from '../../../webviews/kit/live.ts';
import { addUser } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';

describe('why somebody may do something, on the page', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
  });
  after(() => daemon[Symbol.asyncDispose]());

  it('is asked about every operation that is not open to everybody', () => {
    const open = Object.values(routes).filter(({ permission }) => permission === 'public').length;
    assert.equal(askableOperations.length, Object.keys(routes).length - open);
    assert.equal(askableOperations.find(({ id }) => id === 'startServer')?.permission, 'servers:operate');
  });

  it('is answered with each rule in order, for users, keys and the owner', async () => {
    await addUser(daemon, 'vera', 'viewer');
    await daemon.api.createKey({ body: { name: 'cursor', kind: 'agent', servers: ['files'] } });
    const state = createExplainState({ api: daemon.api, live: createLive(daemon.api) });
    const people = await until(() => state.people.value.value);
    assert.deepEqual(
      people.map(({ label }) => label),
      ['the owner', 'vera (user)', 'cursor (agent)'],
    );
    const ask = async (label: string, permission: 'servers:operate' | 'tools:call', server = '') => {
      const who = people.find(each => each.label === label);
      assert.ok(who);
      await state.ask({ who, permission, server, elsewhere: false, oldFactor: false });
      return state.answer.value;
    };
    assert.deepEqual(await ask('the owner', 'servers:operate'), {
      allowed: true,
      reasons: ['The owner may do everything.'],
    });
    assert.deepEqual(await ask('vera (user)', 'servers:operate'), {
      allowed: false,
      reasons: ['The permission servers:operate is missing.'],
    });
    const elsewhere = await ask('cursor (agent)', 'tools:call', 'memory');
    assert.equal(elsewhere?.allowed, false);
    assert.match(elsewhere?.reasons.at(-1) ?? '', /other servers/);
    state.forget();
    assert.equal(state.answer.value, undefined);
    state.close();
  });
});

import assert from 'node:assert/strict';
import { hasEnded } from '../../../shared/api/operations.ts';
import { createFakeDockerEngine, type FakeDockerEngine } from '../../support/fake-docker-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';

const ref = 'registry.test/team/profile:v1';

describe('profiles', () => {
  let daemon: InProcessDaemon;
  let docker: FakeDockerEngine;
  beforeEach(async () => {
    docker = createFakeDockerEngine();
    daemon = await startInProcessDaemon({ docker });
    void daemon.daemon.restore();
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const create = (name: string, id?: string) => daemon.api.createProfile({ body: { name, ...(id ? { id } : {}) } });
  const ended = (id: string) =>
    until(async () => {
      const operation = await daemon.api.getOperation({ params: { id } });
      return hasEnded(operation) && operation;
    });
  const addEcho = async (profile: string) => {
    await docker.profiles.servers.add(profile, { kind: 'catalog', catalog: 'lab/local:v1', names: ['echo'] }, 'echo');
    docker.profiles.tellForeignChange();
    await until(
      async () => (await daemon.api.getProfile({ params: { id: profile } })).serverIds.length > 0,
      'the server',
    );
  };

  it('are created, shown, renamed and removed', async () => {
    const made = await create('Dev Tools');
    assert.deepEqual([made.id, made.name, made.fixed, made.servers], ['dev_tools', 'Dev Tools', false, []]);
    await assert.rejects(create('dev tools'), hasCode('PROFILE_002'));
    const renamed = await daemon.api.renameProfile({ params: { id: 'dev_tools' }, body: { name: 'Other' } });
    assert.deepEqual([renamed.id, renamed.name], ['dev_tools', 'Other']);
    await addEcho('dev_tools');
    await daemon.api.deleteProfile({ params: { id: 'dev_tools' } });
    await assert.rejects(daemon.api.getProfile({ params: { id: 'dev_tools' } }), hasCode('PROFILE_001'));
    assert.equal((await daemon.api.listServers()).total, 0);
  });

  it('refuse names and ids that could be read as flags', async () => {
    for (const name of ['--all', '-x', ' ', 'a\nb']) await assert.rejects(create(name), hasCode('REQUEST_001'));
    await assert.rejects(create('good', '--id'), hasCode('REQUEST_001'));
  });

  it('are listed in pages and found by a part of their name', async () => {
    for (const name of ['One', 'Two', 'Three']) await create(name);
    const found = await daemon.api.listProfiles({ query: { q: 'tW', limit: 1 } });
    assert.deepEqual([found.total, found.items[0]?.id], [1, 'two']);
    const { items } = await daemon.api.listProfiles({ query: { sort_by: 'name', sort_order: 'desc' } });
    assert.deepEqual(
      items.map(({ name }) => name),
      ['Two', 'Three', 'One'],
    );
  });

  it('have servers that are told apart from those of the same name in another profile', async () => {
    for (const name of ['One', 'Two']) await addEcho((await create(name)).id);
    assert.deepEqual(
      (await daemon.api.listServers()).items.map(({ id, profile }) => [id, profile]),
      [
        ['echo', 'one'],
        ['two.echo', 'two'],
      ],
    );
  });

  it('are exported and imported, after a look at what would change', async () => {
    await create('Dev Tools');
    await addEcho('dev_tools');
    const { document } = await daemon.api.exportProfile({ params: { id: 'dev_tools' } });
    await docker.profiles.servers.take({ profile: 'dev_tools', name: 'echo' });
    const shown = await daemon.api.importProfile({ body: { document, dryRun: true } });
    assert.deepEqual([shown.exists, shown.imported, shown.changes[0]?.change], [true, false, 'added']);
    await assert.rejects(daemon.api.importProfile({ body: { document } }), hasCode('PROFILE_002'));
    await daemon.api.importProfile({ body: { document, replace: true } });
    assert.deepEqual((await daemon.api.getProfile({ params: { id: 'dev_tools' } })).serverIds, ['echo']);
  });

  it('are pushed and pulled as operations', async () => {
    await create('Dev Tools');
    const pushed = await daemon.api.pushProfile({ params: { id: 'dev_tools' }, body: { ref } });
    assert.deepEqual([pushed.kind, pushed.serverId], ['push-profile', null]);
    assert.equal((await ended(pushed.id)).state, 'succeeded');
    const refused = await ended((await daemon.api.pullProfile({ body: { ref } })).id);
    assert.deepEqual([refused.state, refused.problem?.code, refused.canRetry], ['failed', 'PROFILE_002', true]);
    await daemon.api.deleteProfile({ params: { id: 'dev_tools' } });
    const again = await daemon.api.retryOperation({ params: { id: refused.id } });
    assert.equal((await ended(again.id)).state, 'succeeded');
    assert.equal((await daemon.api.getProfile({ params: { id: 'dev_tools' } })).name, 'Dev Tools');
  });

  it('without docker mcp’s profiles are one that stays', async () => {
    docker.behaviour.dialect = 'legacy';
    docker.profiles.tellForeignChange();
    await daemon.api.probeDocker();
    const { items } = await daemon.api.listProfiles();
    assert.deepEqual(
      items.map(({ id, fixed }) => [id, fixed]),
      [['default', true]],
    );
    await assert.rejects(create('x'), hasCode('PROFILE_003'));
    await assert.rejects(daemon.api.deleteProfile({ params: { id: 'default' } }), hasCode('PROFILE_003'));
    assert.equal((await daemon.api.listProfiles()).total, 1);
  });

  it('tell that there is an update of a server when its catalog has changed', async () => {
    await create('Dev Tools');
    await addEcho('dev_tools');
    const update = async () => (await daemon.api.getServer({ params: { id: 'echo' } })).update;
    await daemon.api.probeDocker();
    assert.equal(await update(), null);
    const echo = docker.definitions.get('echo') ?? assert.fail();
    docker.definitions.set('echo', { ...echo, image: 'lab/echo:2' });
    const found = await until(async () => {
      await daemon.api.probeDocker();
      return await update();
    }, 'the update');
    assert.deepEqual([found.from, found.to], ['lab/echo:1', 'lab/echo:2']);
  });
});

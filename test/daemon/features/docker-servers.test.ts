import assert from 'node:assert/strict';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { type DockerInstalls, startDockerInstalls } from '../../support/docker-installs.ts';
import { until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';

describe('servers of Docker', () => {
  let daemon: DockerInstalls['daemon'];
  let docker: DockerInstalls['docker'];
  let install: DockerInstalls['install'];
  beforeEach(async () => {
    ({ daemon, docker, install } = await startDockerInstalls());
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const read = (id: string) => daemon.api.getServer({ params: { id } });
  const stepsOf = ({ steps }: Operation) => steps.map(({ id, state }) => `${id} ${state}`);

  it('are installed step by step, and run', async () => {
    const done = await install('echo', { start: true });
    assert.equal(done.state, 'succeeded', JSON.stringify(done.problem));
    assert.deepEqual(stepsOf(done), ['check done', 'image done', 'profile done', 'settings done', 'start done']);
    assert.match(done.steps.at(-1)?.detail ?? '', /5 tools/);
    const server = await read('echo');
    assert.deepEqual([server.engine, server.profile, server.nameInProfile], ['docker', 'dev_tools', 'echo']);
    assert.deepEqual([server.state, server.isolated], ['running', true]);
    const result = await daemon.api.callTool({
      params: { id: 'echo', tool: 'echo' },
      body: { arguments: { message: 'hello' } },
    });
    assert.match(JSON.stringify(result.content), /hello/);
    const profile = await daemon.api.getProfile({ params: { id: 'dev_tools' } });
    assert.deepEqual([profile.serverIds, profile.running], [['echo'], 1]);
  });

  it('are refused with the field that is wrong before anything is touched', async () => {
    await assert.rejects(install('probe', { inputs: { region: 12 } }), hasCode('SERVER_010'));
    await assert.rejects(install('probe'), hasCode('SERVER_010'));
    assert.equal(docker.images.size, 0);
    assert.equal((await docker.profiles.list())[0]?.servers.length, 0);
  });

  it('are not started without a secret that they declare, and say which', async () => {
    const { state } = await install('probe', { inputs: { region: 'eu' } });
    assert.equal(state, 'succeeded');
    await assert.rejects(
      daemon.api.startServer({ params: { id: 'probe' } }),
      (error: unknown) => hasCode('SERVER_011')(error) && /PROBE_API_KEY/.test(String(error)),
    );
  });

  it('take secrets by the variables that they declare, and by no others', async () => {
    await install('probe', { inputs: { region: 'eu' } });
    const secret = await daemon.api.createSecret({
      body: { name: 'probe.api_key', serverId: null, value: 'very-secret-value' },
    });
    const refer = (environmentVariable: string) =>
      daemon.api.updateServer({
        params: { id: 'probe' },
        body: { configuration: { secretReferences: [{ secretId: secret.id, environmentVariable, required: true }] } },
      });
    await assert.rejects(refer('OTHER'), hasCode('REQUEST_001'));
    const asFile = { secretId: secret.id, environmentVariable: 'PROBE_API_KEY', as: 'file', required: true } as const;
    const body = { configuration: { secretReferences: [asFile] } };
    await assert.rejects(
      daemon.api.updateServer({ params: { id: 'probe' }, body }),
      (error: unknown) => hasCode('REQUEST_001')(error) && /cannot get a secret as a file/.test(String(error)),
    );
    await refer('PROBE_API_KEY');
    assert.equal((await daemon.api.startServer({ params: { id: 'probe' } })).state, 'running');
  });

  it('lose what was put into Docker’s own store when a reference, a secret or the server is removed', async () => {
    const variable = 'PROBE_API_KEY';
    const seen: boolean[] = [];
    docker.keepStored = async filled => void seen.push(filled('probe').has(variable));
    const refer = async () => {
      const body = { name: `probe.${seen.length}`, serverId: null, value: 'very-secret-value' };
      const { id } = await daemon.api.createSecret({ body });
      const secretReferences = [{ secretId: id, environmentVariable: variable, required: true }];
      await daemon.api.updateServer({ params: { id: 'probe' }, body: { configuration: { secretReferences } } });
      assert.equal(seen.at(-1), true);
      return id;
    };
    await install('probe', { inputs: { region: 'eu' } });
    await refer();
    const none = { configuration: { secretReferences: [] } };
    await daemon.api.updateServer({ params: { id: 'probe' }, body: none });
    assert.equal(seen.at(-1), false);
    const secretId = await refer();
    await daemon.api.deleteSecret({ params: { id: secretId }, query: { force: true } });
    assert.equal(seen.at(-1), false);
    await refer();
    await daemon.api.deleteServer({ params: { id: 'probe' } });
    assert.equal(seen.at(-1), false);
  });

  it('have settings that are written to Docker’s profile, and copied from there', async () => {
    await install('probe', { inputs: { region: 'eu' } });
    const change = { settings: { region: 'us', limits: { max: 3 } } };
    const after = await daemon.api.updateServer({ params: { id: 'probe' }, body: { configuration: change } });
    assert.deepEqual(after.configuration.settings, change.settings);
    assert.deepEqual((await docker.profiles.list())[0]?.servers[0]?.settings, change.settings);
    const wrong = { settings: { region: 1 } };
    await assert.rejects(
      daemon.api.updateServer({ params: { id: 'probe' }, body: { configuration: wrong } }),
      hasCode('SERVER_010'),
    );
    assert.deepEqual((await read('probe')).configuration.settings, change.settings);
  });

  it('have a choice of tools that means what the check boxes show', async () => {
    await install('echo');
    const toggle = (tool: string, enabled: boolean) =>
      daemon.api.updateTool({ params: { id: 'echo', tool }, body: { enabled } });
    const allowed = async () => (await docker.profiles.list())[0]?.servers[0]?.tools;
    assert.equal(await allowed(), null);
    await toggle('fail', false);
    assert.deepEqual(await allowed(), ['echo', 'add', 'break', 'started']);
    assert.deepEqual((await read('echo')).configuration.disabledTools, ['fail']);
    await toggle('fail', true);
    assert.equal(await allowed(), null);
    for (const tool of ['echo', 'add', 'fail', 'break', 'started']) await toggle(tool, false);
    assert.deepEqual(await allowed(), []);
    const { items } = await daemon.api.listServerTools({ params: { id: 'echo' } });
    assert.ok(items.length === 5 && items.every(({ enabled }) => !enabled));
  });

  it('of which no tool is known cannot have one switched off by accident', async () => {
    await install('memory');
    const change = { configuration: { disabledTools: ['create_entities'] } };
    await assert.rejects(daemon.api.updateServer({ params: { id: 'memory' }, body: change }), hasCode('SERVER_010'));
    assert.equal((await docker.profiles.list())[0]?.servers[0]?.tools, null);
  });

  it('come and go with what another client does', async () => {
    await docker.profiles.servers.add(
      'dev_tools',
      { kind: 'catalog', catalog: 'lab/local:v1', names: ['echo'] },
      'echo',
    );
    docker.profiles.tellForeignChange();
    await until(async () => (await daemon.api.listServers()).total === 1, 'the server');
    await docker.profiles.servers.take({ profile: 'dev_tools', name: 'echo' });
    docker.profiles.tellForeignChange();
    await until(async () => (await daemon.api.listServers()).total === 0, 'its end');
  });

  it('stay with the reason while Docker is away, and come back by themselves', async () => {
    await install('echo', { start: true });
    await daemon.api.stopServer({ params: { id: 'echo' } });
    docker.behaviour.down = toProblem('DOCKER_003', { detail: 'The engine does not answer.' });
    await docker.statusChanged();
    assert.equal((await read('echo')).problem?.code, 'DOCKER_003');
    await assert.rejects(daemon.api.startServer({ params: { id: 'echo' } }), hasCode('DOCKER_003'));
    docker.behaviour.down = null;
    await docker.statusChanged();
    await until(async () => (await read('echo')).state === 'running', 'its start');
  });

  it('are in the list by engine and by profile', async () => {
    await install('echo');
    const count = async (query: object) => (await daemon.api.listServers({ query })).total;
    assert.deepEqual(
      [await count({ engine: 'docker' }), await count({ engine: 'process' }), await count({ profile: 'dev_tools' })],
      [1, 0, 1],
    );
    assert.equal(await count({ profile: 'other' }), 0);
  });

  it('are taken out of the profile when they are removed', async () => {
    await install('echo', { start: true });
    await daemon.api.deleteServer({ params: { id: 'echo' } });
    assert.equal((await docker.profiles.list())[0]?.servers.length, 0);
    assert.equal((await daemon.api.listServers()).total, 0);
  });

  it('stay when Docker cannot let them go', async () => {
    await install('echo');
    docker.behaviour.down = toProblem('DOCKER_003', { detail: 'The engine does not answer.' });
    await assert.rejects(daemon.api.deleteServer({ params: { id: 'echo' } }), hasCode('DOCKER_003'));
    assert.equal((await daemon.api.listServers()).total, 1);
  });

  it('that change all at once show their profile once, and not once for each', async () => {
    const most = 12;
    const entry = docker.definitions.get('echo');
    assert.ok(entry);
    const servers = Array.from({ length: most }, (_, at) => ({
      type: 'image',
      image: entry.image,
      tools: null,
      snapshot: { server: { ...entry, name: `echo-${at}` } },
    }));
    const document = { version: 1, id: 'dev_tools', name: 'Dev Tools', servers };
    await daemon.api.importProfile({ body: { document, replace: true, dryRun: false } });
    const shown: string[] = [];
    const abort = new AbortController();
    const follow = daemon.api.followEvents({
      signal: abort.signal,
      onEvent: (event: DaemonEvent) => void shown.push(event.type),
    });
    // What the import has told comes before.
    await daemon.api.createProfile({ body: { name: 'Last' } });
    await until(() => shown.includes('profile.changed'), 'the follower');
    shown.length = 0;
    docker.behaviour.down = toProblem('DOCKER_003', { detail: 'The engine does not answer.' });
    await docker.statusChanged();
    const count = (type: string) => shown.filter(each => each === type).length;
    await until(() => count('server.changed') >= most && count('profile.changed') > 0, 'the events');
    assert.equal(count('profile.changed'), 1);
    abort.abort();
    await follow;
  });

  it('tell of every change by events', async () => {
    const seen = new Set<string>();
    const abort = new AbortController();
    const follow = daemon.api.followEvents({
      signal: abort.signal,
      onEvent: (event: DaemonEvent) => seen.add(event.type),
    });
    await install('echo');
    await daemon.api.deleteProfile({ params: { id: 'dev_tools' } });
    await until(() => seen.has('profile.removed') && seen.has('server.removed'), 'the events');
    abort.abort();
    await follow;
    assert.ok(seen.has('server.changed') && seen.has('profile.changed'));
  });
});

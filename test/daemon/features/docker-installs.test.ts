import assert from 'node:assert/strict';
import type { ServerInProfile } from '../../../daemon/engines/engine.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import { type DockerInstalls, startDockerInstalls } from '../../support/docker-installs.ts';
import { fakeImage } from '../../support/fake-docker/images.ts';
import { until } from '../../support/in-process-daemon.ts';
import { hasCode } from '../../support/problems.ts';

describe('installs of Docker’s servers', () => {
  let daemon: DockerInstalls['daemon'];
  let docker: DockerInstalls['docker'];
  let begin: DockerInstalls['begin'];
  let ended: DockerInstalls['ended'];
  let run: DockerInstalls['run'];
  let install: DockerInstalls['install'];
  beforeEach(async () => {
    ({ daemon, docker, begin, ended, run, install } = await startDockerInstalls());
  });
  afterEach(() => daemon[Symbol.asyncDispose]());

  const get = (id: string) => daemon.api.getOperation({ params: { id } });
  const cancel = (id: string) => daemon.api.cancelOperation({ params: { id } });
  const retry = async (id: string) => await ended((await daemon.api.retryOperation({ params: { id } })).id);
  const stepsOf = ({ steps }: Operation) => steps.map(({ id, state }) => `${id} ${state}`);
  const inDocker = async (): Promise<ServerInProfile[]> => (await docker.profiles.list())[0]?.servers ?? [];
  const nothingLeft = async () => {
    assert.deepEqual(await inDocker(), []);
    assert.equal((await daemon.api.listServers()).total, 0);
  };

  it('tell the layers, the bytes and the speed of the image', async () => {
    docker.behaviour.pullMs = 400;
    const { id } = await begin('echo');
    const at = await until(async () => {
      const operation = await get(id);
      return operation.transfer && operation;
    }, 'a transfer');
    assert.ok((at.transfer?.bytes ?? 0) > 0 && at.transfer?.layers.length === 1 && at.transfer.bytesPerSecond > 0);
    assert.equal((await ended(id)).transfer, null);
  });

  it('put nothing into a profile that would take what is not its business', async () => {
    const echo = docker.definitions.get('echo');
    assert.ok(echo);
    docker.definitions.set('echo', { ...echo, volumes: ['/var/run/docker.sock:/var/run/docker.sock'] });
    const done = await install('echo', { start: true });
    assert.deepEqual([done.state, done.problem?.code], ['failed', 'SERVER_004']);
    assert.equal(stepsOf(done)[0], 'check failed');
    await nothingLeft();
  });

  it('are cancelled while the image is pulled, and leave nothing but what has arrived', async () => {
    docker.behaviour.pullMs = 60_000;
    const { id } = await begin('echo', { start: true });
    await until(async () => (await get(id)).transfer !== undefined && stepsOf(await get(id)).includes('image running'));
    const done = await cancel(id);
    assert.deepEqual([done.state, done.problem?.code, done.canRetry], ['cancelled', 'INSTALL_007', true]);
    await nothingLeft();
    docker.behaviour.pullMs = 0;
    assert.equal((await retry(id)).state, 'succeeded');
    assert.equal((await inDocker()).length, 1);
  });

  it('are cancelled while docker mcp adds the server, and it is taken out again', async () => {
    const add = docker.profiles.servers.add;
    let asked: () => void = () => {};
    const isAsked = new Promise<void>(resolve => {
      asked = resolve;
    });
    let go: () => void = () => {};
    const mayGo = new Promise<void>(resolve => {
      go = resolve;
    });
    docker.profiles.servers.add = async (...args) => {
      const added = await add(...args);
      asked();
      await mayGo;
      return added;
    };
    const { id } = await begin('echo');
    await isAsked;
    const cancelling = cancel(id);
    go();
    assert.equal((await cancelling).state, 'cancelled');
    const steps = stepsOf(await get(id));
    assert.ok(steps.includes('profile undone'), steps.join());
    await nothingLeft();
  });

  it('are cancelled while the server starts, and it is removed with its row', async () => {
    docker.behaviour.scripts.set('echo', 'never-answers');
    const { id } = await begin('echo', { start: true });
    await until(async () => stepsOf(await get(id)).includes('start running'), 'the start');
    assert.equal((await cancel(id)).state, 'cancelled');
    await nothingLeft();
  });

  it('fail at a step that can be tried again, and what is done is not done twice', async () => {
    const failure = problem('DOCKER_012', { detail: 'The registry does not answer.', next: 'Look at the network.' });
    docker.behaviour.pullFailures.set('lab/echo:1', failure);
    const failed = await install('echo');
    assert.deepEqual([failed.state, failed.problem?.code, failed.canRetry], ['failed', 'DOCKER_012', true]);
    assert.deepEqual(stepsOf(failed), ['check done', 'image failed', 'profile skipped', 'settings skipped']);
    await nothingLeft();
    docker.behaviour.pullFailures.clear();
    docker.images.set('lab/echo:1', fakeImage('lab/echo:1'));
    const done = await retry(failed.id);
    assert.equal(done.state, 'succeeded');
    assert.match(done.steps[1]?.detail ?? '', /here already/);
    assert.equal((await get(failed.id)).canRetry, false);
    await assert.rejects(daemon.api.retryOperation({ params: { id: failed.id } }), hasCode('OPERATION_003'));
  });

  it('that only fail to start keep the server, and a retry starts it', async () => {
    docker.behaviour.scripts.set('echo', 'exits-at-once');
    const failed = await install('echo', { start: true });
    assert.deepEqual([failed.state, stepsOf(failed).at(-1), failed.canRetry], ['failed', 'start failed', true]);
    assert.equal((await inDocker()).length, 1);
    docker.behaviour.scripts.delete('echo');
    docker.profiles.servers.add = () => assert.fail('it was added again');
    const done = await retry(failed.id);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.problem));
    assert.equal((await daemon.api.getServer({ params: { id: 'echo' } })).state, 'running');
  });

  it('can be tried again by the next daemon', async () => {
    docker.behaviour.pullMs = 60_000;
    const { id } = await begin('echo');
    await until(async () => stepsOf(await get(id)).includes('image running'));
    await daemon.restart();
    docker.behaviour.pullMs = 0;
    const interrupted = await get(id);
    assert.deepEqual([interrupted.state, interrupted.canRetry], ['interrupted', true]);
    assert.equal((await retry(id)).state, 'succeeded');
  });

  it('choose the only profile, ask which of several, and make a first one', async () => {
    await docker.profiles.create({ name: 'Other' });
    await assert.rejects(begin('echo'), hasCode('PROFILE_005'));
    await assert.rejects(begin('echo', { profile: 'nothing' }), hasCode('PROFILE_001'));
    assert.equal((await install('echo', { profile: 'other' })).state, 'succeeded');
    await assert.rejects(begin('echo', { profile: 'other' }), hasCode('SERVER_002'));
    assert.equal((await install('echo', { profile: 'dev_tools' })).serverId, 'dev_tools.echo');
    for (const id of ['other', 'dev_tools']) await daemon.api.deleteProfile({ params: { id } });
    assert.equal((await install('memory')).state, 'succeeded');
    assert.equal((await daemon.api.getProfile({ params: { id: 'default' } })).serverIds.length, 1);
  });

  const changeDefinition = async (change: object) => {
    docker.definitions.set('probe', { ...(docker.definitions.get('probe') ?? assert.fail()), ...change });
  };
  const installProbe = async () => {
    const done = await install('probe', { inputs: { region: 'eu' } });
    assert.equal(done.state, 'succeeded');
    await daemon.api.updateServer({ params: { id: 'probe' }, body: { configuration: { disabledTools: ['add'] } } });
  };

  it('are updated with their settings and choice of tools, and rolled back', async () => {
    await installProbe();
    await changeDefinition({ image: 'lab/probe:2', tools: [{ name: 'echo', description: 'Says it again.' }] });
    const done = await run({ kind: 'update', serverId: 'probe' });
    assert.equal(done.state, 'succeeded', JSON.stringify(done.problem));
    const [updated] = await inDocker();
    assert.deepEqual(
      [updated?.source, updated?.settings, updated?.tools],
      [{ type: 'image', image: 'lab/probe:2', digest: null }, { region: 'eu' }, ['echo']],
    );
    assert.equal((await daemon.api.getServer({ params: { id: 'probe' } })).canRollBack, true);
    const back = await run({ kind: 'roll-back', serverId: 'probe' });
    assert.equal(back.state, 'succeeded', JSON.stringify(back.problem));
    const [before] = await inDocker();
    assert.equal(before?.definition['image'], 'lab/probe:1');
    assert.deepEqual([before?.settings, before?.tools], [{ region: 'eu' }, ['echo']]);
    assert.equal((await daemon.api.getServer({ params: { id: 'probe' } })).canRollBack, false);
    await assert.rejects(run({ kind: 'roll-back', serverId: 'probe' }), hasCode('OPERATION_003'));
  });

  it('are not updated to what their settings do not fit, and nothing is touched', async () => {
    await installProbe();
    const before = await inDocker();
    const properties = { region: { type: 'string' }, token: { type: 'string' } };
    const config = [{ name: 'probe', description: '', type: 'object', properties, required: ['region', 'token'] }];
    await changeDefinition({ config, image: 'lab/probe:2' });
    const failed = await run({ kind: 'update', serverId: 'probe' });
    assert.deepEqual([failed.state, failed.problem?.code], ['failed', 'SERVER_010']);
    assert.deepEqual(await inDocker(), before);
    assert.equal(docker.images.has('lab/probe:2'), false);
  });

  it('whose update fails half-way are as they were', async () => {
    await installProbe();
    const before = await inDocker();
    await changeDefinition({ image: 'lab/probe:2' });
    const { add } = docker.profiles.servers;
    docker.profiles.servers.add = async (...args) => {
      await add(...args);
      throw problem('DOCKER_015', { detail: 'Something else went wrong.' });
    };
    const failed = await run({ kind: 'update', serverId: 'probe' });
    assert.deepEqual([failed.state, failed.problem?.code], ['failed', 'DOCKER_015']);
    assert.deepEqual(await inDocker(), before);
  });

  it('tell that only Docker’s servers are updated', async () => {
    await daemon.api.createServer({ body: { type: 'command', id: 'mine', command: process.execPath } });
    await assert.rejects(run({ kind: 'update', serverId: 'mine' }), hasCode('ENGINE_001'));
    await assert.rejects(run({ kind: 'update', serverId: 'nothing' }), hasCode('SERVER_001'));
  });
});

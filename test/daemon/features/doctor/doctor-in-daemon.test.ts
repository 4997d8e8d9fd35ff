// The doctor in a whole daemon: real vault, real log, Docker by hand.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { hasEnded } from '../../../../shared/api/operations.ts';
import { toProblem } from '../../../../shared/api/problem.ts';
import { createFakeDockerEngine, type FakeDockerEngine } from '../../../support/fake-docker-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../../support/in-process-daemon.ts';

describe('The doctor in a daemon', () => {
  let docker: FakeDockerEngine;
  let daemon: InProcessDaemon;
  beforeEach(async () => {
    docker = createFakeDockerEngine();
    daemon = await startInProcessDaemon({ docker });
    await daemon.daemon.prepare();
    await daemon.daemon.restore();
  });
  afterEach(async () => {
    await daemon[Symbol.asyncDispose]();
  });

  it('finds Docker gone and back again', async () => {
    docker.behaviour.down = toProblem('DOCKER_003', { detail: 'Nothing answers.', next: 'Start Docker.' });
    const { state, checks } = await daemon.api.runDoctor();
    assert.equal(state, 'error');
    assert.ok(checks.some(({ detail }) => detail === 'Nothing answers.'));
    docker.behaviour.down = null;
    const again = await daemon.api.runDoctor();
    assert.deepEqual(
      again.checks.filter(({ state: each }) => each === 'error').map(({ id, detail }) => [id, detail]),
      [],
    );
  });

  it('takes a Docker that was switched off for the choice that it is', async () => {
    await using without = await startInProcessDaemon();
    await without.daemon.prepare();
    await without.daemon.restore();
    const { checks, state } = await without.api.runDoctor();
    const ofDocker = checks.filter(({ id }) => /^(docker|catalogs|gateways|containers|servers\.images)/.test(id));
    assert.deepEqual(
      ofDocker.map(({ id, state: each }) => [id, each]),
      [['docker.choice', 'skipped']],
    );
    assert.match(String(ofDocker[0]?.cause), /switched off.* QUAYSIDE_DOCKER=off/);
    assert.notEqual(state, 'error', JSON.stringify(checks.filter(each => each.state === 'error')));
  });

  it('pulls an image that is missing as an operation, and tells where to follow it', async () => {
    await docker.profiles.create({ id: 'dev', name: 'Dev' });
    // Profiles and catalogs are read in the background.
    await daemon.api.probeDocker();
    const entry = await until(async () => (await daemon.api.listCatalog({ query: { engine: 'docker' } })).items[0]);
    const body = { kind: 'install', from: { catalogEntry: entry.id }, profile: 'dev' } as const;
    const { id } = await daemon.api.createOperation({ body });
    const install = await until(async () => {
      const operation = await daemon.api.getOperation({ params: { id } });
      return hasEnded(operation) && operation;
    });
    assert.equal(install.state, 'succeeded', JSON.stringify(install.problem));
    docker.images.clear();
    const { checks } = await daemon.api.runDoctor();
    const fix = checks.find(check => check.id.startsWith('servers.images:'))?.fix;
    assert.ok(fix?.id, JSON.stringify(checks.filter(({ state }) => state !== 'ok')));
    const { detail } = await daemon.api.applyDoctorFix({ body: { id: fix.id } });
    const operationId = /operation ([\w-]+)/.exec(detail)?.[1] ?? '';
    const pull = await until(async () => {
      const operation = await daemon.api.getOperation({ params: { id: operationId } });
      return hasEnded(operation) && operation;
    });
    assert.deepEqual([pull.kind, pull.state], ['pull-image', 'succeeded']);
    assert.equal(docker.images.size, 1);
  });

  it('makes a bundle without the vault’s values and the owner’s token, wherever they stand', async () => {
    const value = 'harmless looking words';
    await daemon.api.createSecret({ body: { name: 'github.token', serverId: null, value } });
    await writeFile(join(daemon.home, 'daemon.log'), `{"msg":"${value} and ${daemon.daemon.token}"}\n`);
    const body = { type: 'command', id: 'mine', title: value, command: process.execPath } as const;
    await daemon.api.createServer({
      body: { ...body, configuration: { arguments: ['-e', `throw new Error('${value}')`] } },
    });
    await assert.rejects(daemon.api.startServer({ params: { id: 'mine' } }));
    const bundle = await daemon.api.makeSupportBundle();
    const files = Object.entries(unzipSync(Buffer.from(bundle.base64, 'base64')));
    assert.ok(files.some(([name]) => name === 'logs/daemon.log'));
    for (const [name, bytes] of files)
      for (const secret of [value, daemon.daemon.token]) assert.ok(!strFromU8(bytes).includes(secret), name);
  });
});

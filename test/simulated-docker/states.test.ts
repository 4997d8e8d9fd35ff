// States of the simulated docker that the long sequences do not come to: migration, races, secrets, failures on request.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitForNoProcessOf } from '../support/processes.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { assertReproduced, createLab, readLabRegistry, readSequence } from './recorded-sequence.ts';

describe('states of the simulated docker', () => {
  it('makes the profile default of legacy files, once', async () => {
    await using lab = await createLab('profile');
    const { docker } = lab;
    const folder = join(docker.home, '.docker', 'mcp');
    await docker.writeCatalog('docker-mcp', readLabRegistry());
    await writeFile(join(folder, 'registry.yaml'), 'registry:\n  probe:\n    ref: ""\n  everything:\n    ref: ""\n');
    await writeFile(join(folder, 'config.yaml'), 'probe:\n  region: eu\n');
    await writeFile(join(folder, 'tools.yaml'), 'probe:\n  - probe_echo\n');
    const recording = readSequence('current').find(({ name }) => name === 'migration-from-legacy-files');
    assert.ok(recording);
    await assertReproduced(lab, recording);
    await writeFile(join(folder, 'registry.yaml'), 'registry: {}\n');
    await assertReproduced(lab, recording);
  });

  it('loses servers when several are added at the same time', async () => {
    await using docker = await createSimulatedDocker({ dialect: 'profile', raceMilliseconds: 300 });
    const names = ['c0', 'c1', 'c2', 'c3'];
    const image = 'mcp-local/probe:1';
    await docker.writeCatalog('race', Object.fromEntries(names.map(name => [name, { image }])));
    await docker.run(['mcp', 'catalog', 'create', 'lab/race', '--from-legacy-catalog', 'race.yaml']);
    await docker.run(['mcp', 'profile', 'create', '--name', 'race']);
    const add = (name: string) =>
      docker.run(['mcp', 'profile', 'server', 'add', 'race', '--server', `catalog://lab/race/${name}`]);
    const results = await Promise.all(names.map(add));
    assert.ok(results.every(({ exitCode }) => exitCode === 0));
    const { stdout } = await docker.run(['mcp', 'profile', 'show', 'race', '--format', 'json']);
    assert.ok(JSON.parse(stdout).servers.length < names.length);
  });

  it('keeps secrets as docker pass would, and resolves none', async () => {
    await using stub = await createSimulatedDocker({ dialect: 'profile', pass: 'stub' });
    const lab = { docker: stub, work: '/nowhere', place: stub.home, async [Symbol.asyncDispose]() {} };
    const recordings = readSequence('current').filter(({ name }) => name.endsWith('-stub-pass'));
    assert.equal(recordings.length, 6);
    for (const recording of recordings) await assertReproduced(lab, recording);
  });

  it('leaves nothing running, also when a gateway was killed over a container that stays', async () => {
    await using lab = await createLab('profile');
    const { docker } = lab;
    await docker.writeCatalog('local', readLabRegistry());
    await docker.run(['mcp', 'gateway', 'run', '--catalog=local.yaml', '--servers=broken-hang', '--dry-run'], {
      signalAfter: { milliseconds: 1_000, signal: 'SIGKILL' },
    });
    await docker.close();
    assert.deepEqual(await waitForNoProcessOf(docker.binFolder, 3_000), []);
  });

  describe('failures on request', () => {
    let docker: SimulatedDocker;
    beforeEach(async () => {
      docker = await createSimulatedDocker({ dialect: 'profile' });
    });
    afterEach(() => docker.close());

    it('says what a test wants instead of an answer', async () => {
      await docker.setFailure({
        commands: [{ match: ['mcp', 'profile', 'list'], stdout: '[{"id":', stderr: 'oh\n', exitCode: 3 }],
      });
      const words = ['mcp', 'profile', 'list', '--format', 'json'];
      assert.deepEqual(await docker.run(words), { exitCode: 3, stdout: '[{"id":', stderr: 'oh\n' });
      await docker.setFailure({});
      assert.equal((await docker.run(words)).stdout, '[]\n');
    });

    it('hangs, and does not mind SIGTERM if it shall not', async () => {
      await docker.setFailure({ commands: [{ match: ['mcp', 'version'], hang: true, deaf: true }] });
      const killed = await docker.run(['mcp', 'version'], { signalAfter: { milliseconds: 600, signal: 'SIGKILL' } });
      assert.equal(killed.exitCode, null);
    });
  });
});

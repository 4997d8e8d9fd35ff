import assert from 'node:assert/strict';
import { join } from 'node:path';
import {
  createDockerCli,
  createDockerRunner,
  createProbeCli,
} from '../../../../daemon/engines/docker/cli/docker-cli.ts';
import { createDoctorControl } from '../../../../daemon/engines/docker/doctor-control.ts';
import { createDockerProbe } from '../../../../daemon/engines/docker/probe.ts';
import { createChildMarker } from '../../../../daemon/supervision/child-marker.ts';
import { toProblem } from '../../../../shared/api/problem.ts';
import { noGuardian } from '../../../support/replay/replayed-cli.ts';
import { createSimulatedDocker } from '../../../support/simulated-docker/simulated-docker.ts';
import { engineUp } from './replayed-probe.ts';

describe('What the doctor can mend in Docker', () => {
  it('is an older docker mcp without profiles: it has them afterwards', async () => {
    await using docker = await createSimulatedDocker({ dialect: 'legacy' });
    const { environment, home, catalogsFolder } = docker;
    const program = join(docker.binFolder, 'docker');
    const runner = createDockerRunner({ program, environment, marker: createChildMarker(home), guardian: noGuardian });
    let ping = engineUp;
    const probe = createDockerProbe({
      environment,
      home,
      platform: 'linux',
      cli: createProbeCli(runner),
      ping: async () => ping,
      touch: async () => {},
    });
    const { plugin } = await probe.status();
    assert.equal(plugin.dialect, 'legacy');
    const cli = createDockerCli({ runner, dialect: 'legacy', flags: new Set(plugin.flags), catalogsFolder });
    const control = createDoctorControl({
      probe,
      api: { ping: async () => ping },
      images: { find: async () => undefined, pull: async () => assert.fail('nothing is pulled') },
      cli: async () => cli,
      catalogsFolder,
    });
    await control.enableProfiles();
    assert.equal((await probe.status()).plugin.dialect, 'profile');
    assert.equal(await control.engineTime(), engineUp.ok ? engineUp.engine.time : undefined);
    ping = { ok: false, problem: toProblem('DOCKER_003', { detail: 'Gone.' }) };
    assert.equal(await control.engineTime(), null);
    assert.deepEqual(await control.leftovers.find(), []);
    await runner.close();
  });
});

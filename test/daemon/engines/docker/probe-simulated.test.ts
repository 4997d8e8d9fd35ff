import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { EnginePing } from '../../../../daemon/engines/docker/api/container-control.ts';
import {
  createDockerCli,
  createDockerRunner,
  createProbeCli,
} from '../../../../daemon/engines/docker/cli/docker-cli.ts';
import { createDockerProbe, type DockerProbe } from '../../../../daemon/engines/docker/probe.ts';
import { createChildMarker } from '../../../../daemon/supervision/child-marker.ts';
import { toProblem } from '../../../../shared/api/problem.ts';
import { noGuardian } from '../../../support/replay/replayed-cli.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../../../support/simulated-docker/simulated-docker.ts';
import { engineUp } from './replayed-probe.ts';

const engineDown: EnginePing = { ok: false, problem: toProblem('DOCKER_003', { detail: 'Nothing answers.' }) };

async function withProbe(
  options: Parameters<typeof createSimulatedDocker>[0],
  act: (probe: DockerProbe, docker: SimulatedDocker, setPing: (ping: EnginePing) => void) => Promise<void>,
): Promise<void> {
  await using docker = await createSimulatedDocker(options);
  const { environment, home, catalogsFolder } = docker;
  const runner = createDockerRunner({
    program: join(docker.binFolder, 'docker'),
    environment,
    marker: createChildMarker(home),
    guardian: noGuardian,
    limits: { retries: 0 },
  });
  let ping = engineUp;
  const probe = createDockerProbe({
    environment,
    home,
    platform: 'linux',
    root: join(home, 'nowhere'),
    cli: createProbeCli(runner),
    ping: async () => ping,
    async touch(plugin, signal) {
      const { profiles, legacy } = createDockerCli({ ...plugin, runner, catalogsFolder });
      return await (plugin.dialect === 'profile' ? profiles.list({ signal }) : legacy.servers({ signal }));
    },
  });
  try {
    await act(probe, docker, changed => {
      ping = changed;
    });
  } finally {
    await runner.close();
  }
}

describe('The probe on the simulated docker', () => {
  for (const dialect of ['profile', 'legacy'] as const) {
    it(`knows the ${dialect} dialect`, () =>
      withProbe({ dialect }, async probe => {
        const status = await probe.status();
        assert.equal(status.plugin.dialect, dialect);
        assert.equal(status.available, true, JSON.stringify(status.problem));
      }));
  }

  it('sees the engine go and come back, and tells both once', () =>
    withProbe({ dialect: 'profile' }, async (probe, docker, setPing) => {
      await probe.status();
      const told: boolean[] = [];
      probe.onStatusChange(({ available }) => void told.push(available));
      await docker.setFailure({ engine: 'down' });
      setPing(engineDown);
      assert.equal((await probe.look()).problem?.code, 'DOCKER_003');
      await probe.look();
      await docker.setFailure({});
      setPing(engineUp);
      assert.equal((await probe.look()).available, true);
      assert.deepEqual(told, [false, true]);
    }));

  for (const [what, failure, code] of [
    ['Docker Desktop does not run', { desktop: 'not-running' }, 'DOCKER_006'],
    ['the MCP Toolkit is switched off', { desktop: 'toolkit-disabled' }, 'DOCKER_006'],
    ['the database is newer', { database: 'newer' }, 'DOCKER_013'],
    ['the database is corrupt', { database: 'corrupt' }, 'DOCKER_013'],
    [
      'the help is cut',
      { commands: [{ match: ['mcp', '--help'], stdout: 'Docker MCP Tool', exitCode: 0 }] },
      'DOCKER_015',
    ],
    ['the version is nothing', { commands: [{ match: ['mcp', 'version'], stdout: '', exitCode: 0 }] }, 'DOCKER_015'],
  ] as const) {
    it(`says that ${what}`, () =>
      withProbe({ dialect: 'profile' }, async (probe, docker) => {
        await docker.setFailure(structuredClone(failure) as Parameters<typeof docker.setFailure>[0]);
        const status = await probe.status();
        assert.equal(status.available, false);
        assert.equal(status.problem?.code, code, JSON.stringify(status.problem));
        const blocked = status.capabilities.find(({ id }) => id === 'gateway');
        assert.ok(blocked?.reason);
        assert.equal(status.engine.reachable, true);
      }));
  }

  it('says that the plugin is missing', () =>
    withProbe({ dialect: 'profile', plugin: false }, async probe => {
      const status = await probe.status();
      assert.equal(status.problem?.code, 'DOCKER_001');
      assert.equal(status.plugin.installed, false);
    }));
});

// The real runner and the real plans on the simulated docker.
import { join } from 'node:path';
import { createDockerCli, createDockerRunner, type DockerCli } from '../../daemon/engines/docker/cli/docker-cli.ts';
import { createChildMarker } from '../../daemon/supervision/child-marker.ts';
import { noGuardian } from './replay/replayed-cli.ts';
import {
  createSimulatedDocker,
  type SimulatedDocker,
  type SimulatedDockerOptions,
} from './simulated-docker/simulated-docker.ts';

export interface SimulatedCli extends AsyncDisposable {
  readonly docker: SimulatedDocker;
  readonly cli: DockerCli;
}

export async function createSimulatedCli(options: SimulatedDockerOptions): Promise<SimulatedCli> {
  const docker = await createSimulatedDocker(options);
  const runner = createDockerRunner({
    program: join(docker.binFolder, 'docker'),
    environment: docker.environment,
    marker: createChildMarker(docker.home),
    guardian: noGuardian,
    limits: { retries: 0 },
  });
  const cli = createDockerCli({
    runner,
    dialect: options.dialect,
    flags: new Set(),
    catalogsFolder: docker.catalogsFolder,
  });
  const close = async () => {
    await runner.close();
    await docker.close();
  };
  return { docker, cli, [Symbol.asyncDispose]: close };
}

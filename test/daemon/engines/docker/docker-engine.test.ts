import assert from 'node:assert/strict';
import { describeDockerContract } from '../../../contracts/docker-engine.contract.ts';
import { mcpImage } from '../../../support/docker-engine/images.ts';
import { sharedEngineWithServer } from '../../../support/docker-engine/shared.ts';
import { createSimulatedDocker } from '../../../support/simulated-docker/simulated-docker.ts';

for (const dialect of ['profile', 'legacy'] as const)
  describeDockerContract(`Docker’s engine in the ${dialect} dialect`, async () => {
    const engine = await sharedEngineWithServer();
    const { Id } = await engine.docker.getImage(mcpImage).inspect();
    const docker = await createSimulatedDocker({ dialect, engine: { host: engine.host } });
    return {
      dialect,
      home: docker.home,
      environment: docker.environment,
      image: mcpImage,
      digest: Id,
      async docker(...args) {
        const { exitCode, stderr } = await docker.run(args);
        assert.equal(exitCode, 0, stderr);
      },
      close: docker.close,
    };
  });

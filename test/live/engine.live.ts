// The contract that every engine keeps, on the real plugin. Run by main.ts as a suite of its own: it needs its requirements.
import assert from 'node:assert/strict';
import { describeDockerContract } from '../contracts/docker-engine.contract.ts';
import { createDockerHome, findRequirements } from './requirements.ts';

const requirements = await findRequirements(process.env);

for (const dialect of requirements.dialects)
  describeDockerContract(
    `Docker’s engine in the ${dialect} dialect of docker mcp ${requirements.version}`,
    async () => {
      const home = await createDockerHome(requirements, dialect);
      const { stdout } = await home.docker('image', 'inspect', '--format', '{{json .}}', requirements.image);
      const { Id, RepoDigests } = JSON.parse(stdout);
      const digest: string = RepoDigests?.[0] ?? Id;
      return {
        dialect,
        home: home.path,
        environment: home.environment,
        image: requirements.image,
        digest: digest.slice(digest.indexOf('@') + 1),
        async docker(...args) {
          const { exitCode, stderr } = await home.docker(...args);
          assert.equal(exitCode, 0, stderr);
        },
        close: async () => await home[Symbol.asyncDispose](),
      };
    },
  );

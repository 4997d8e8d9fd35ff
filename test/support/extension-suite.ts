// The tests of test/extension inside code-server's extension host, on the built repository.
import { join } from 'node:path';
import { type HostSuiteOutcome, runHostSuite } from './code-server/host-suite.ts';
import { startTestEngine } from './docker-engine/engine.ts';
import { buildMcpServer, mcpImage } from './docker-engine/images.ts';
import { createSimulatedDocker } from './simulated-docker/simulated-docker.ts';

const root = join(import.meta.dirname, '..', '..');

const registry = {
  echo: { name: 'echo', type: 'server', title: 'Echo', description: 'Says again what it is told.', image: mcpImage },
};

/** The tests run in the editor and cannot make a docker themselves: both generations of it are made here. */
export async function runExtensionSuite(): Promise<HostSuiteOutcome> {
  await using engine = await startDisposableEngine();
  await using newer = await createSimulatedDocker({ dialect: 'profile', engine: { host: engine.host } });
  const older = { dialect: 'legacy', engine: { host: engine.host }, dockerCatalog: registry } as const;
  await using legacy = await createSimulatedDocker(older);
  await newer.writeCatalog('lab', registry);
  const file = join(newer.catalogsFolder, 'lab.yaml');
  await newer.run(['mcp', 'catalog', 'create', 'lab/catalog:v1', '--title', 'Lab', '--from-legacy-catalog', file]);
  return await runHostSuite({
    extension: root,
    entry: join(root, 'test', 'extension', 'index.ts'),
    environment: {
      QUAYSIDE_TEST_DOCKER_PROFILE: JSON.stringify(newer.environment),
      QUAYSIDE_TEST_DOCKER_LEGACY: JSON.stringify(legacy.environment),
    },
  });
}

async function startDisposableEngine() {
  const engine = await startTestEngine('docker-host');
  await buildMcpServer(engine.docker);
  return engine;
}

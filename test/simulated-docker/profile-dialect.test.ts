import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { describeSequence, type Lab, readLabRegistry } from './recorded-sequence.ts';

const run = (lab: Lab, line: string) => lab.docker.run(line.split(' '), { cwd: lab.place });

async function writeLabCatalogs(lab: Lab) {
  const registry = readLabRegistry();
  for (const entry of Object.values(registry)) delete entry['readme'];
  await lab.docker.writeCatalog('local', registry, { name: 'local-lab', displayName: 'Local Lab Catalog' });
}

/** What the gateway's recordings had beside the lab catalog. */
async function writeOddCatalogs({ docker }: Lab) {
  const image = 'mcp-local/probe:1';
  const digest = 'a'.repeat(64);
  await docker.writeCatalog('collide', { one: { image }, two: { image } });
  await docker.writeCatalog('hub', { hub: { image: 'mcp/example:latest' } });
  await docker.writeCatalog('hub2', { hub: { image: `mcp/example@sha256:${digest}` } });
  await docker.writeCatalog('bind', { bind: { image, volumes: ['/etc:/data'] } });
  await writeFile(join(docker.catalogsFolder, 'bad.yaml'), 'registry:\n  a: [1,\n');
}

const enableAll = async (lab: Lab) => {
  for (const server of ['probe', 'memory']) await run(lab, `mcp profile tools dev_tools --enable-all ${server}`);
};

const inProject = async (lab: Lab) => {
  lab.place = join(lab.work, 'proj');
};

const later = 'it needs a state that another test prepares: see states.test.ts';
const real = 'what it shows is of the real engine or of docker itself';

const servers: Server[] = [];
const holdPort = (_: Lab) =>
  new Promise<void>(resolve => servers.push(createServer().listen(18_811, '127.0.0.1', () => resolve())));
const answerAsEngine = (socket: string) =>
  new Promise<void>(resolve =>
    servers.push(createServer((_, response) => response.end('{"ID":"X"}')).listen(socket, () => resolve())),
  );
after(() => {
  for (const server of servers) server.close();
});

describeSequence('the profile dialect of the simulated docker', {
  dialect: 'current',
  registries: ['localhost:5055'],
  before: {
    'probe-plugin-missing-version': ({ docker }) => rm(docker.pluginFile),
    'probe-docker-info-plugins': ({ docker }) => writeFile(docker.pluginFile, ''),
    'catalog-list-empty': async lab => {
      await run(lab, 'mcp feature disable tool-name-prefix');
      await rm(join(lab.docker.home, '.docker', 'config.json'));
    },
    'catalog-create-from-file': writeLabCatalogs,
    'catalog-push': lab => run(lab, 'mcp catalog tag lab/local:v1 localhost:5055/lab/catalog:v1'),
    'catalog-pull': lab => run(lab, 'mcp catalog remove localhost:5055/lab/catalog:v1'),
    'profile-list-empty': lab => run(lab, 'mcp catalog remove localhost:5055/lab/catalog:v1'),
    'profile-create-from-file': async lab => {
      await enableAll(lab);
      const entry = {
        name: 'io.github.acme/tool',
        type: 'server',
        image: 'mcp-local/probe:1',
        tools: [{ name: 'acme_echo' }],
      };
      await writeFile(join(lab.docker.catalogsFolder, 'dotted.json'), JSON.stringify(entry));
    },
    'profile-import-malformed': ({ work }) => writeFile(join(work, 'bad.json'), '{"version": 1, '),
    'profile-import-invalid': ({ work }) =>
      writeFile(join(work, 'invalid.json'), '{"version":1,"id":"x","name":"X","servers":[{"type":"rocket"}]}'),
    'client-connect-vscode-no-profile': inProject,
    'client-connect-cursor-jsonc': async ({ work, docker, place }) => {
      await docker.run(['mcp', 'client', 'connect', 'cursor', '--profile', 'dev_tools', '--quiet'], { cwd: place });
      await writeFile(join(work, 'proj', '.cursor', 'mcp.json'), '{\n  // none yet\n  "mcpServers": {}\n}\n');
    },
    'gateway-dry-run-default-empty': async lab => {
      lab.place = lab.work;
      await writeOddCatalogs(lab);
    },
    'gateway-profile-missing-config': lab => run(lab, 'mcp profile config dev_tools --del probe.region'),
    'gateway-profile-bad-config-type': lab => run(lab, 'mcp profile config dev_tools --set probe.region=12'),
    'gateway-malformed-config': ({ work }) => writeFile(join(work, 'bad-config.yaml'), 'probe: [1,\n'),
    'gateway-port-in-use': holdPort,
    'engine-down-version': ({ docker }) => docker.setFailure({ engine: 'down' }),
    'engine-host-refused': ({ docker }) => docker.setFailure({}),
    'engine-permission-denied': ({ docker }) => docker.setFailure({ engine: 'permission' }),
    'state-directory-read-only': ({ docker }) => docker.setFailure({ database: 'read-only' }),
    'database-newer-schema': ({ docker }) => docker.setFailure({ database: 'newer' }),
    'database-dirty': ({ docker }) => docker.setFailure({ database: 'dirty' }),
    'database-corrupt': ({ docker }) => docker.setFailure({ database: 'corrupt' }),
    'database-locked': ({ docker }) => docker.setFailure({ database: 'locked', waitMilliseconds: 10 }),
    'database-migration-lock-held': ({ docker }) =>
      docker.setFailure({ database: 'migration-lock', waitMilliseconds: 10 }),
    'desktop-backend-missing': ({ docker }) => docker.setFailure({ desktop: 'not-running' }),
    'desktop-toolkit-disabled': ({ docker }) => docker.setFailure({ desktop: 'toolkit-disabled' }),
    'docker-host-not-inherited': async ({ docker, work }) => {
      await docker.setFailure({ engine: 'only-by-host' });
      await answerAsEngine(join(docker.home, 'engine.sock'));
      await writeFile(join(work, 'lab-config.yaml'), 'probe:\n  region: eu\n  limits:\n    max: 5\n');
    },
    'gateway-bind-refused': ({ docker }) => docker.setFailure({}),
    'catalog-server-inspect-readme-offline': async lab => {
      const entry = { image: 'mcp-local/probe:1', readme: 'https://example.com/readme.md' };
      await lab.docker.writeCatalog('readme', { withreadme: entry });
      await run(lab, 'mcp catalog create lab/readme:v1 --from-legacy-catalog readme.yaml');
    },
    'gateway-catalog-outside-root': ({ work }) => writeFile(join(work, 'local.yaml'), 'registry: {}\n'),
  },
  without: {
    'probe-docker-version-json': real,
    'docker-ps-gateway-containers': real,
    'docker-ps-orphan': real,
    'docker-ps-after-gateway-killed': real,
    'migration-from-legacy-files': later,
    'concurrency-lost-updates': later,
    'secret-set-inline-stub-pass': later,
    'secret-set-stdin-stub-pass': later,
    'secret-set-bad-name-stub-pass': later,
    'secret-ls-no-engine-stub-pass': later,
    'secret-rm-stub-pass': later,
    'secret-rm-not-found-stub-pass': later,
  },
});

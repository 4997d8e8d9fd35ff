import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describeSequence, type Lab, readLabRegistry } from './recorded-sequence.ts';

const run = (lab: Lab, line: string) => lab.docker.run(line.split(' '), { cwd: lab.place });

// The recorded entry names this place, and its catalog is compared with it: the port is the recording's.
const pages: Record<string, string> = {
  '/probe/tools.json': JSON.stringify([
    {
      name: 'probe_echo',
      description: 'Return the given text.',
      arguments: [{ name: 'text', type: 'string', desc: 'Text to return' }],
      annotations: { readOnlyHint: true },
    },
    { name: 'probe_add', description: 'Add two numbers.' },
  ]),
  '/probe/readme.md': '# Probe\n\nA test server.\n',
};
let site: Server | undefined;
const openSite = () =>
  new Promise<number>(resolve => {
    const opened = createServer((request, response) => response.end(pages[request.url ?? '']));
    opened.listen(0, '127.0.0.1', () => resolve((opened.address() as AddressInfo).port));
    site = opened;
  });
after(() => {
  site?.close();
});

async function writeDockerCatalog({ docker }: Lab, place: string) {
  const registry = readLabRegistry();
  Object.assign(registry['probe'] ?? {}, { readme: `${place}/readme.md`, toolsUrl: `${place}/tools.json` });
  await docker.writeCatalog('docker-mcp', registry, { displayName: 'Docker MCP Catalog' });
}

/** The catalog of Docker, in whose place the lab's stands, and the same as a file to import. */
async function writeLabCatalogs(lab: Lab) {
  await writeDockerCatalog(lab, 'http://127.0.0.1:5056/probe');
  const text = stringify({ name: 'local-lab', displayName: 'Local Lab Catalog', registry: readLabRegistry() });
  await writeFile(join(lab.work, 'lab-catalog.yaml'), text);
}

const dockerConfig = ({ docker }: Lab) => join(docker.home, '.docker', 'config.json');

describeSequence('the legacy dialect of the simulated docker', {
  dialect: 'legacy',
  before: {
    'server-ls-empty': writeLabCatalogs,
    'catalog-rm-not-found': lab => run(lab, 'mcp catalog rm team'),
    'server-inspect': async lab => {
      await writeDockerCatalog(lab, `http://127.0.0.1:${await openSite()}/probe`);
    },
    'tools-disable': lab => lab.docker.run(['mcp', 'config', 'write', 'probe:\n  region: eu\n  limits:\n    max: 5\n']),
    'client-connect-vscode': async lab => {
      lab.place = join(lab.work, 'legproj');
      await mkdir(join(lab.place, '.git'), { recursive: true });
    },
    'engine-down-server-ls': ({ docker }) => docker.setFailure({ engine: 'down' }),
    'feature-enable-profiles': ({ docker }) => docker.setFailure({}),
    'gateway-host-flag': lab => rename(dockerConfig(lab), `${dockerConfig(lab)}.old`),
  },
  without: {},
});

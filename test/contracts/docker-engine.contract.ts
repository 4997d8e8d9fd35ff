// The contract of an engine on Docker's, in one dialect: on the simulated plugin, and on a real one wherever there is one.

import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createDockerEngine } from '../../daemon/engines/docker/docker.engine.ts';
import type { DockerEngine } from '../../daemon/engines/docker-engine.ts';
import type { DockerInstall } from '../../daemon/engines/engine.ts';
import { writeDockerCatalog } from '../support/docker-catalog.ts';
import { createMemoryRecords } from '../support/docker-engine/containers.ts';
import { rememberStored } from '../support/stored-secrets.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { describeEngineContract } from './engine.contract.ts';

export interface DockerUnderTest {
  dialect: 'profile' | 'legacy';
  /** A home with the plugin and nothing in it yet, and what makes docker use it. */
  home: string;
  environment: Record<string, string>;
  /** An image of the engine whose entry point is an MCP server. */
  image: string;
  /** Its digest in a registry, or its id if it was made here. */
  digest: string;
  /** Runs docker in that home; rejects if it fails. */
  docker(...args: string[]): Promise<unknown>;
  close(): Promise<void>;
}

/** A registry that takes every question and answers none. */
async function openSilentRegistry(): Promise<{ host: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer(() => {});
  server.on('connection', socket => sockets.add(socket));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

const entryOf = (image: string) => ({ image, title: 'A server', description: 'Of a test', type: 'server' });

const profileName = 'quayside_contract';

/** Entries to install, where each dialect has them; answers the catalog's reference. */
async function fillCatalog({ dialect, home, image, docker }: DockerUnderTest, slowImage: string): Promise<string> {
  const registry = { one: entryOf(image), two: entryOf(image), slow: entryOf(slowImage) };
  if (dialect === 'legacy') {
    await writeDockerCatalog(home, registry);
    return 'docker-mcp';
  }
  const ref = 'quayside-contract/servers:v1';
  const text = stringify({ name: 'quayside-contract', displayName: 'Contract', registry });
  await mkdir(join(home, '.docker', 'mcp', 'catalogs'), { recursive: true });
  await writeFile(join(home, '.docker', 'mcp', 'catalogs', 'quayside-contract.yaml'), text);
  await docker('mcp', 'catalog', 'create', ref, '--from-legacy-catalog', 'quayside-contract.yaml');
  await docker('mcp', 'profile', 'create', '--name', profileName);
  return ref;
}

async function hasServer(engine: DockerEngine, profile: string, name: string): Promise<boolean> {
  const found = (await engine.profiles.list()).find(({ id }) => id === profile);
  return found?.servers.some(server => server.name === name) ?? false;
}

/** Declares the contract. `open` prepares a fresh home for each test. */
export function describeDockerContract(title: string, open: () => Promise<DockerUnderTest>): void {
  describeEngineContract(title, async () => {
    const subject = await open();
    const registry = await openSilentRegistry();
    const state = await createTemporaryFolder('contract');
    const catalogRef = await fillCatalog(subject, `${registry.host}/quayside/slow:1`);
    const engine = createDockerEngine({
      environment: subject.environment,
      home: subject.home,
      stateFolder: state.path,
      version: '0.0.0',
      memory: { ownership: createMemoryRecords(), storedSecrets: rememberStored() },
      onFailure: error => console.error(error),
    });
    const profile = subject.dialect === 'profile' ? profileName : 'default';
    const install = (serverId: string, name: string): DockerInstall => ({
      kind: 'docker',
      serverId,
      profile,
      from: { catalogRef, name },
      settings: {},
      replace: false,
    });
    return {
      engine,
      good: name => ({
        request: install(name, name),
        source: { type: 'image', image: subject.image, digest: subject.digest },
      }),
      absent: name => ({ request: install(name, 'no-such-entry'), code: 'CATALOG_001' }),
      neverEnding: name => install(name, 'slow'),
      has: name => hasServer(engine, profile, name),
      planKind: 'gateway',
      async close() {
        await engine.close();
        await subject.close();
        await registry.close();
        await state.remove();
      },
    };
  });
}

// What the API tells of Docker with everything filled in, for tests that care about one field of it.
import { toGateway } from '../../daemon/engines/docker/gateway/gateway-status.ts';
import { Catalog } from '../../shared/api/catalogs.ts';
import { Container } from '../../shared/api/containers.ts';
import { DockerStatus, dockerCapabilities } from '../../shared/api/docker.ts';
import { Gateway } from '../../shared/api/gateways.ts';
import { Profile } from '../../shared/api/profiles.ts';

const at = '2026-01-02T03:04:05.000Z';

export const buildProfile = (change: Partial<Profile> = {}): Profile =>
  Profile.parse({
    id: 'dev_tools',
    name: 'Dev Tools',
    fixed: false,
    serverIds: ['probe'],
    running: 0,
    clients: [],
    readAt: at,
    ...change,
  });

export const buildGateway = (change: Partial<Gateway> = {}): Gateway =>
  Gateway.parse({ ...toGateway('dev_tools', undefined), title: 'Dev Tools', ...change });

export const buildContainer = (change: Partial<Container> = {}): Container =>
  Container.parse({
    id: 'a'.repeat(64),
    name: 'exciting_lehmann',
    server: 'probe',
    serverId: 'probe',
    profile: 'dev_tools',
    image: 'mcp-local/probe:1',
    state: 'running',
    owner: 'own',
    startedAt: at,
    stats: null,
    ...change,
  });

export const buildCatalog = (change: Partial<Catalog> = {}): Catalog =>
  Catalog.parse({
    id: 'lab-local-v1',
    ref: 'lab/local:v1',
    title: 'Lab',
    engine: 'docker',
    origin: 'own',
    source: 'user:cli',
    digest: 'b'.repeat(64),
    entries: 8,
    readAt: at,
    cached: false,
    problem: null,
    fixed: false,
    ...change,
  });

type Nested = 'plugin' | 'engine' | 'docker';
export type DockerStatusChange = Partial<Omit<DockerStatus, Nested>> & {
  [K in Nested]?: Partial<DockerStatus[K]>;
};

/** Docker in good health, with all that it can do. */
export const buildDockerStatus = ({ plugin, engine, docker, ...change }: DockerStatusChange = {}): DockerStatus =>
  DockerStatus.parse({
    available: true,
    problem: null,
    plugin: {
      installed: true,
      version: 'v0.43.3',
      path: '/plugins/docker-mcp',
      dialect: 'profile',
      safe: true,
      flags: ['--host'],
      ...plugin,
    },
    engine: {
      reachable: true,
      version: '28.2.2',
      platform: 'engine',
      os: 'linux',
      architecture: 'amd64',
      context: 'default',
      host: 'unix:///var/run/docker.sock',
      hostFrom: 'default',
      ...engine,
    },
    insideContainer: false,
    docker: { path: '/usr/bin/docker', version: '28.2.2', ...docker },
    passInstalled: false,
    ownTools: false,
    capabilities: dockerCapabilities.map(id => ({ id, available: true, reason: null })),
    warnings: [],
    probedAt: at,
    ...change,
  });

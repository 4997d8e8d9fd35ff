// Docker's engine where it is switched off: it says so, has nothing, and does nothing.
import { type DockerStatus, dockerCapabilities } from '../../shared/api/docker.ts';
import { type ProblemError, problem } from '../../shared/api/problem.ts';
import { stoppedHealth } from '../supervision/health.ts';
import { toGateway } from './docker/gateway/gateway-status.ts';
import { noEngine } from './docker/no-engine.ts';
import type { DockerEngine } from './docker-engine.ts';

const reason = 'Docker is switched off for this daemon.';

/** Lists are empty; everything that would change something rejects with ENGINE_001. */
export function createNoDocker(now: () => Date): DockerEngine {
  const refuse = async (): Promise<never> => {
    throw switchedOff();
  };
  const status = (): DockerStatus => ({
    available: false,
    problem: switchedOff().problem,
    plugin: { installed: false, version: null, path: null, dialect: null, safe: true, flags: [] },
    engine: noEngine,
    insideContainer: false,
    docker: { path: null, version: null },
    passInstalled: false,
    ownTools: false,
    capabilities: dockerCapabilities.map(id => ({ id, available: false, reason })),
    warnings: [],
    probedAt: now().toISOString(),
  });
  const nothing = () => () => {};
  return {
    kind: 'docker',
    probe: async () => ({
      kind: 'docker',
      title: 'Docker',
      available: false,
      reason,
      version: null,
      capabilities: [],
      isolated: true,
    }),
    catalog: async () => [],
    install: refuse,
    remove: async () => {},
    tidy: async () => {},
    plan: refuse,
    profiles: {
      list: async () => [],
      create: refuse,
      rename: refuse,
      remove: refuse,
      export: refuse,
      import: refuse,
      push: refuse,
      pull: refuse,
      configure: refuse,
      onForeignChange: nothing,
    },
    catalogs: {
      list: async () => [],
      read: refuse,
      preview: refuse,
      create: refuse,
      pull: refuse,
      push: refuse,
      tag: refuse,
      remove: refuse,
    },
    gateways: {
      status: profile => toGateway(profile, undefined),
      active: () => [],
      output: () => [],
      stop: async () => {},
      restart: refuse,
      setOwnTools: async () => {},
      profileChanged: async () => {},
      onChange: nothing,
      onOutput: nothing,
    },
    containers: {
      list: async () => [],
      stop: refuse,
      logs: refuse,
      sweep: async dryRun => ({ removed: [], left: [], dryRun }),
      disk: refuse,
      clean: refuse,
      onChange: nothing,
    },
    doctor: {
      engineTime: async () => null,
      surroundings: async () => ({ insideContainer: false, wsl: false }),
      enableProfiles: refuse,
      findImage: refuse,
      pullImage: refuse,
      leftovers: { find: async () => [], remove: async () => {} },
    },
    clients: { list: refuse, change: refuse, fileOf: () => null, predict: async () => null },
    status: async () => status(),
    look: async () => status(),
    onStatusChange: nothing,
    createSupervisor: () => ({
      start: refuse,
      stop: async () => {},
      health: () => ({ ...stoppedHealth, problem: switchedOff().problem }),
      output: () => [],
      session: () => {
        throw switchedOff();
      },
      upstreams: {
        of: () => {
          throw switchedOff();
        },
        offer: () => undefined,
        losses: () => [],
        left: () => {},
      },
      forget: () => {},
      close: async () => {},
    }),
    keepStored: async () => {},
    close: async () => {},
  };
}

const switchedOff = (): ProblemError =>
  problem('ENGINE_001', {
    detail: reason,
    next: 'Start the daemon without QUAYSIDE_DOCKER=off to use Docker.',
  });

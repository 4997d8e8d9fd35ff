// Subjects of the suite of profiles: the simulated docker mcp of both generations, and the profiles in memory.
import { join } from 'node:path';
import { ServerSpec } from '../../daemon/engines/docker/cli/schemas.ts';
import { createProfileControl } from '../../daemon/engines/docker/profile-control.ts';
import { contractServers, type ProfilesUnderTest } from '../contracts/profiles.contract.ts';
import { createFakeProfiles } from './fake-profiles.ts';
import { createSimulatedCli, type SimulatedCli } from './simulated-cli.ts';

const catalogRef = 'lab/local:v1';

export interface SimulatedProfiles extends ProfilesUnderTest {
  simulated: SimulatedCli;
  /** Somebody has changed Docker's files. */
  tellChange(): void;
}

export async function simulatedProfiles(
  dialect: 'profile' | 'legacy',
  options: { raceMilliseconds?: number } = {},
): Promise<SimulatedProfiles> {
  const simulated = await createSimulatedCli({ dialect, dockerCatalog: contractServers, ...options });
  const { docker, cli } = simulated;
  if (dialect === 'profile') {
    await docker.writeCatalog('lab', contractServers);
    await cli.catalogs.create(catalogRef, { kind: 'legacy', source: 'lab.yaml', title: 'Lab' });
  }
  const listeners = new Set<() => void>();
  const { profiles, servers } = createProfileControl({
    cli: async () => cli,
    mcpFolder: join(docker.home, '.docker', 'mcp'),
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return {
    profiles,
    servers,
    dialect,
    simulated,
    catalog: dialect === 'profile' ? catalogRef : 'docker-mcp',
    close: async () => await simulated[Symbol.asyncDispose](),
    tellChange() {
      for (const listener of listeners) listener();
    },
  };
}

export async function profilesInMemory(): Promise<ProfilesUnderTest> {
  const definitions = new Map(
    Object.entries(contractServers).map(([name, spec]) => [name, ServerSpec.parse({ ...spec, name })]),
  );
  const profiles = createFakeProfiles({ refuseIfDown: () => {}, legacy: () => false, definitions });
  return { profiles, servers: profiles.servers, dialect: 'profile', catalog: catalogRef, close: async () => {} };
}

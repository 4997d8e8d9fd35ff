// The wires between Docker's engine and the features: what servers and installs need of it, in their words.
import { isProblemError, type Problem } from '../shared/api/problem.ts';
import { findUpdate } from './engines/docker/definition.ts';
import { createInventory, type Inventory } from './engines/docker/inventory.ts';
import { describeDefinition } from './engines/docker/server-facts.ts';
import { checkSettings } from './engines/docker/settings-check.ts';
import type { DockerEngine } from './engines/docker-engine.ts';
import type { DockerNeeds } from './features/operations/install-needs.ts';
import type { ProfileService } from './features/profiles/profiles.service.ts';
import type { DockerServers } from './features/servers/docker-servers.ts';
import type { ServerService } from './features/servers/servers.service.ts';

/** The entry that a server of a profile came from, by its catalog's reference and its name there. */
export type FindDefinition = (
  catalogRef: string,
  name: string,
) => { id: string; definition: Record<string, unknown> } | undefined;

export const dockerServersOf = (
  engine: DockerEngine,
  find: FindDefinition,
  onFailure: (error: unknown) => void,
): DockerServers => ({
  configure: engine.profiles.configure,
  describe: describeDefinition,
  findUpdate,
  offered(catalogRef, name) {
    const found = find(catalogRef, name);
    return found && { entryId: found.id, definition: found.definition };
  },
  changesApply: profile => engine.gateways.status(profile).editsApply,
  changed(profile, servers) {
    engine.gateways.profileChanged(profile, servers).catch(error => {
      // What a gateway cannot do is its state.
      if (!isProblemError(error)) onFailure(error);
    });
  },
});

export interface DockerNeedsParts {
  servers: ServerService;
  profiles: Pick<ProfileService, 'choose'>;
  catalogs: { place(entryId: string): { catalogRef: string; name: string } | undefined };
}

export const dockerNeedsOf = ({ servers, profiles, catalogs }: DockerNeedsParts): DockerNeeds => ({
  chooseProfile: profiles.choose,
  checkSettings,
  checkSecrets: (title, slots, references, complete) =>
    servers.docker.checkSecrets(slots, title, [...references], complete),
  place: catalogs.place,
  find: servers.docker.find,
  freeId: servers.docker.freeId,
  expect: servers.docker.expect,
  of(id) {
    const { inProfile, previous, row } = servers.docker.of(id);
    const isRunning = servers.present(id)?.state === 'running';
    return { inProfile, previous, row, references: servers.configuration(id).secretReferences, isRunning };
  },
  replace: servers.docker.replace,
});

export interface InventoryParts {
  engine: DockerEngine;
  servers: ServerService;
  profiles: Pick<ProfileService, 'reconcile'>;
  onFailure: (error: unknown) => void;
}

export const inventoryOf = ({ engine, servers, profiles, onFailure }: InventoryParts): Inventory =>
  createInventory({
    engine,
    onFailure,
    onProblem: (problem: Problem | null) => servers.docker.setProblem(problem),
    async apply(found) {
      profiles.reconcile(found);
      await servers.docker.reconcile(found.flatMap(profile => profile.servers));
    },
  });

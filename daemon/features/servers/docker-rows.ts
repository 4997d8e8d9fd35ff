// What is done with the servers that mirror Docker's profiles, beside what is done with every server.
import { type Problem, type ProblemCode, problem } from '../../../shared/api/problem.ts';
import type { SecretSlot, ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { ServerInProfile } from '../../engines/engine.ts';
import type { WireTool } from '../../supervision/session.ts';
import type { Supervisor } from '../../supervision/supervisor.ts';
import { type DockerServers, keyOf, type ProfileMirror } from './docker-servers.ts';
import { refuseMisplaced, refuseMissing } from './launch-secrets.ts';
import { serverNotFound } from './present-server.ts';
import type { StoredServer } from './server-rows.ts';
import type { ServerRepository } from './servers.repository.ts';

/** The servers that mirror Docker's profiles. */
export interface DockerRows {
  /** Makes the rows what the profiles have; rows of servers that are gone from them go. */
  reconcile(found: readonly ServerInProfile[]): Promise<void>;
  /** Why no server of Docker can run now; null: they can. Servers that were waiting for it are started. */
  setProblem(problem: Problem | null): void;
  /** Shows all of them again: their catalog has been read. */
  announce(): void;
  /** Takes over what an update or a roll-back has made of it. */
  replace(id: string, inProfile: ServerInProfile, previous: ServerInProfile | null): MCPServer;
  /** As Docker has it, and what it was before its last update. Errors: SERVER_001; ENGINE_001 for another engine's server. */
  of(id: string): { inProfile: ServerInProfile; previous: ServerInProfile | null; row: StoredServer };
  find(profile: string, name: string): StoredServer | undefined;
  /** The tools by the definitions, of one server or of all: what is known before it has run. */
  definedTools(id?: string): { serverId: string; definition: WireTool }[];
  freeId(profile: string, name: string): string;
  /** Errors: REQUEST_001, SERVER_011 if `complete` and a secret that is required has no reference. */
  checkSecrets(
    slots: readonly SecretSlot[],
    title: string,
    references: readonly ServerConfiguration['secretReferences'][number][],
    complete: boolean,
  ): void;
  /** This server is being installed: nobody else makes a row of it until the function that is answered is called. */
  expect(profile: string, name: string | null): () => void;
}

/** What Docker's coming back mends. */
const waitsForDocker: ReadonlySet<ProblemCode> = new Set([
  'ENGINE_001',
  'DOCKER_001',
  'DOCKER_003',
  'DOCKER_004',
  'DOCKER_005',
  'DOCKER_006',
  'DOCKER_013',
]);

export interface DockerRowsParts {
  repository: ServerRepository;
  mirror: ProfileMirror;
  supervisor: Pick<Supervisor, 'health' | 'stop'>;
  docker: Pick<DockerServers, 'describe'>;
  /** Servers that are being removed. */
  leaving: ReadonlySet<string>;
  /** Tells everybody of a server as it is now. */
  changed(id: string): MCPServer;
  /** Forgets a server that has been stopped. */
  drop(id: string): Promise<void>;
  tellGateway(profile: string): void;
  launch(id: string): Promise<void>;
  onProblem(problem: Problem | null): void;
}

export function createDockerRows(parts: DockerRowsParts): DockerRows {
  const { repository, mirror, supervisor, docker, leaving, changed, drop, tellGateway, launch, onProblem } = parts;
  /** Servers that an install is making. */
  const expected = new Set<string>();
  let dockerProblem: Problem | null = null;
  const stored = (id: string): StoredServer => {
    const server = repository.find(id);
    if (!server) throw serverNotFound(id);
    return server;
  };
  const describe = ({ definition }: Pick<StoredServer, 'definition'>) => docker.describe(definition ?? {});
  const isNew = ({ profile, name }: ServerInProfile): boolean => repository.findInProfile(profile, name) === undefined;
  const startWaiting = () => {
    for (const { id, enabled, engine } of repository.all()) {
      const code = supervisor.health(id).problem?.code;
      if (engine !== 'docker' || !enabled || !code || !waitsForDocker.has(code)) continue;
      // Why it failed is its state.
      launch(id).catch(() => {});
    }
  };

  return {
    async reconcile(found) {
      const wanted = found.filter(
        server => !expected.has(keyOf(server)) && !(expected.has(keyOf({ ...server, name: '' })) && isNew(server)),
      );
      const profiles = new Set<string>();
      for (const server of wanted) {
        const row = repository.findInProfile(server.profile, server.name);
        if (row && leaving.has(row.id)) continue;
        const { id, isChanged } = mirror.write(server);
        if (!isChanged) continue;
        changed(id);
        profiles.add(server.profile);
      }
      const gone = mirror.missing(found).filter(row => !leaving.has(row.id));
      await Promise.all(gone.map(row => supervisor.stop(row.id).then(() => drop(row.id))));
      for (const { profile } of gone) if (profile !== null) profiles.add(profile);
      for (const profile of profiles) tellGateway(profile);
    },
    setProblem(next) {
      if (JSON.stringify(next) === JSON.stringify(dockerProblem)) return;
      dockerProblem = next;
      onProblem(next);
      for (const row of repository.all()) if (row.engine === 'docker') changed(row.id);
      if (next === null) startWaiting();
    },
    announce() {
      for (const row of repository.all()) if (row.engine === 'docker') changed(row.id);
    },
    replace(id, inProfile, previous) {
      mirror.write(inProfile);
      repository.savePrevious(id, previous);
      tellGateway(inProfile.profile);
      return changed(id);
    },
    of(id) {
      const row = stored(id);
      const inProfile = mirror.inProfile(row);
      if (inProfile) return { inProfile, previous: row.previous, row };
      throw problem('ENGINE_001', {
        detail: `"${id}" is no server of Docker, and only those are updated and rolled back.`,
        next: 'Remove it and install it again.',
      });
    },
    find: (profile, name) => repository.findInProfile(profile, name),
    definedTools(id) {
      const rows = id === undefined ? repository.all() : [stored(id)];
      return rows
        .filter(row => row.definition !== null)
        .flatMap(row => describe(row).tools.map(definition => ({ serverId: row.id, definition })));
    },
    freeId: (profile, name) => mirror.freeId({ profile, name }),
    checkSecrets(slots, title, references, complete) {
      refuseMisplaced({ engine: 'docker', source: { type: 'image', image: 'x', digest: null }, slots }, references);
      if (complete) refuseMissing(title, slots, references);
    },
    expect(profile, name) {
      const key = keyOf({ profile, name: name ?? '' });
      expected.add(key);
      return () => expected.delete(key);
    },
  };
}

// The servers of Docker's profiles among ours: rows that mirror what a profile has. Docker's profile stays the truth.
import { problem } from '../../../shared/api/problem.ts';
import type { SecretSlot, ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import type { MCPServer, MCPServerDetail } from '../../../shared/api/servers.ts';
import { namePattern } from '../../../shared/domain/names.ts';
import type { ServerInProfile } from '../../engines/engine.ts';
import type { WireTool } from '../../supervision/session.ts';
import { defaultConfiguration } from './server-configuration.ts';
import type { StoredServer } from './server-rows.ts';
import type { ServerRepository } from './servers.repository.ts';
import { disabledOf } from './tool-choice.ts';

type Definition = Readonly<Record<string, unknown>>;
type Place = Pick<ServerInProfile, 'profile' | 'name'>;

/** Docker's engine and its catalogs, as far as servers need them. */
export interface DockerServers {
  /** Errors: those of ProfileControl.configure. */
  configure(
    server: Place,
    change: { settings?: Record<string, unknown> | undefined; tools?: string[] | null | undefined },
  ): Promise<ServerInProfile>;
  /** What a definition says. */
  describe(definition: Definition): {
    settingsSchema: MCPServerDetail['settingsSchema'];
    secretSlots: SecretSlot[];
    tools: WireTool[];
  };
  /** How what the catalog offers differs from what the profile has; null: it does not. */
  findUpdate(current: Definition, offered: Definition): MCPServer['update'];
  /** The entry that a server came from, as its catalog has it now. */
  offered(catalogRef: string, name: string): { entryId: string; definition: Definition } | undefined;
  /** When a change takes effect in the gateway that runs now; null: none runs. */
  changesApply(profile: string): 'at-once' | 'by-restart' | null;
  /** What a profile has now is not what its gateway was started with. Never rejects. */
  changed(profile: string, servers: readonly ServerInProfile[]): void;
}

/** What a machine without Docker has: nothing is ever asked of it, because no server is Docker's. */
export const withoutDocker: DockerServers = {
  configure: async () => {
    throw problem('ENGINE_001', { detail: 'There is no Docker here.', next: 'Install Docker and its MCP plugin.' });
  },
  describe: () => ({ settingsSchema: null, secretSlots: [], tools: [] }),
  findUpdate: () => null,
  offered: () => undefined,
  changesApply: () => null,
  changed: () => {},
};

export interface ProfileMirror {
  /** Undefined for a server of another engine. */
  inProfile(server: StoredServer): ServerInProfile | undefined;
  /** Tools by the definition, and by the server itself when it last ran. */
  knownTools(server: StoredServer): string[];
  /** Writes a row of its own, or over the one that there is. Answers the row's id, and whether anything is new. */
  write(found: ServerInProfile, wanted?: { id?: string | undefined; catalogEntry?: string | null }): Mirrored;
  /** Rows of servers that are in no profile any more. */
  missing(found: readonly Place[]): StoredServer[];
  /** An id that is free: the server's name as a slug, with the profile's before it if that is taken. */
  freeId(place: Place): string;
}

export interface Mirrored {
  id: string;
  isChanged: boolean;
}

export interface ProfileMirrorOptions {
  repository: ServerRepository;
  docker: Pick<DockerServers, 'describe' | 'offered'>;
  now: () => string;
}

export function createProfileMirror({ repository, docker, now }: ProfileMirrorOptions): ProfileMirror {
  const knownTools = ({ id, definition, allowedTools }: Pick<StoredServer, 'id' | 'definition' | 'allowedTools'>) => {
    const byDefinition = definition ? docker.describe(definition).tools.map(({ name }) => name) : [];
    return [...new Set([...byDefinition, ...repository.toolNames(id), ...(allowedTools ?? [])])];
  };
  const configured = (id: string, found: ServerInProfile, before: ServerConfiguration): ServerConfiguration => {
    const known = knownTools({ id, definition: found.definition, allowedTools: found.tools });
    // A tool that is off stays known, though neither the definition nor the gateway names it.
    const disabledTools = disabledOf({
      allowed: found.tools,
      known: [...new Set([...known, ...before.disabledTools])],
    });
    return { ...before, settings: found.settings, disabledTools, updatedAt: now() };
  };
  const freeId = ({ profile, name }: Place): string => {
    const isFree = (id: string) => namePattern.test(id) && repository.find(id) === undefined;
    const [short, long] = [slugOf(name), slugOf(`${profile}.${name}`)];
    if (isFree(short)) return short;
    for (let number = 1; ; number++) {
      const id = number === 1 ? long : `${long.slice(0, 60)}-${number}`;
      if (isFree(id)) return id;
    }
  };
  const add = (found: ServerInProfile, wanted: { id?: string | undefined; catalogEntry?: string | null }): Mirrored => {
    const at = now();
    const id = wanted.id ?? freeId(found);
    const entry = found.catalogRef === null ? undefined : docker.offered(found.catalogRef, found.name)?.entryId;
    const facts = { serverVersion: null, protocolVersion: null, instructions: null };
    repository.insert(
      {
        id,
        ...mirrored(found),
        catalogEntry: wanted.catalogEntry ?? entry ?? null,
        engine: 'docker',
        profile: found.profile,
        nameInProfile: found.name,
        previous: null,
        enabled: false,
        ...facts,
        createdAt: at,
        updatedAt: at,
      },
      { ...configured(id, found, { ...defaultConfiguration(id, at), id }) },
    );
    return { id, isChanged: true };
  };

  return {
    inProfile: server => toServerInProfile(server, repository.configuration(server.id)),
    knownTools,
    freeId,
    write(found, wanted = {}) {
      const row = repository.findInProfile(found.profile, found.name);
      if (!row) return add(found, wanted);
      const before = repository.configuration(row.id) ?? { ...defaultConfiguration(row.id, now()), id: row.id };
      const after = configured(row.id, found, before);
      // A title that a person has given stays.
      const isGiven = row.title !== titleOf(row);
      const next = {
        ...mirrored(found),
        source: withKnownDigest(found.source, row.source),
        ...(isGiven ? { title: row.title } : {}),
        catalogEntry: wanted.catalogEntry ?? row.catalogEntry,
      };
      const isSame =
        sameJson(pick(row), pick(next)) &&
        sameJson([before.settings, before.disabledTools], [after.settings, after.disabledTools]);
      if (isSame) return { id: row.id, isChanged: false };
      repository.mirror(row.id, next, after, now());
      return { id: row.id, isChanged: true };
    },
    missing(found) {
      const there = new Set(found.map(keyOf));
      return repository
        .all()
        .filter(
          row =>
            row.engine === 'docker' && !there.has(keyOf({ profile: row.profile ?? '', name: row.nameInProfile ?? '' })),
        );
    },
  };
}

/** A profile does not say which image its tag means here: what was found out at the install stays. */
const withKnownDigest = (found: ServerInProfile['source'], known: ServerInProfile['source']) =>
  found.type === 'image' && known.type === 'image' && found.image === known.image && found.digest === null
    ? known
    : found;

/** One text for a place in a profile; neither part can hold a line break. */
export const keyOf = ({ profile, name }: Place): string => `${profile}\n${name}`;

const mirrored = ({ title, description, source, catalogRef, definition, tools }: ServerInProfile) => ({
  title: title.slice(0, 120),
  description: description.slice(0, 2000),
  source,
  catalogRef,
  definition,
  allowedTools: tools,
});

const pick = (row: Pick<StoredServer, keyof ReturnType<typeof mirrored> | 'catalogEntry'>) => [
  row.title,
  row.description,
  row.source,
  row.catalogRef,
  row.catalogEntry,
  row.definition,
  row.allowedTools,
];

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const titleOf = ({ definition, nameInProfile }: StoredServer): string => {
  const title = definition?.['title'];
  return (typeof title === 'string' && title !== '' ? title : (nameInProfile ?? '')).slice(0, 120);
};

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 64) || 'server';

function toServerInProfile(
  server: StoredServer,
  configuration: ServerConfiguration | undefined,
): ServerInProfile | undefined {
  const { profile, nameInProfile, definition, title, description, source, catalogRef, allowedTools } = server;
  if (profile === null || nameInProfile === null) return undefined;
  return {
    profile,
    name: nameInProfile,
    title,
    description,
    source,
    catalogRef,
    definition: definition ?? {},
    settings: configuration?.settings ?? {},
    tools: allowedTools,
  };
}

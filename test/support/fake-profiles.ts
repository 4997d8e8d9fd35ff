// Docker's profiles in memory, as the port of profiles promises them.
import { Profile, type ProfileServer, type ServerSpec } from '../../daemon/engines/docker/cli/schemas.ts';
import { sourceOf, toServerInProfile } from '../../daemon/engines/docker/definition.ts';
import type { ServerControl } from '../../daemon/engines/docker/profile-control.ts';
import { entryOf, withEntry } from '../../daemon/engines/docker/profile-document.ts';
import { compareProfiles, parseDocument } from '../../daemon/engines/docker/profile-import.ts';
import { describeDefinition } from '../../daemon/engines/docker/server-facts.ts';
import { checkSettings } from '../../daemon/engines/docker/settings-check.ts';
import type { ProfileControl, ProfileOfDocker } from '../../daemon/engines/docker-engine.ts';
import type { ServerInProfile } from '../../daemon/engines/engine.ts';
import { problem } from '../../shared/api/problem.ts';
import { profileIdFromName } from '../../shared/domain/docker-names.ts';

export interface FakeProfiles extends ProfileControl {
  readonly servers: ServerControl;
  /** What they are; may be changed, as another client would. */
  readonly documents: Map<string, Profile>;
  /** Another client has changed them. */
  tellForeignChange(): void;
}

export interface FakeProfilesOptions {
  refuseIfDown: () => void;
  legacy: () => boolean;
  definitions: ReadonlyMap<string, ServerSpec>;
}

export function createFakeProfiles({ refuseIfDown, legacy, definitions }: FakeProfilesOptions): FakeProfiles {
  const documents = new Map<string, Profile>();
  const registry = new Map<string, Profile>();
  const listeners = new Set<() => void>();
  const all = () => {
    refuseIfDown();
    if (legacy() && !documents.has('default'))
      documents.set('default', Profile.parse({ version: 1, id: 'default', name: 'Default', servers: [] }));
    return [...documents.values()];
  };
  const get = (id: string): Profile => {
    const found = all().find(profile => profile.id === id);
    if (found) return found;
    throw problem('PROFILE_001', { detail: `No profile has the id "${id}".` });
  };
  const refuseIfThere = (id: string) => {
    if (all().some(profile => profile.id === id))
      throw problem('PROFILE_002', { detail: `A profile has the id "${id}" already.` });
  };
  const withProfiles = () => {
    refuseIfDown();
    if (legacy()) throw problem('PROFILE_003', { detail: 'This docker mcp has no profiles.' });
  };
  const toProfile = (profile: Profile): ProfileOfDocker => ({
    id: profile.id,
    name: profile.name,
    fixed: legacy(),
    servers: profile.servers.flatMap(server => toServerInProfile(profile.id, server) ?? []),
    clients: [],
  });
  const find = async ({ profile, name }: { profile: string; name: string }): Promise<ServerInProfile | undefined> => {
    const entry = entryOf(get(profile), name);
    return entry && toServerInProfile(profile, entry);
  };
  const write = async (place: { profile: string; name: string }, entry: ProfileServer | undefined) => {
    documents.set(place.profile, withEntry(get(place.profile), place.name, entry));
    const found = await find(place);
    if (found || !entry) return found as ServerInProfile;
    throw problem('DOCKER_009', { detail: 'It is gone.' });
  };
  const servers: ServerControl = {
    find,
    async add(profile, reference, wanted) {
      const name = wanted ?? (reference.kind === 'catalog' ? (reference.names[0] ?? '') : '');
      const definition = definitions.get(name);
      if (!definition) throw problem('DOCKER_009', { detail: `There is no "${name}" in the catalog.` });
      const before = entryOf(get(profile), name);
      const catalogRef = reference.kind === 'catalog' ? { catalogRef: reference.catalog } : {};
      return await write({ profile, name }, toEntry(definition, before, catalogRef));
    },
    async take(place) {
      if (all().some(({ id }) => id === place.profile)) await write(place, undefined);
    },
    async putBack(server) {
      const before = entryOf(get(server.profile), server.name);
      const catalogRef = server.catalogRef === null ? {} : { catalogRef: server.catalogRef };
      return await write(server, toEntry({ ...server.definition, name: server.name }, before, catalogRef));
    },
  };

  return {
    documents,
    servers,
    tellForeignChange() {
      for (const listener of listeners) listener();
    },
    list: async () => all().map(toProfile),
    async create({ id, name }) {
      withProfiles();
      const wanted = id ?? profileIdFromName(name);
      refuseIfThere(wanted);
      documents.set(wanted, Profile.parse({ version: 1, id: wanted, name, servers: [] }));
      return toProfile(get(wanted));
    },
    async rename(id, name) {
      withProfiles();
      documents.set(id, { ...get(id), name });
      return toProfile(get(id));
    },
    async remove(id) {
      withProfiles();
      get(id);
      documents.delete(id);
    },
    async export(id) {
      withProfiles();
      return { fileName: `${id}.json`, document: structuredClone(get(id)) };
    },
    async import(document, { replace, dryRun }) {
      withProfiles();
      const wanted = parseDocument(document);
      const before = documents.get(wanted.id);
      const result = { profileId: wanted.id, exists: before !== undefined, changes: compareProfiles(before, wanted) };
      if (dryRun) return { ...result, imported: false };
      if (!replace) refuseIfThere(wanted.id);
      documents.set(wanted.id, wanted);
      return { ...result, imported: true };
    },
    async push(id, ref) {
      withProfiles();
      registry.set(ref, get(id));
    },
    async pull(ref) {
      withProfiles();
      const found = registry.get(ref);
      if (!found) throw problem('DOCKER_012', { detail: `The registry does not have ${ref}.` });
      refuseIfThere(found.id);
      documents.set(found.id, found);
      return found.id;
    },
    async configure(place, { settings, tools }) {
      const server = await find(place);
      const entry = entryOf(get(place.profile), place.name);
      if (!entry || !server) throw problem('DOCKER_009', { detail: `There is no server "${place.name}".` });
      if (settings) checkSettings(server.title, describeDefinition(server.definition).settingsSchema, settings);
      return await write(place, {
        ...entry,
        ...(settings === undefined ? {} : { config: settings }),
        ...(tools === undefined ? {} : { tools }),
      });
    },
    onForeignChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function toEntry(
  definition: ServerSpec,
  before: ProfileServer | undefined,
  more: { catalogRef?: string },
): ProfileServer {
  const source = sourceOf(definition);
  return {
    type: source?.type === 'remote' ? 'remote' : 'image',
    ...(source?.type === 'remote' ? { endpoint: source.url } : { image: definition.image ?? '' }),
    secrets: 'default',
    ...(before?.config ? { config: before.config } : {}),
    tools: before?.tools ?? null,
    ...more,
    snapshot: { server: structuredClone(definition) },
  };
}

// Servers in profiles, in the profile dialect, past all its traps (CONTRACT section 11).
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { ProfileOfDocker } from '../docker-engine.ts';
import type { ServerInProfile } from '../engine.ts';
import type { ClientsCli, ProfilesCli } from './cli/docker-cli.ts';
import type { Profile, ProfileServer } from './cli/schemas.ts';
import { cliFailureOf } from './cli/to-problem.ts';
import { toServerInProfile } from './definition.ts';
import type { Place, ProfileDialect, ServerChange } from './profile-dialect.ts';
import { editDocument, entryOf, nameOf, notAsAsked, withEntry } from './profile-document.ts';
import { changeOfSettings, sameSettings, sameTools } from './settings-change.ts';

export interface ProfileServersOptions {
  profiles: ProfilesCli;
  clients: Pick<ClientsCli, 'list'>;
}

export function createProfileServers({ profiles: cli, clients }: ProfileServersOptions): ProfileDialect {
  const show = async (id: string): Promise<Profile> =>
    await cli.show(id).catch(error => {
      throw cliFailureOf(error) === 'not-found' ? noSuchProfile(id, error) : error;
    });
  const get = async (place: Place): Promise<ProfileServer> => {
    const entry = entryOf(await show(place.profile), place.name);
    if (entry) return entry;
    throw noSuchServer(place);
  };
  const read = async (place: Place): Promise<ServerInProfile> => {
    const server = toServerInProfile(place.profile, await get(place));
    if (server) return server;
    throw noSuchServer(place);
  };

  /** By single values where docker mcp can be told them: its own change is shorter than ours, so others are less in its way. */
  const byWords = async (place: Place, change: ServerChange): Promise<void> => {
    const { profile: id, name: server } = place;
    const before = await get(place);
    const settings = change.settings && changeOfSettings(before.config ?? {}, change.settings);
    if (settings && settings.remove.length > 0)
      await cli.deleteConfig(
        id,
        settings.remove.map(key => ({ server, key })),
      );
    if (settings && settings.set.length > 0)
      await cli.setConfig(
        id,
        settings.set.map(({ key, value }) => ({ server, key, value })),
      );
    if (change.tools !== undefined) await chooseTools(cli, place, before.tools, change.tools);
  };
  const isDone = (entry: ProfileServer, { settings, tools }: ServerChange): boolean =>
    (settings === undefined || sameSettings(entry.config ?? {}, settings)) &&
    (tools === undefined || sameTools(entry.tools, tools));
  const canSay = async (place: Place, { settings }: ServerChange): Promise<boolean> => {
    if (place.name.includes('.')) return false;
    return settings === undefined || changeOfSettings((await get(place)).config ?? {}, settings) !== undefined;
  };
  const byDocument = (place: Place, { settings, tools }: ServerChange) =>
    editDocument(cli, place.profile, profile => {
      const entry = entryOf(profile, place.name);
      if (!entry) throw noSuchServer(place);
      const { config: _, ...rest } = entry;
      const config = settings ?? entry.config ?? {};
      return withEntry(profile, place.name, {
        ...rest,
        ...(Object.keys(config).length > 0 ? { config } : {}),
        tools: tools === undefined ? entry.tools : tools,
      });
    });
  const configure = async (place: Place, change: ServerChange): Promise<void> => {
    if (isDone(await get(place), change)) return;
    if (await canSay(place, change)) await byWords(place, change);
    // What the words made of it is looked at: an allow-list of tools may mean something else than it says.
    if (isDone(await get(place), change)) return;
    await byDocument(place, change);
    if (!isDone(await get(place), change)) throw notAsAsked(place.profile);
  };

  return {
    async list() {
      const [found, connected] = await Promise.all([cli.list(), findClients(clients)]);
      return found.map(profile => toProfile(profile, connected.get(profile.id) ?? []));
    },
    async find(place) {
      const entry = entryOf(await show(place.profile), place.name);
      return entry && toServerInProfile(place.profile, entry);
    },
    async configure(place, change) {
      await configure(place, change);
      return await read(place);
    },
    async add(profile, reference, wanted) {
      const before = await show(profile);
      const kept = wanted === undefined ? undefined : entryOf(before, wanted);
      try {
        await cli.addServers(profile, [reference]);
        const after = await show(profile);
        const name = wanted ?? newNameOf(before, after);
        if (name === undefined || !entryOf(after, name)) throw notAsAsked(profile);
        const lost = kept ?? entryOf(before, name);
        if (lost) await configure({ profile, name }, { settings: lost.config ?? {}, tools: lost.tools });
        return name;
      } catch (error) {
        // It is as it was: the one that was there, or none.
        if (kept) await editDocument(cli, profile, now => withEntry(now, wanted ?? '', kept));
        else await takeNew(cli, profile, before).catch(() => {});
        throw error;
      }
    },
    async take({ profile, name }) {
      try {
        await cli.removeServers(profile, [name]);
      } catch (error) {
        if (cliFailureOf(error) !== 'not-found') throw error;
      }
      const left = await cli.list();
      const there = left.find(({ id }) => id === profile);
      if (there && entryOf(there, name)) throw notAsAsked(profile);
    },
    async putBack(server) {
      const place = { profile: server.profile, name: server.name };
      await editDocument(cli, server.profile, profile =>
        withEntry(profile, server.name, toEntry(server, entryOf(profile, server.name))),
      );
      return await read(place);
    },
  };
}

/** What came in, or what was made anew. */
function newNameOf(before: Profile, after: Profile): string | undefined {
  const added = after.servers.filter(server => !entryOf(before, nameOf(server) ?? ''));
  const [one] = added.length > 0 ? added : after.servers.slice(-1);
  return one && nameOf(one);
}

async function takeNew(cli: ProfilesCli, profile: string, before: Profile): Promise<void> {
  const names = (await cli.show(profile)).servers.flatMap(server => nameOf(server) ?? []);
  const added = names.filter(name => !entryOf(before, name));
  if (added.length === 1) await cli.removeServers(profile, added);
}

/** To exactly this list. Null is reached by --enable-all alone, and from null --enable means "these and no others" (trap 1). */
async function chooseTools(
  cli: ProfilesCli,
  { profile, name: server }: Place,
  before: readonly string[] | null,
  after: readonly string[] | null,
): Promise<void> {
  if (sameTools(before, after)) return;
  if (after === null) return await cli.changeTools(profile, { enableAll: [server] });
  if (after.length === 0) return await cli.changeTools(profile, { disableAll: [server] });
  const toKey = (tool: string) => ({ server, tool });
  if (before === null) return await cli.changeTools(profile, { enable: after.map(toKey) });
  const enable = after.filter(tool => !before.includes(tool)).map(toKey);
  const disable = before.filter(tool => !after.includes(tool)).map(toKey);
  await cli.changeTools(profile, { enable, disable });
}

/** Clients by profile; none if docker mcp cannot tell: profiles are more important. */
async function findClients(clients: Pick<ClientsCli, 'list'>): Promise<Map<string, string[]>> {
  const found = await clients.list({ scope: 'global' }).catch(() => ({}));
  const byProfile = new Map<string, string[]>();
  for (const [vendor, { dockerMCPCatalogConnected, profile }] of Object.entries(found)) {
    if (!dockerMCPCatalogConnected) continue;
    byProfile.set(profile || 'default', [...(byProfile.get(profile || 'default') ?? []), vendor]);
  }
  return byProfile;
}

export const toProfile = (profile: Profile, clients: string[]): ProfileOfDocker => ({
  id: profile.id,
  name: profile.name,
  fixed: false,
  servers: profile.servers.flatMap(server => toServerInProfile(profile.id, server) ?? []),
  clients,
});

/** The entry that a profile has of a server; what a definition does not say comes from the entry that is there. */
function toEntry(server: ServerInProfile, there: ProfileServer | undefined): ProfileServer {
  const { source, definition, catalogRef } = server;
  const place =
    source.type === 'image'
      ? { type: 'image', image: source.image }
      : { type: 'remote', ...(source.type === 'remote' ? { endpoint: source.url } : {}) };
  const { image: _, endpoint: __, catalogRef: ___, ...rest } = there ?? {};
  const settings = there?.config ?? server.settings;
  return {
    ...rest,
    ...place,
    secrets: there?.secrets ?? 'default',
    ...(Object.keys(settings).length > 0 ? { config: settings } : {}),
    tools: there ? there.tools : server.tools,
    ...(catalogRef === null ? {} : { catalogRef }),
    snapshot: { server: { ...definition, name: server.name } },
  };
}

export const noSuchProfile = (id: string, cause?: unknown): ProblemError =>
  problem('PROFILE_001', {
    detail: `No profile has the id "${id}".`,
    next: 'The list of profiles shows the ids.',
    cause,
  });

export const noSuchServer = ({ profile, name }: Place): ProblemError =>
  problem('DOCKER_009', {
    detail: `The profile "${profile}" has no server "${name}" any more.`,
    next: 'Read the profiles again; another program may have removed it.',
  });

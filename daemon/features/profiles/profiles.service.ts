// Docker's profiles as a person sees them: as they were last read, and changed by docker mcp alone.
import type { Operation } from '../../../shared/api/operations.ts';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Profile, ProfileDetail, ProfileDocument, ProfileImport } from '../../../shared/api/profiles.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { ProfileControl, ProfileOfDocker } from '../../engines/docker-engine.ts';
import type { InstallContext } from '../../engines/engine.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { ProfileRepository, StoredProfile } from './profiles.repository.ts';

export interface ProfileService {
  list(query: PageQuery & { q?: string | undefined }): Page<Profile>;
  /** Errors: PROFILE_001. */
  get(id: string): ProfileDetail;
  exists(id: string): boolean;
  create(profile: { id?: string | undefined; name: string }): Promise<ProfileDetail>;
  rename(id: string, name: string): Promise<ProfileDetail>;
  remove(id: string): Promise<void>;
  export(id: string): Promise<{ fileName: string; document: ProfileDocument }>;
  import(document: ProfileDocument, how: { replace: boolean; dryRun: boolean }): Promise<ProfileImport>;
  push(id: string, ref: string): Operation;
  pull(ref: string): Operation;
  /** The profile for an install: the one that is wanted, or the only one; a first one is made. Errors: PROFILE_001, PROFILE_005. */
  choose(wanted: string | undefined): Promise<string>;
  /** Makes what is kept the same as what was read. */
  reconcile(found: readonly ProfileOfDocker[]): void;
  /** Its servers have changed: it is told again. */
  touch(id: string): void;
}

export interface ProfileServiceOptions {
  repository: ProfileRepository;
  control: ProfileControl;
  /** Reads all profiles and takes them over. Never rejects. */
  refresh(): Promise<void>;
  servers: { inProfile(profile: string): MCPServer[] };
  gateways: { stop(profile: string): Promise<void> };
  runOperation(
    what: { kind: 'push-profile' | 'pull-profile'; title: string; serverId: null },
    work: (context: InstallContext, signal: AbortSignal) => Promise<void>,
  ): Operation;
  clock: Clock;
  publish: (
    event: { type: 'profile.changed'; profile: Profile } | { type: 'profile.removed'; profileId: string },
  ) => void;
}

export function createProfileService(options: ProfileServiceOptions): ProfileService {
  const { repository, control, refresh, servers, gateways, runOperation, clock, publish } = options;

  const present = (profile: StoredProfile): Profile => {
    const inside = servers.inProfile(profile.id);
    return {
      ...profile,
      serverIds: inside.map(({ id }) => id),
      running: inside.filter(({ state }) => state === 'running').length,
    };
  };
  const get = (id: string): ProfileDetail => {
    const found = repository.find(id);
    if (found) return { ...present(found), servers: servers.inProfile(id) };
    throw noSuchProfile(id);
  };
  const touch = (id: string): void => {
    const found = repository.find(id);
    if (found) publish({ type: 'profile.changed', profile: present(found) });
  };
  const store = (profile: ProfileOfDocker): void => {
    const { id, name, fixed, clients } = profile;
    const before = repository.find(id);
    repository.save({ id, name, fixed, clients, readAt: toTimestamp(clock.now()) });
    const isSame = before && sameJson([before.name, before.fixed, before.clients], [name, fixed, clients]);
    if (!isSame) touch(id);
  };
  /** What docker mcp has made of it, and all else that has changed meanwhile. */
  const changed = async (profile: ProfileOfDocker): Promise<ProfileDetail> => {
    store(profile);
    await refresh();
    return get(profile.id);
  };

  return {
    list(query) {
      const page = repository.list(query);
      return { ...page, items: page.items.map(present) };
    },
    get,
    exists: id => repository.find(id) !== undefined,
    create: async profile => await changed(await control.create(profile)),
    rename: async (id, name) => await changed(await control.rename(id, name)),
    async remove(id) {
      await gateways.stop(id);
      await control.remove(id);
      repository.remove(id);
      publish({ type: 'profile.removed', profileId: id });
      await refresh();
    },
    export: id => control.export(id),
    async import(document, how) {
      const result = await control.import(document, how);
      if (result.imported) await refresh();
      return result;
    },
    push(id, ref) {
      const { name } = get(id);
      const what = { kind: 'push-profile', title: `Push the profile ${name} to ${ref}`, serverId: null } as const;
      return runOperation(what, async ({ onProgress }, signal) => {
        onProgress({ step: `Pushing to ${ref}`, progress: null });
        await control.push(id, ref, signal);
      });
    },
    pull(ref) {
      const what = { kind: 'pull-profile', title: `Pull a profile from ${ref}`, serverId: null } as const;
      return runOperation(what, async ({ onProgress }, signal) => {
        onProgress({ step: `Pulling from ${ref}`, progress: null });
        await control.pull(ref, signal);
        await refresh();
      });
    },
    async choose(wanted) {
      if (wanted !== undefined && repository.find(wanted)) return wanted;
      const found = await control.list();
      if (wanted !== undefined) {
        if (found.some(({ id }) => id === wanted)) return wanted;
        throw noSuchProfile(wanted);
      }
      const [first] = found;
      if (found.length > 1) throw whichProfile(found);
      if (first) return first.id;
      return (await changed(await control.create({ id: 'default', name: 'Default' }))).id;
    },
    reconcile(found) {
      const there = new Set(found.map(({ id }) => id));
      for (const profile of found) store(profile);
      for (const { id } of repository.all()) {
        if (there.has(id)) continue;
        repository.remove(id);
        publish({ type: 'profile.removed', profileId: id });
      }
    },
    touch,
  };
}

const sameJson = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const noSuchProfile = (id: string): ProblemError =>
  problem('PROFILE_001', {
    detail: `No profile has the id "${id}".`,
    next: 'The list of profiles shows the ids.',
  });

const whichProfile = (found: readonly ProfileOfDocker[]): ProblemError =>
  problem('PROFILE_005', {
    detail: `There are ${found.length} profiles: ${found
      .slice(0, 10)
      .map(({ id }) => id)
      .join(', ')}.`,
    next: 'Say which of them gets the server.',
    errors: [{ path: '/profile', message: 'Choose a profile.' }],
  });

// Docker's profiles as Quayside changes them: one change at a time, looked at before and after, in both dialects.
import PQueue from 'p-queue';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import { ProfileId, profileIdFromName } from '../../../shared/domain/docker-names.ts';
import type { ProfileControl, ProfileOfDocker } from '../docker-engine.ts';
import type { ServerInProfile } from '../engine.ts';
import { canonicalJSON } from './canonical-json.ts';
import type { DockerCli, ServerReference } from './cli/docker-cli.ts';
import type { Profile } from './cli/schemas.ts';
import { cliFailureOf } from './cli/to-problem.ts';
import { createLegacyServers, keepDefinitions } from './legacy-servers.ts';
import type { Place, ProfileDialect } from './profile-dialect.ts';
import { editDocument, notAsAsked, sameDocument } from './profile-document.ts';
import { compareProfiles, holds, parseDocument } from './profile-import.ts';
import { createProfileServers, noSuchProfile, noSuchServer, toProfile } from './profile-servers.ts';
import { describeDefinition } from './server-facts.ts';
import { checkSettings } from './settings-check.ts';

/** The part of the command line that profiles need. */
export type ProfileCommands = Pick<DockerCli, 'dialect' | 'profiles' | 'clients' | 'legacy'>;

export interface ProfileControlOptions {
  /** Errors: DOCKER_001 … if docker mcp cannot be used. */
  cli(): Promise<ProfileCommands>;
  /** ~/.docker/mcp: where the legacy dialect keeps its choice of tools, for which it has no word. */
  mcpFolder: string;
  /** Calls back when somebody has changed Docker's files. Returns the way to stop. */
  watch(listener: () => void): () => void;
}

/** Beyond the port: what an install needs. Each is one change of the home. */
export interface ServerControl {
  find(place: Place): Promise<ServerInProfile | undefined>;
  add(profile: string, reference: ServerReference, name: string | undefined): Promise<ServerInProfile>;
  take(place: Place): Promise<void>;
  putBack(server: ServerInProfile): Promise<ServerInProfile>;
}

export function createProfileControl({ cli, mcpFolder, watch }: ProfileControlOptions): {
  profiles: ProfileControl;
  servers: ServerControl;
} {
  /** A change is a reading, a writing and a reading again: between them there is no other change of ours. */
  const changes = new PQueue({ concurrency: 1 });
  const kept = keepDefinitions();
  const listeners = new Set<() => void>();
  let stopWatching: (() => void) | undefined;
  /** What we have seen or made last, to tell whether a change of the files is somebody else's. */
  let seen: string | undefined;
  let checking = false;
  let again = false;

  const connect = async (): Promise<{ commands: ProfileCommands; dialect: ProfileDialect }> => {
    const commands = await cli();
    const dialect =
      commands.dialect === 'profile'
        ? createProfileServers(commands)
        : createLegacyServers(commands.legacy, mcpFolder, kept);
    return { commands, dialect };
  };
  const list = async (): Promise<ProfileOfDocker[]> => await (await connect()).dialect.list();
  const remember = async (): Promise<void> => {
    seen = canonicalJSON(await list());
  };
  /** Only in the profile dialect. Errors: PROFILE_003. */
  const documents = async () => {
    const { commands } = await connect();
    if (commands.dialect !== 'profile') throw hasNoProfiles();
    return commands.profiles;
  };
  const alone = async <T>(change: () => Promise<T>): Promise<T> => {
    const done = await changes.add(async () => ({ value: await change() }));
    return done.value;
  };
  const changed = async <T>(change: () => Promise<T>): Promise<T> =>
    await alone(async () => {
      try {
        const result = await change();
        if (listeners.size > 0) await remember().catch(() => {});
        return result;
      } catch (error) {
        // It may have changed something all the same, of which nobody has been told.
        if (listeners.size > 0) check();
        throw error;
      }
    });
  const get = async (id: string): Promise<ProfileOfDocker> => {
    const found = (await list()).find(profile => profile.id === id);
    if (found) return found;
    throw noSuchProfile(id);
  };
  const refuseIfThere = async (id: string): Promise<void> => {
    if ((await list()).some(profile => profile.id === id)) throw isThereAlready(id);
  };
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  /** Waits for what we do ourselves, and looks whether anything else has changed. */
  const check = (): void => {
    again = checking;
    if (checking) return;
    checking = true;
    const look = async () => {
      const before = seen;
      await remember();
      if (seen !== before) tell();
    };
    // Why it cannot be read is told to those who read it then.
    alone(look)
      .catch(tell)
      .finally(() => {
        checking = false;
        if (again && listeners.size > 0) check();
      });
  };

  const profiles: ProfileControl = {
    list,
    create: ({ id, name }) =>
      changed(async () => {
        const cliOfProfiles = await documents();
        const wanted = id ?? profileIdFromName(name);
        if (!ProfileId.safeParse(wanted).success) throw unusableName(name);
        await refuseIfThere(wanted);
        try {
          await cliOfProfiles.create({ name, id: wanted });
        } catch (error) {
          throw cliFailureOf(error) === 'conflict' ? isThereAlready(wanted, error) : error;
        }
        return await get(wanted);
      }),
    rename: (id, name) =>
      changed(async () => {
        const cliOfProfiles = await documents();
        await get(id);
        return toProfile(
          await editDocument(cliOfProfiles, id, profile => ({ ...profile, name })),
          (await get(id)).clients,
        );
      }),
    remove: id =>
      changed(async () => {
        const cliOfProfiles = await documents();
        await get(id);
        await cliOfProfiles.remove(id);
        if ((await list()).some(profile => profile.id === id)) throw notAsAsked(id);
      }),
    async export(id) {
      const cliOfProfiles = await documents();
      await get(id);
      return { fileName: `${id}.json`, document: await cliOfProfiles.exportDocument(id) };
    },
    import: (document, { replace, dryRun }) =>
      changed(async () => {
        const cliOfProfiles = await documents();
        const wanted = parseDocument(document);
        const exists = (await list()).some(profile => profile.id === wanted.id);
        const before = exists ? await cliOfProfiles.exportDocument(wanted.id) : undefined;
        const result = { profileId: wanted.id, exists, changes: compareProfiles(before, wanted) };
        if (dryRun) return { ...result, imported: false };
        if (exists && !replace) throw isThereAlready(wanted.id);
        await importInto(cliOfProfiles, wanted, before);
        return { ...result, imported: true };
      }),
    async push(id, ref, signal) {
      const cliOfProfiles = await documents();
      await get(id);
      await cliOfProfiles.push(id, ref, { signal });
    },
    pull: (ref, signal) =>
      changed(async () => {
        const cliOfProfiles = await documents();
        const before = new Set((await list()).map(({ id }) => id));
        try {
          await cliOfProfiles.pull(ref, { signal });
        } catch (error) {
          throw cliFailureOf(error) === 'conflict' ? pulledIsThere(ref, error) : error;
        }
        const added = (await list()).find(({ id }) => !before.has(id));
        if (added) return added.id;
        throw problem('DOCKER_015', {
          detail: `docker mcp has pulled ${ref}, and there is no new profile.`,
          next: 'Look at the profiles; another program may have removed it.',
        });
      }),
    configure: (place, change) =>
      changed(async () => {
        const { dialect } = await connect();
        const server = await dialect.find(place);
        if (!server) throw noSuchServer(place);
        if (change.settings) {
          const { settingsSchema } = describeDefinition(server.definition);
          checkSettings(server.title, settingsSchema, change.settings);
        }
        return await dialect.configure(place, change);
      }),
    onForeignChange(listener) {
      listeners.add(listener);
      stopWatching ??= watch(check);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        stopWatching?.();
        stopWatching = undefined;
      };
    },
  };
  const servers: ServerControl = {
    find: async place => await (await connect()).dialect.find(place),
    add: (profile, reference, name) =>
      changed(async () => {
        const { dialect } = await connect();
        const added = { profile, name: await dialect.add(profile, reference, name) };
        const server = await dialect.find(added);
        if (server) return server;
        throw noSuchServer(added);
      }),
    take: place => changed(async () => await (await connect()).dialect.take(place)),
    putBack: server => changed(async () => await (await connect()).dialect.putBack(server)),
  };
  return { profiles, servers };
}

/**
 * Over a profile that is there only if it is the one that was looked at. What docker mcp adds by itself (definitions of images,
 * the place of secrets) is no failure; what is one leaves the profile as it was. Errors: DOCKER_010, DOCKER_015.
 */
async function importInto(
  cli: ProfileCommands['profiles'],
  wanted: Profile,
  before: Profile | undefined,
): Promise<void> {
  if (before && !sameDocument(await cli.exportDocument(wanted.id), before)) {
    throw problem('DOCKER_010', {
      detail: `Another program has changed the profile "${wanted.id}" meanwhile.`,
      next: 'Look at what the import would do now, and try again.',
    });
  }
  try {
    await cli.importDocument(wanted);
    if (holds(await cli.exportDocument(wanted.id), wanted)) return;
  } catch (error) {
    if (before) await putBack(cli, before);
    throw error;
  }
  if (before) await putBack(cli, before);
  throw notAsAsked(wanted.id);
}

async function putBack(cli: ProfileCommands['profiles'], before: Profile): Promise<void> {
  const now = await cli.exportDocument(before.id).catch(() => undefined);
  if (!now || !sameDocument(now, before)) await cli.importDocument(before);
}

const hasNoProfiles = (): ProblemError =>
  problem('PROFILE_003', {
    detail: 'This docker mcp is of a generation that has one set of enabled servers, and no profiles.',
    next: 'Update the docker-mcp plugin to version 0.42 or newer.',
  });

const isThereAlready = (id: string, cause?: unknown): ProblemError =>
  problem('PROFILE_002', {
    detail: `A profile has the id "${id}" already.`,
    next: 'Choose another name or id, or allow to replace it after a look at what would change.',
    cause,
  });

const pulledIsThere = (ref: string, cause: unknown): ProblemError =>
  problem('PROFILE_002', {
    detail: `The profile in ${ref} has the id of one that is there already.`,
    next: 'Export and remove that one first, or keep it.',
    cause,
  });

const unusableName = (name: string): ProblemError =>
  problem('DOCKER_011', {
    detail: `"${name}" makes no id of letters, digits and underscores.`,
    next: 'Give the profile an id as well.',
  });

// The profiles of the profile dialect (CONTRACT section 4).
import * as z from 'zod';
import type { CliCommand } from '../../run.ts';
import { found, json, nothing } from './answers.ts';
import type { ConfigEntry, ConfigKey, ServerReference, ToolChanges, ToolKey } from './cli-contract.ts';
import {
  atLeastOne,
  configKey,
  documentPath,
  ociReference,
  profileId,
  refused,
  serverName,
  serverNameInKey,
  templateId,
  title,
  toolName,
  vendor,
} from './grammar.ts';
import { each, mutation, optional, read } from './plan.ts';
import { ClientStatuses, Profile, ProfileServers } from './schemas.ts';
import { toServerReference } from './server-reference.ts';

const profile = ['mcp', 'profile'];
const asJson = ['--format', 'json'];
const FlatConfig = z.record(z.string(), z.unknown());

export const listProfiles = (): CliCommand<Profile[]> =>
  read('list the profiles', () => ({ args: [...profile, 'list', ...asJson], ...json(z.array(Profile)) }));

export const showProfile = (id: string): CliCommand<Profile> =>
  read(`show the profile ${id}`, () => ({
    args: [...profile, 'show', profileId(id), ...asJson],
    ...json(Profile),
  }));

/** null is how yq prints a profile without clients. */
export const showProfileClients = (id: string): CliCommand<ClientStatuses> =>
  read(`show the clients of the profile ${id}`, () => ({
    args: [...profile, 'show', profileId(id), ...asJson, '--clients', '--yq', '.clients'],
    ...json(ClientStatuses.nullable().transform(clients => clients ?? {})),
  }));

export interface NewProfile {
  name: string;
  id?: string;
  servers?: readonly ServerReference[];
  connect?: readonly string[];
  template?: string;
}

export const createProfile = ({
  name,
  id,
  servers = [],
  connect = [],
  template,
}: NewProfile): CliCommand<{ id: string }> =>
  mutation(`create the profile ${name}`, () => ({
    args: [
      ...profile,
      'create',
      '--name',
      title(name),
      ...optional('--id', id, profileId),
      ...each('--server', servers.map(toServerReference)),
      ...each('--connect', connect.map(vendor)),
      ...optional('--from-template', template, templateId),
    ],
    time: servers.length > 0 || template !== undefined ? 'long' : 'quick',
    parse: output => ({ id: found(/Created profile (\S+)/)(output) }),
  }));

export const removeProfile = (id: string): CliCommand<void> =>
  mutation(`remove the profile ${id}`, () => ({ args: [...profile, 'remove', profileId(id)], parse: nothing }));

export const listProfileServers = (filter: { profile?: string; name?: string }): CliCommand<ProfileServers[]> =>
  read('list the servers of the profiles', () => ({
    args: [
      ...profile,
      'server',
      'ls',
      ...asJson,
      ...optional('--filter', filter.profile, value => `profile=${profileId(value)}`),
      ...optional('--filter', filter.name, value => `name=${serverName(value)}`),
    ],
    ...json(z.array(ProfileServers)),
  }));

export const addProfileServers = (id: string, servers: readonly ServerReference[]): CliCommand<void> =>
  mutation(`add servers to the profile ${id}`, () => ({
    args: [
      ...profile,
      'server',
      'add',
      profileId(id),
      ...each('--server', atLeastOne('server', servers).map(toServerReference)),
    ],
    time: 'long',
    parse: nothing,
  }));

export const removeProfileServers = (id: string, names: readonly string[]): CliCommand<void> =>
  mutation(`remove servers from the profile ${id}`, () => ({
    args: [...profile, 'server', 'remove', profileId(id), ...atLeastOne('server', names).map(serverName)],
    parse: nothing,
  }));

export const readProfileConfig = (id: string): CliCommand<Record<string, unknown>> =>
  read(`read the settings of the profile ${id}`, () => ({
    args: [...profile, 'config', profileId(id), '--get-all', ...asJson],
    ...json(FlatConfig),
  }));

export const setProfileConfig = (id: string, entries: readonly ConfigEntry[]): CliCommand<void> =>
  mutation(`change the settings of the profile ${id}`, () => ({
    args: [
      ...profile,
      'config',
      profileId(id),
      ...each('--set', atLeastOne('setting', entries).map(toAssignment)),
      ...asJson,
    ],
    format: 'json',
    parse: output => void json(FlatConfig).parse(output),
  }));

export const deleteProfileConfig = (id: string, keys: readonly ConfigKey[]): CliCommand<void> =>
  mutation(`remove settings from the profile ${id}`, () => ({
    args: [...profile, 'config', profileId(id), ...each('--del', atLeastOne('setting', keys).map(toKey)), ...asJson],
    format: 'json',
    parse: output => void json(FlatConfig).parse(output),
  }));

export const changeProfileTools = (id: string, changes: ToolChanges): CliCommand<void> =>
  mutation(`choose the tools of the profile ${id}`, () => {
    const flags = [
      ...each('--enable', (changes.enable ?? []).map(toToolKey)),
      ...each('--disable', (changes.disable ?? []).map(toToolKey)),
      // The whole of a server can be named although there is a dot in its name (CONTRACT section 11, trap 4).
      ...each('--enable-all', (changes.enableAll ?? []).map(serverName)),
      ...each('--disable-all', (changes.disableAll ?? []).map(serverName)),
    ];
    return { args: [...profile, 'tools', profileId(id), ...atLeastOne('tool', flags)], parse: nothing };
  });

export const exportProfile = (id: string, file: string): CliCommand<void> =>
  read(`export the profile ${id}`, () => ({
    args: [...profile, 'export', profileId(id), documentPath(file)],
    parse: nothing,
  }));

/** It may look up images and catalogs. */
export const importProfile = (file: string): CliCommand<{ id: string }> =>
  mutation('import a profile', () => ({
    args: [...profile, 'import', documentPath(file)],
    time: 'long',
    parse: output => ({ id: found(/Imported profile (\S+)/)(output) }),
  }));

export const pushProfile = (id: string, reference: string): CliCommand<void> =>
  mutation(`push the profile ${id}`, () => ({
    args: [...profile, 'push', profileId(id), ociReference(reference)],
    time: 'long',
    parse: nothing,
  }));

export const pullProfile = (reference: string): CliCommand<void> =>
  mutation(`pull the profile ${reference}`, () => ({
    args: [...profile, 'pull', ociReference(reference)],
    time: 'long',
    parse: nothing,
  }));

const toKey = ({ server, key }: ConfigKey): string => `${serverNameInKey(server)}.${configKey(key)}`;

const toToolKey = ({ server, tool }: ToolKey): string => `${serverNameInKey(server)}.${toolName(tool)}`;

/** Always as JSON: a bare 12 would be stored as a number, and the gateway would refuse the profile (CONTRACT section 11, trap 5). */
function toAssignment({ server, key, value }: ConfigEntry): string {
  const text = JSON.stringify(value);
  if (text === undefined || text === 'null')
    throw refused(`there is no value for "${key}"`, 'Remove the setting instead.');
  return `${toKey({ server, key })}=${text}`;
}

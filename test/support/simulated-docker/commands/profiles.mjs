// `profile`: lists, files and the registry.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { exactly } from '../command-line.mjs';
import { fail, noSuchHost } from '../failure.mjs';
import { goJsonError, goYaml, indentedJson, withSortedKeys } from '../go-format.mjs';
import { normaliseReference, pullArtifact, pushArtifact } from '../oci-reference.mjs';
import { resolveServers, toProfileServer } from '../server-reference.mjs';
import { findProfile, getProfile, listProfiles, openStore, removeProfile, saveProfile } from '../store.mjs';
import { parseYaml } from '../yaml-files.mjs';
import { fromHere, printAs, yamlServers } from './catalogs.mjs';
import { connectClient, disconnectProfile, profileClients, vendors } from './clients.mjs';
import { profileConfig } from './profile-config.mjs';
import { profileServer } from './profile-servers.mjs';
import { profileTools } from './profile-tools.mjs';
import { templates } from './templates.mjs';

const defaultSecrets = { default: { provider: 'docker-desktop-store' } };

/** YAML has other names for two keys, and leaves the list of tools out when all are on. */
function forYaml(profile) {
  const servers = yamlServers(profile.servers).map(({ tools, catalogRef, snapshot, ...rest }) => ({
    ...rest,
    ...(tools === null ? {} : { tools }),
    ...(catalogRef ? { catalog_ref: catalogRef } : {}),
    snapshot,
  }));
  return { ...profile, servers };
}

const fromYaml = profile => ({
  ...profile,
  servers: (profile.servers ?? []).map(({ catalog_ref: catalogRef, tools = null, ...rest }) => ({
    ...rest,
    tools,
    ...(catalogRef ? { catalogRef } : {}),
  })),
});

const fields = ['type', 'config', 'secrets', 'tools', 'image', 'endpoint', 'source', 'catalogRef', 'snapshot'];

/** The fields of each server in the order in which they are printed, empty ones left out. */
function toShown(profile) {
  const servers = profile.servers.map(server =>
    Object.fromEntries(
      fields.flatMap(name => {
        const value = name === 'config' ? withSortedKeys(server[name] ?? {}) : server[name];
        const isEmpty = value === undefined || value === '' || (name === 'config' && Object.keys(value).length === 0);
        return isEmpty ? [] : [[name, value]];
      }),
    ),
  );
  return { version: 1, id: profile.id, name: profile.name, servers, secrets: profile.secrets ?? defaultSecrets };
}

async function list(context) {
  const { settings, flags, print } = context;
  await openStore(settings);
  const profiles = listProfiles(settings).map(toShown);
  const shown = flags.format === 'yaml' ? profiles.map(forYaml) : profiles;
  if (printAs(context, shown, flags.format)) return;
  if (profiles.length > 0)
    return print(`ID\tName\n----\t----\n${profiles.map(({ id, name }) => `${id}\t${name}\n`).join('')}`);
  print('No profiles found. Use `docker mcp profile create --name <name>` to create a profile.\n\n');
  print(
    'Tip: Get started quickly with a starter template:\n  docker mcp template list       View available templates\n  docker mcp template use <id>   Create a profile from a template\n',
  );
}

async function show(context) {
  const { settings, flags, args, print } = context;
  await openStore(settings);
  const profile = toShown(getProfile(settings, args[0]));
  const shown = flags.clients ? { ...profile, clients: profileClients(settings, profile.id) } : profile;
  if (printAs(context, flags.format === 'yaml' ? forYaml(shown) : shown, flags.format, flags.yq)) return;
  print(`ID: ${profile.id}\nName: ${profile.name}\nServers:\n`);
  for (const server of profile.servers) print(`  - Type: ${server.type}\n    Name: ${server.snapshot?.server.name}\n`);
}

export const toId = name => name.toLowerCase().replace(/[^a-z0-9]+/g, '_');

async function create({ settings, flags, print }) {
  await openStore(settings);
  if (flags['from-template']) return createFromTemplate(flags['from-template'], print);
  if (!flags.name) fail('--name is required (or use --from-template)');
  for (const client of flags.connect ?? [])
    if (!vendors.includes(client)) fail(`client ${client} is not supported. Supported clients: ${vendors.join(', ')}`);
  const id = flags.id ?? toId(flags.name);
  if (findProfile(settings, id)) fail(`failed to create profile id: a profile with id "${id}" already exists`);
  const servers = (flags.server ?? []).flatMap(reference => resolveServers(settings, reference).map(toProfileServer));
  saveProfile(settings, { version: 1, id, name: flags.name, servers, secrets: defaultSecrets });
  for (const client of flags.connect ?? []) connectClient(settings, client, { isGlobal: true, profile: id });
  print(`Created profile ${id} with ${servers.length} servers\n`);
}

function createFromTemplate(id, print) {
  if (!templates.some(template => template.id === id)) fail(`unknown template: ${id}`);
  print('Pulling Docker MCP catalog...\n');
  fail(
    `failed to pull catalog mcp/docker-mcp-catalog: failed to read OCI catalog: failed to fetch image/artifact mcp/docker-mcp-catalog: Get "https://index.docker.io/v2/": ${noSuchHost('index.docker.io')}`,
  );
}

async function remove({ settings, args, print }) {
  await openStore(settings);
  getProfile(settings, args[0]);
  removeProfile(settings, args[0]);
  disconnectProfile(settings, args[0]);
  print(`Removed profile ${args[0]}\n`);
}

const extensionOf = file =>
  /\.(json|ya?ml)$/.exec(file)?.[1] ?? fail(`unsupported file extension: ${file}, must be .yaml or .json`);

async function exportProfile({ settings, args, print }) {
  await openStore(settings);
  const profile = toShown(getProfile(settings, args[0]));
  const isJson = extensionOf(args[1]) === 'json';
  writeFileSync(fromHere(args[1]), isJson ? indentedJson(profile) : goYaml(forYaml(profile)));
  print(`Exported profile ${args[0]} to ${args[1]}\n`);
}

function readExported(file) {
  const isJson = extensionOf(file) === 'json';
  if (!existsSync(fromHere(file))) fail(`failed to read profile file: open ${file}: no such file or directory`);
  const text = readFileSync(fromHere(file), 'utf8');
  const wrong = isJson ? goJsonError(text) : '';
  if (wrong) fail(`failed to unmarshal profile: ${wrong}`);
  try {
    return isJson ? JSON.parse(text) : fromYaml(parseYaml(text));
  } catch (error) {
    return fail(`failed to unmarshal profile: ${error.message}`);
  }
}

async function importProfile({ settings, args, print }) {
  await openStore(settings);
  const profile = readExported(args[0]);
  for (const [at, server] of (profile.servers ?? []).entries())
    if (!['image', 'remote', 'registry'].includes(server.type))
      fail(`failed to resolve snapshot for server[${at}]: unsupported server type: ${server.type}`);
  saveProfile(settings, { secrets: defaultSecrets, ...profile, servers: profile.servers ?? [] });
  print(`Imported profile ${profile.id}\n`);
}

async function push({ settings, args, print }) {
  await openStore(settings);
  const profile = toShown(getProfile(settings, args[0]));
  pushArtifact(settings, args[1], { title: profile.name, servers: profile.servers, profile });
  print(`Pushed profile ${args[0]} to ${normaliseReference(args[1])}\n`);
}

async function pull({ settings, args, print }) {
  await openStore(settings);
  const { profile } = pullArtifact(settings, args[0], 'profile');
  if (findProfile(settings, profile.id)) fail(`profile with id ${profile.id} already exists`);
  saveProfile(settings, profile);
  print(`Profile ${profile.name} pulled\n`);
}

const format = { format: 'string' };

export const profile = {
  word: 'profile',
  about: 'Manage profiles',
  // A hidden command of the real one has so long a name.
  nameWidth: 19,
  children: [
    profileConfig,
    {
      word: 'create',
      about: 'Create a new profile of MCP servers',
      args: 'none',
      flags: { name: 'string', id: 'string', server: 'array', connect: 'array', 'from-template': 'string' },
      run: create,
    },
    { word: 'export', about: 'Export profile to file', args: exactly(2), flags: {}, run: exportProfile },
    { word: 'import', about: 'Import profile from file', args: exactly(1), flags: {}, run: importProfile },
    { word: 'list', aliases: ['ls'], about: 'List profiles', args: 'none', flags: format, run: list },
    { word: 'pull', about: 'Pull profile from OCI registry', args: exactly(1), flags: {}, run: pull },
    { word: 'push', about: 'Push profile to OCI registry', args: exactly(2), flags: {}, run: push },
    { word: 'remove', aliases: ['rm'], about: 'Remove a profile', args: exactly(1), flags: {}, run: remove },
    profileServer,
    {
      word: 'show',
      about: 'Show profile',
      args: exactly(1),
      flags: { ...format, clients: 'bool', yq: 'string' },
      run: show,
    },
    profileTools,
  ],
};

// `server` and `config` of the legacy dialect: one global set of servers in plain files.
import { get } from 'node:http';
import { stringify } from 'yaml';
import { atLeast, exactly } from '../command-line.mjs';
import { fail, noSuchHost } from '../failure.mjs';
import { compactJson, indentedJson } from '../go-format.mjs';
import { writeWhole } from '../settings.mjs';
import { readYamlFile } from '../yaml-files.mjs';
import { catalogFile, catalogNames } from './legacy-catalogs.mjs';
import { engineSocket, toolsSocket } from './secrets.mjs';

const readEnabled = settings => readYamlFile(settings.registryFile)?.registry ?? {};

function writeEnabled(settings, registry) {
  const sorted = Object.fromEntries(Object.entries(registry).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeWhole(settings.registryFile, Object.keys(sorted).length > 0 ? stringify({ registry: sorted }) : '');
}

const stamp = () => {
  const [date, time] = new Date().toISOString().split('T');
  return `${date.replaceAll('-', '/')} ${time.slice(0, 8)}`;
};

/** Entries of all catalogs; those in two of them are named on standard error. */
function readAllEntries(settings, warn) {
  const entries = {};
  for (const name of catalogNames(settings))
    for (const [key, entry] of Object.entries(readYamlFile(catalogFile(settings, name))?.registry ?? {})) {
      if (entries[key])
        warn(
          `${stamp()} Warning: overlapping key '${key}' found in catalog '${name}.yaml', overwriting previous value\n`,
        );
      entries[key] = entry;
    }
  return entries;
}

/** Only the Docker catalog, as `server ls` and `server inspect` look. */
const readDockerEntries = settings => readYamlFile(catalogFile(settings, 'docker-mcp'))?.registry ?? {};

function enable({ settings, args, print, warn }) {
  const entries = readAllEntries(settings, warn);
  const registry = readEnabled(settings);
  for (const name of args) {
    if (!entries[name]) fail(`server ${name} not found in catalog`);
    registry[name] = { ref: '' };
    if (entries[name].oauth)
      print(`OAuth server ${name} enabled. Run 'docker mcp oauth authorize ${name}' to authenticate\n`);
  }
  writeEnabled(settings, registry);
  print('Tip: ✓ Server enabled. To view all enabled servers, use docker mcp server ls\n\n');
}

function disable({ settings, args, print, warn }) {
  readAllEntries(settings, warn);
  const registry = readEnabled(settings);
  for (const name of args) delete registry[name];
  writeEnabled(settings, registry);
  print('Tip: ✓ Server disabled. To see remaining enabled servers, use docker mcp server ls\n\n');
}

function configState(entry, config = {}) {
  const keys = (entry.config ?? []).flatMap(({ properties = {} }) => Object.keys(properties));
  if (keys.length === 0) return 'none';
  const given = keys.filter(key => config?.[key] !== undefined);
  if (given.length === 0) return 'required';
  return given.length === keys.length ? 'done' : 'partial';
}

function readConfig(settings) {
  try {
    return readYamlFile(settings.serverConfigFile) ?? {};
  } catch (error) {
    return fail(`parsing user config: ${error.message}`);
  }
}

function describe(settings) {
  const entries = readDockerEntries(settings);
  const config = readConfig(settings);
  return Object.keys(readEnabled(settings))
    .sort()
    .map(name => {
      const entry = entries[name] ?? {};
      return {
        name,
        description: entry.description ?? '',
        secrets: entry.secrets?.length > 0 ? 'required' : 'none',
        config: configState(entry, config[name]),
        oauth: entry.oauth ? 'required' : 'none',
      };
    });
}

const cell = state => (state === 'none' ? '-' : state === 'done' ? '✓ done' : `▲ ${state}`);
const shorten = text => (text.length > 48 ? `${text.slice(0, 45)}...` : text);
const row = (name, oauth, secrets, config, about) =>
  `${name.padEnd(28)}${oauth.padEnd(14)}${secrets.padEnd(14)}${config.padEnd(14)}${about.padEnd(48)}\n`;

function list({ settings, flags, print, warn }) {
  const servers = describe(settings);
  if (flags.json) return print(compactJson(servers.length > 0 ? servers : null));
  warn(
    `Warning: error fetching secrets: Post "http://localhost/resolver.v1.ResolverService/GetSecrets": dial unix ${engineSocket(settings)}: connect: no such file or directory\n`,
  );
  warn(
    `Warning: error fetching OAuth apps: Get "http://localhost/apps": dial unix ${toolsSocket(settings)}: connect: no such file or directory\n`,
  );
  if (servers.length === 0) return print('No server is enabled\n');
  print(`\nMCP Servers (${servers.length} enabled)\n\n`);
  print(row('NAME', 'OAUTH', 'SECRETS', 'CONFIG', 'DESCRIPTION'));
  print(`${'-'.repeat(118)}\n`);
  for (const { name, oauth, secrets, config, description } of servers)
    print(row(name, cell(oauth), cell(secrets), cell(config), shorten(description)));
  print(
    '\nTip: To use these servers, connect to a client (IE: claude/cursor) with docker mcp client connect <client-name>\n\n',
  );
}

function download(url = '') {
  if (!URL.canParse(url)) fail(`Get "${url}": unsupported protocol scheme ""`);
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'http:' || !['127.0.0.1', 'localhost'].includes(hostname))
    fail(`Get "${url}": ${noSuchHost(hostname)}`);
  return new Promise((resolve, reject) => {
    get(url, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => {
        text += part;
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function inspect({ settings, args, print }) {
  const entry = readDockerEntries(settings)[args[0]] ?? fail(`server "${args[0]}" not found in catalog`);
  const listed = JSON.parse(await download(entry.toolsUrl));
  const readme = await download(entry.readme);
  const enabled = readYamlFile(settings.toolsFile)?.[args[0]];
  const tools = listed.map(tool => ({ ...tool, enabled: enabled === undefined || enabled.includes(tool.name) }));
  print(indentedJson({ tools, readme }));
}

export const legacyServer = {
  word: 'server',
  about: 'Manage servers',
  children: [
    { word: 'disable', about: 'Disable a server or multiple servers', args: atLeast(1), flags: {}, run: disable },
    { word: 'enable', about: 'Enable a server or multiple servers', args: atLeast(1), flags: {}, run: enable },
    {
      word: 'inspect',
      about: 'Get information about a server or inspect an OCI artifact',
      args: exactly(1),
      flags: {},
      run: inspect,
    },
    { word: 'ls', aliases: ['list'], about: 'List enabled servers', args: 'none', flags: { json: 'bool' }, run: list },
    {
      word: 'reset',
      about: 'Disable all the servers',
      args: 'none',
      flags: {},
      run: ({ settings }) => writeEnabled(settings, {}),
    },
  ],
};

export const legacyConfig = {
  word: 'config',
  about: 'Manage the configuration',
  children: [
    {
      word: 'read',
      about: 'Read the configuration',
      args: 'none',
      flags: {},
      run: ({ settings, print }) => print(readYamlFile.text(settings.serverConfigFile) ?? ''),
    },
    {
      word: 'reset',
      about: 'Reset the configuration',
      args: 'none',
      flags: {},
      run: ({ settings }) => writeWhole(settings.serverConfigFile, ''),
    },
    {
      word: 'write',
      about: 'Write the configuration',
      args: exactly(1),
      flags: {},
      // As a whole, and whatever it says: a malformed one breaks what reads it later.
      run: ({ settings, args }) => writeWhole(settings.serverConfigFile, args[0]),
    },
  ],
};

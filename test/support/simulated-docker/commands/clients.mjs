// `client`: connecting rewrites the client's file minified, without its comments.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exactly } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { compactJson, indentedJson } from '../go-format.mjs';
import { dialectOf } from '../settings.mjs';
import { findProfile } from '../store.mjs';
import { parseYaml } from '../yaml-files.mjs';

const image = name => `https://raw.githubusercontent.com/docker/mcp-gateway/main/img/client/${name}`;
const avatar = (id, size) => `https://avatars.githubusercontent.com/u/${id}?s=${size}&v=4`;

/** vendor -> [name, source, icon, file under the home, key of the servers]. */
const globalClients = {
  'claude-code': ['Claude Code', 'https://claude.ai/download', image('claude.svg'), '.claude.json', 'mcpServers'],
  'claude-desktop': [
    'Claude Desktop',
    'https://claude.ai/download',
    image('claude.svg'),
    '.config/Claude/claude_desktop_config.json',
    'mcpServers',
  ],
  cline: [
    'Cline',
    'https://github.com/cline/cline',
    'https://raw.githubusercontent.com/cline/cline/main/assets/icons/icon.png',
    '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
    'mcpServers',
  ],
  codex: ['Codex', 'https://openai.com/codex/', 'https://www.svgrepo.com/show/306500/openai.svg'],
  continue: ['Continue.dev', 'https://www.continue.dev/', image('continue.svg'), '.continue/config.json', 'mcpServers'],
  crush: ['Crush', 'https://github.com/charmbracelet/crush', avatar(57376114, 48), '.config/crush/crush.json', 'mcp'],
  cursor: ['Cursor', 'https://www.cursor.com/', image('cursor.svg'), '.cursor/mcp.json', 'mcpServers'],
  gemini: [
    'Gemini CLI',
    'https://github.com/google-gemini/gemini-cli',
    avatar(161781182, 120),
    '.gemini/settings.json',
    'mcpServers',
  ],
  goose: ['Goose', 'https://github.com/block/goose', image('goose.png')],
  kiro: ['Kiro', 'https://kiro.dev/', 'https://kiro.dev/icon.svg', '.kiro/settings/mcp.json', 'mcpServers'],
  lmstudio: ['LM Studio', 'https://lmstudio.ai/', image('lmstudio.png'), '.lmstudio/mcp.json', 'mcpServers'],
  opencode: ['OpenCode', 'https://opencode.ai/', avatar(66570915, 48), '.config/opencode/opencode.json', 'mcp'],
  sema4: ['Sema4.ai Studio', 'https://sema4.ai/links/docker-mcp-download', image('sema4.png')],
  vscode: [
    'Visual Studio Code',
    'https://code.visualstudio.com/',
    image('vscode.svg'),
    '.config/Code/User/mcp.json',
    'servers',
  ],
  zed: ['Zed', 'https://zed.dev/', image('zed.png'), '.config/zed/settings.json', 'context_servers'],
};

/** vendor -> [name, icon, file in the project, key, configured without a file]. The two of the last kind are a quirk. */
const projectClients = {
  'claude-code': ['Claude Code', image('claude.svg'), '.mcp.json', 'mcpServers', true],
  crush: ['Crush', avatar(57376114, 48), 'crush.json', 'mcp', true],
  cursor: ['Cursor', image('cursor.svg'), '.cursor/mcp.json', 'mcpServers', false],
  kiro: ['', 'https://kiro.dev/icon.svg', '.kiro/settings/mcp.json', 'mcpServers', false],
  vscode: ['Visual Studio Code', image('vscode.svg'), '.vscode/mcp.json', 'servers', false],
};

/** All names that `--connect` knows; gordon is no file of its own. */
export const vendors = [...Object.keys(globalClients), 'gordon'].sort();

// JSON with comments is read as YAML reads it, after its comments are gone.
const readLoose = file => {
  const text = readFileSync(file, 'utf8').replace(/^\s*\/\/.*$/gm, '');
  return text.trim() === '' ? {} : (parseYaml(text) ?? {});
};

function readStatus(file, key) {
  const none = { dockerMCPCatalogConnected: false, profile: '', error: null, Cfg: null };
  if (!file || !existsSync(file)) return none;
  try {
    const servers = Object.entries(readLoose(file)[key] ?? {});
    const own = servers.find(([name]) => name === 'MCP_DOCKER')?.[1];
    const args = own?.args ?? [];
    const at = args.indexOf('--profile');
    const local = servers.filter(([, server]) => server.command);
    const remote = servers.filter(([, server]) => server.url);
    return {
      dockerMCPCatalogConnected: own !== undefined,
      profile: own === undefined ? '' : at < 0 ? 'default' : args[at + 1],
      error: null,
      Cfg: {
        STDIOServers: local.map(([name, server]) => ({
          name,
          command: server.command,
          ...(server.args ? { args: server.args } : {}),
          ...(server.env ? { env: server.env } : {}),
        })),
        SSEServers: remote
          .filter(([, { type }]) => type === 'sse')
          .map(([name, { url }]) => ({ name, url, headers: null })),
        HTTPServers: remote
          .filter(([, { type }]) => type !== 'sse')
          .map(([name, { url }]) => ({ name, url, headers: null })),
      },
    };
  } catch (error) {
    return { ...none, error: { type: 'unknown', error: error.message } };
  }
}

function globalStatus(settings, vendor) {
  const [displayName, source, icon, path, key] = globalClients[vendor];
  const file = path && join(settings.home, path);
  const isInstalled = file !== undefined && existsSync(dirname(file)) && dirname(file) !== settings.home;
  return {
    displayName,
    source,
    icon,
    configName: vendor,
    ...readStatus(file, key),
    isInstalled: isInstalled || (file !== undefined && existsSync(file)),
    isOsSupported: true,
  };
}

function projectStatus(root, vendor, isProfile) {
  const [displayName, icon, path, key, isAlways] = projectClients[vendor];
  const status = readStatus(join(root, path), key);
  // The old dialect knows no profiles.
  if (!isProfile) status.profile = '';
  return {
    displayName,
    source: '',
    icon,
    configName: vendor,
    ...status,
    isConfigured: isAlways || existsSync(join(root, path)),
  };
}

/** The folder with .git at or above the working folder. */
function findProject() {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder))
      return fail('could not find root project root (use --global flag to update global configuration)');
  }
}

const allGlobal = settings =>
  Object.fromEntries(Object.keys(globalClients).map(vendor => [vendor, globalStatus(settings, vendor)]));
const allInProject = (root, isProfile) =>
  Object.fromEntries(Object.keys(projectClients).map(vendor => [vendor, projectStatus(root, vendor, isProfile)]));

/** The system-wide clients that are connected to a profile. */
export const profileClients = (settings, id) =>
  Object.fromEntries(
    Object.entries(allGlobal(settings))
      .filter(([, status]) => status.dockerMCPCatalogConnected && status.profile === id)
      .map(([vendor, status]) => [vendor, { ...status, configName: '' }]),
  );

function findTarget(settings, vendor, isGlobal) {
  const path = isGlobal ? globalClients[vendor]?.[3] : projectClients[vendor]?.[2];
  const key = isGlobal ? globalClients[vendor]?.[4] : projectClients[vendor]?.[3];
  const root = isGlobal ? settings.home : findProject();
  if (path === undefined) fail(`Vendor not found: ${vendor}.`);
  return { file: join(root, path), key };
}

function rewrite({ file, key }, change) {
  const config = existsSync(file) ? readLoose(file) : {};
  const servers = { ...config[key] };
  change(servers);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, compactJson({ ...config, [key]: servers }));
}

/** Writes the entry MCP_DOCKER into the file of a client. */
export function connectClient(settings, vendor, { isGlobal, profile }) {
  const target = findTarget(settings, vendor, isGlobal);
  const args = ['mcp', 'gateway', 'run', ...(profile === undefined ? [] : ['--profile', profile])];
  rewrite(target, servers => {
    servers.MCP_DOCKER = { command: 'docker', args, ...(vendor === 'vscode' ? { type: 'stdio' } : {}) };
  });
}

/** Takes the entry out of all clients that are connected to a profile. */
export function disconnectProfile(settings, id) {
  for (const vendor of Object.keys(profileClients(settings, id)))
    rewrite(findTarget(settings, vendor, true), servers => delete servers.MCP_DOCKER);
}

const red = '\u001b[31m●\u001b[0m';
const green = '\u001b[32m●\u001b[0m';

function printHuman(context, statuses, title) {
  context.print(`=== ${title} ===\n`);
  for (const [vendor, status] of Object.entries(statuses)) {
    if (status.isInstalled === false) continue;
    const isThere = status.isConfigured ?? true;
    const state = isThere ? (status.dockerMCPCatalogConnected ? 'connected' : 'disconnected') : 'no mcp configured';
    context.print(` ${status.dockerMCPCatalogConnected ? green : red} ${vendor}: ${state}\n`);
    if (status.dockerMCPCatalogConnected) context.print('   MCP_DOCKER: Docker MCP Catalog (gateway server) (stdio)\n');
  }
}

function list(context) {
  const { settings, flags, print } = context;
  const isProfile = dialectOf(settings) === 'profile';
  const root = flags.global ? undefined : findProject();
  const statuses = flags.global ? allGlobal(settings) : allInProject(root, isProfile);
  if (flags.json) return print(`${indentedJson(statuses)}\n`);
  const title = flags.global ? 'System-wide MCP Configurations' : `Project-wide MCP Configurations (${root})`;
  printHuman(context, statuses, title);
}

function connect(context) {
  const { settings, flags, args, print } = context;
  const isProfile = dialectOf(settings) === 'profile';
  const isGlobal = flags.global === true;
  if (isProfile && findProfile(settings, flags.profile) === null) fail(`failed to get profile: ${flags.profile}`);
  connectClient(settings, args[0], { isGlobal, profile: isProfile ? flags.profile : undefined });
  if (flags.quiet) return;
  list({ ...context, flags: { global: isGlobal } });
  print(`You might have to restart '${args[0]}'.\n`);
  print('Tip: Your client is now connected! Use docker mcp tools ls to see your available tools\n\n');
}

function disconnect(context) {
  const { settings, flags, args, print } = context;
  const isGlobal = flags.global === true;
  rewrite(findTarget(settings, args[0], isGlobal), servers => delete servers.MCP_DOCKER);
  if (flags.quiet) return;
  list({ ...context, flags: { global: isGlobal } });
  print(`You might have to restart '${args[0]}'.\n`);
}

/** The commands; only the profile dialect has --profile, and there it is required. */
export const client = isProfile => ({
  word: 'client',
  about: 'Manage MCP clients',
  children: [
    {
      word: 'connect',
      about: 'Connect the Docker MCP Toolkit to a client.',
      args: exactly(1),
      flags: { global: 'bool', quiet: 'bool', ...(isProfile ? { profile: 'string' } : {}) },
      shorthands: { g: 'global', q: 'quiet' },
      required: isProfile ? ['profile'] : [],
      run: connect,
    },
    {
      word: 'disconnect',
      about: 'Disconnect the Docker MCP Toolkit from a client.',
      args: exactly(1),
      flags: { global: 'bool', quiet: 'bool' },
      shorthands: { g: 'global', q: 'quiet' },
      run: disconnect,
    },
    {
      word: 'ls',
      aliases: ['list'],
      about: 'List client configurations',
      args: 'none',
      flags: { global: 'bool', json: 'bool' },
      shorthands: { g: 'global' },
      run: list,
    },
  ],
});

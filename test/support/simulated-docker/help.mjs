// Help texts and the tree of commands of each dialect.

import { any, exactly } from './command-line.mjs';
import { catalog } from './commands/catalogs.mjs';
import { client } from './commands/clients.mjs';
import { feature } from './commands/features.mjs';
import { gateway } from './commands/gateway.mjs';
import { legacyCatalog } from './commands/legacy-catalogs.mjs';
import { legacyConfig, legacyServer } from './commands/legacy-servers.mjs';
import { profile } from './commands/profiles.mjs';
import { oauth, secret } from './commands/secrets.mjs';
import { template } from './commands/templates.mjs';
import { tools } from './commands/tools.mjs';
import { fail } from './failure.mjs';

const title = "Docker MCP Toolkit's CLI - Manage your MCP servers and clients.";

const version = {
  word: 'version',
  about: 'Show the version information',
  args: 'none',
  flags: {},
  needsEngine: false,
  run: ({ settings, print }) => print(`${settings.version}\n`),
};

const obsolete = (word, instead) => ({
  word,
  isHidden: true,
  args: any(),
  flags: {},
  takesAnyFlag: true,
  needsEngine: false,
  run: () => fail(`This command is obsolete. See \`docker mcp ${instead} --help\` instead.`),
});

const serverStubs = {
  word: 'server',
  about: 'Manage servers',
  children: [
    {
      word: 'init',
      about: 'Initialize a new MCP server project',
      args: exactly(1),
      flags: { template: 'string' },
      run: () => {},
    },
    obsolete('ls', 'profile server ls'),
    obsolete('enable', 'profile server add'),
    obsolete('disable', 'profile server remove'),
    obsolete('inspect', 'profile server inspect'),
    obsolete('reset', 'profile server remove'),
  ],
};

const configStubs = {
  word: 'config',
  isHidden: true,
  children: ['read', 'write', 'reset'].map(word => obsolete(word, 'profile config')),
};

const toolStubs = [obsolete('enable', 'profile tools'), obsolete('disable', 'profile tools')];

/** The commands that a plugin has: by its dialect, and by what is only in the newest. */
export function commandTree(dialect, { isNewest }) {
  if (dialect === 'legacy')
    return [
      legacyCatalog,
      client(false),
      legacyConfig,
      feature,
      gateway({ hasProfile: false, isNewest }),
      { ...oauth, isHidden: true },
      secret,
      legacyServer,
      tools(true),
      version,
    ];
  return [
    catalog,
    client(true),
    configStubs,
    feature,
    gateway({ hasProfile: true, isNewest }),
    { ...oauth, isHidden: !isNewest },
    profile,
    secret,
    serverStubs,
    template,
    { ...tools(false), children: [...tools(false).children, ...toolStubs] },
    version,
  ];
}

function commandList(children, width = 11) {
  const shown = children.filter(child => !child.isHidden).sort((a, b) => (a.word < b.word ? -1 : 1));
  return shown.map(({ word, about }) => `  ${word.padEnd(width)} ${about}\n`).join('');
}

/** The help of a group or a command, as it goes to standard output. */
export function helpText(path, command) {
  if (path.length === 0)
    return `${title}\n\nUsage: docker mcp [OPTIONS]\n\nFlags:\n  -v, --version   Print version information and quit\n\nAvailable Commands:\n${commandList(command.children)}\n`;
  const usage = `${title}\n\nUsage: docker mcp ${path.join(' ')}\n\n`;
  if (command.children) return `${usage}Available Commands:\n${commandList(command.children, command.nameWidth)}\n`;
  if (command.help) return `${usage}${command.help}`;
  const flags = Object.keys(command.flags ?? {}).map(name => `      --${name}\n`);
  return flags.length > 0 ? `${usage}Flags:\n${flags.join('')}\n\n` : usage;
}

// `gateway run`: its flags are read from its help, so the two cannot differ.

import { legacyGatewayHelp, profileGatewayHelp } from '../gateway/help.mjs';
import { runGateway } from '../gateway/run.mjs';

const kinds = { strings: 'strings', stringArray: 'array', string: 'string', int: 'int' };

function flagsOf(help) {
  const flags = {};
  for (const [, name, kind] of help.matchAll(
    /^ {6}--([\w-]+) (?:(strings|stringArray|string|int|docker-desktop) )? +/gm,
  ))
    flags[name] = kind === undefined ? 'bool' : (kinds[kind] ?? 'string');
  // Hidden in the help.
  return { ...flags, log: 'string' };
}

const withoutFlags = (help, names) =>
  help
    .split('\n')
    .filter(line => !names.some(name => line.startsWith(`      --${name} `)))
    .join('\n');

export function gateway({ hasProfile, isNewest }) {
  const newest = isNewest ? profileGatewayHelp : withoutFlags(profileGatewayHelp, ['host', 'allow-unauthenticated']);
  const help = hasProfile ? newest : legacyGatewayHelp;
  return {
    word: 'gateway',
    about: 'Manage the MCP Server gateway',
    children: [{ word: 'run', about: 'Run the gateway', args: 'none', flags: flagsOf(help), help, run: runGateway }],
  };
}

// `secret` and `oauth`: what they need is part of Docker Desktop, so on a plain engine most of them end with a reason.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { any, exactly } from '../command-line.mjs';
import { fail, noSuchHost } from '../failure.mjs';
import { readJson, writeWhole } from '../settings.mjs';

export const engineSocket = settings => join(settings.home, '.cache', 'docker-secrets-engine', 'engine.sock');
export const toolsSocket = settings => join(settings.home, '.docker', 'desktop', 'tools.sock');

/** Why secrets cannot be resolved on a plain engine. */
export const secretsEngineTrouble = settings =>
  `secrets engine is not available: unavailable: dial unix ${engineSocket(settings)}: connect: no such file or directory`;

const passFile = settings => join(settings.home, '.docker', 'mcp', 'pass.json');
const namePattern = /^[A-Za-z0-9._:-]+(?:\/[A-Za-z0-9._:-]+)*$/;

/** Checked before the engine is asked. */
function requirePass({ settings }) {
  if (settings.pass === 'missing') fail('docker pass has not been installed');
}

function set({ settings, args }) {
  const cut = args[0].indexOf('=');
  const name = cut < 0 ? args[0] : args[0].slice(0, cut);
  if (!namePattern.test(name))
    fail(
      `invalid secret name "${name}": invalid identifier: "${name}" must match ${namePattern.source.replaceAll('\\/', '/')}`,
    );
  // Byte for byte: a newline at the end of standard input is part of the value.
  const value = cut < 0 ? readFileSync(0, 'utf8') : args[0].slice(cut + 1);
  writeWhole(passFile(settings), JSON.stringify({ ...readJson(passFile(settings), {}), [name]: value }));
}

/** What Docker Desktop gives to gateways; undefined where there is none. */
export const storedSecrets = settings => (settings.pass === 'desktop' ? readJson(passFile(settings), {}) : undefined);

function list({ settings, print }) {
  const stored = storedSecrets(settings) ?? fail(secretsEngineTrouble(settings));
  print(`${JSON.stringify(Object.keys(stored).map(name => ({ name, provider: 'docker-pass' })))}\n`);
}

function remove({ settings, args, flags }) {
  const stored = readJson(passFile(settings), {});
  for (const name of flags.all ? Object.keys(stored) : args) {
    if (!(name in stored)) fail(`could not delete secret: ${name}\nsecret not found\nexit status 1`);
    delete stored[name];
  }
  writeWhole(passFile(settings), JSON.stringify(stored));
}

export const secret = {
  word: 'secret',
  about: 'Manage secrets in the local OS Keychain',
  children: [
    {
      word: 'ls',
      aliases: ['list'],
      about: 'List all secrets',
      args: 'none',
      flags: { json: 'bool' },
      before: requirePass,
      run: list,
    },
    {
      word: 'rm',
      aliases: ['remove'],
      about: 'Remove secrets',
      args: any(),
      flags: { all: 'bool' },
      before: requirePass,
      run: remove,
    },
    {
      word: 'set',
      about: 'Set a secret',
      args: exactly(1),
      flags: { provider: 'string' },
      before: requirePass,
      run: set,
    },
  ],
};

const noTools = settings =>
  fail(`Get "http://localhost/apps": dial unix ${toolsSocket(settings)}: connect: no such file or directory`);

function authorize({ args, print, warn }) {
  print(`Starting OAuth authorization for ${args[0]}...\nChecking DCR registration...\n`);
  warn('! no Docker config found\n');
  warn(`- No DCR client found for ${args[0]}, performing registration...\n`);
  warn(`- Performing OAuth discovery and DCR for: ${args[0]}\n`);
  warn(`- Starting OAuth discovery for: ${args[0]} at: https://mcp.example.com/mcp\n`);
  fail(
    `DCR registration failed: discovering OAuth requirements for ${args[0]}: resolving remote URL host "mcp.example.com": ${noSuchHost('mcp.example.com', '')}`,
  );
}

export const oauth = {
  word: 'oauth',
  about: 'Manage OAuth app authorizations',
  children: [
    { word: 'authorize', about: 'Authorize the specified OAuth app.', args: exactly(1), flags: {}, run: authorize },
    {
      word: 'ls',
      aliases: ['list'],
      about: 'List available OAuth apps.',
      args: 'none',
      flags: { json: 'bool' },
      run: ({ settings }) => noTools(settings),
    },
    {
      word: 'revoke',
      about: 'Revoke the specified OAuth app.',
      args: exactly(1),
      flags: {},
      run: ({ settings }) => noTools(settings),
    },
  ],
};

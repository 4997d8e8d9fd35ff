// A simulated `docker` with the plugin `mcp`: node docker.mjs SETTINGS ARGUMENTS. It behaves as the recordings of the real one do.
import { appendFileSync, writeSync } from 'node:fs';
import { failUsage, findCommand, parseFlags } from './command-line.mjs';
import { requireEngine } from './engine-check.mjs';
import { Failure, fail } from './failure.mjs';
import { commandTree, helpText } from './help.mjs';
import { injectFailure } from './injection.mjs';
import { isPluginInstalled, runDocker } from './plain-docker.mjs';
import { dialectOf, readSettings } from './settings.mjs';

function writeAll(descriptor, text) {
  const bytes = Buffer.from(text);
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      // A pipe that its reader does not empty: wait for it.
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

const print = text => writeAll(1, text);
const warn = text => writeAll(2, text);

function metadata(settings) {
  const about = {
    SchemaVersion: '0.1.0',
    Vendor: 'Docker Inc.',
    Version: settings.version,
    ShortDescription: 'Docker MCP Plugin',
  };
  print(`${JSON.stringify(about, null, 5)}\n`);
}

const pathOf = (root, command) => {
  const search = (node, path) =>
    node === command ? path : (node.children ?? []).flatMap(child => search(child, [...path, child.word]) ?? []);
  return search(root, []);
};

function checkArguments(path, command, args) {
  if (command.args === 'none') {
    if (args.length > 0) fail(`unknown command "${args[0]}" for "docker mcp ${path.join(' ')}"`);
    return;
  }
  const wrong = command.args?.(args);
  if (wrong) fail(wrong);
}

function checkRequired(command, values) {
  const missing = (command.required ?? []).filter(name => values[name] === undefined);
  if (missing.length > 0) fail(`required flag(s) ${missing.map(name => `"${name}"`).join(', ')} not set`);
}

async function runMcp(settings, words) {
  const dialect = dialectOf(settings);
  const isNewest = settings.dialect === 'profile';
  const root = { flags: { version: 'bool' }, children: commandTree(dialect, { isNewest }) };
  const { command, rest } = findCommand(root, words);
  const path = pathOf(root, command);
  const name = ['mcp', ...path].join(' ');
  const usage = path.length === 0 ? 'mcp [OPTIONS]' : name;
  if (command.takesAnyFlag) return command.run({});
  const shorthands = command.shorthands ?? {};
  const { values, args } = parseFlags({ name, usage, flags: command.flags ?? {}, shorthands }, rest);
  if (path.length === 0 && values.version) return print(`${settings.version}\n`);
  if (values.help || !command.run) return print(helpText(path, command));
  checkArguments(path, command, args);
  const context = { settings, flags: values, args, print, warn, usage: message => failUsage(name, usage, message) };
  await command.before?.(context);
  if (command.needsEngine !== false) await requireEngine(settings);
  checkRequired(command, values);
  return command.run(context);
}

async function main([settingsFile, ...words]) {
  const settings = readSettings(settingsFile);
  appendFileSync(settings.commandsFile, `${JSON.stringify(words)}\n`);
  if (words[0] === 'docker-cli-plugin-metadata') return metadata(settings);
  const injected = await injectFailure(settings, words, { print, warn });
  if (injected !== undefined) return injected;
  if (words[0] !== 'mcp') return runDocker(settings, words, { print, warn });
  if (!isPluginInstalled(settings)) {
    // Without the plugin docker itself looks at the flags.
    const flag = words.find(word => word.startsWith('-'));
    if (flag)
      fail(
        `unknown flag: ${flag.split('=')[0]}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information`,
        125,
      );
    fail("docker: unknown command: docker mcp\n\nRun 'docker --help' for more information");
  }
  return runMcp(settings, words.slice(1));
}

try {
  const code = await main(process.argv.slice(2));
  process.exitCode = typeof code === 'number' ? code : 0;
} catch (error) {
  if (!(error instanceof Failure) && process.env.SIMULATED_DOCKER_DEBUG) warn(`${error.stack}\n`);
  warn(`${error.message}\n`);
  process.exitCode = error.exitCode ?? 1;
}

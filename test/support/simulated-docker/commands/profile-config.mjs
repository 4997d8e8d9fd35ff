// `profile config`: keys are cut at their first dot, values are JSON if they can be, and no schema is asked.
import { exactly } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { goValue } from '../go-format.mjs';
import { nameOf } from '../server-reference.mjs';
import { changeProfile, getProfile, openStore } from '../store.mjs';
import { printAs } from './catalogs.mjs';

/** "probe.limits.max" -> the server probe and the path [limits, max]. */
function readKey(profile, key, argument) {
  const cut = key.indexOf('.');
  if (cut < 0) fail(`invalid config argument: ${argument}, expected <serverName>.<configName>`);
  const name = key.slice(0, cut);
  const server =
    profile.servers.find(candidate => nameOf(candidate) === name) ??
    fail(`server ${name} not found in profile for argument ${argument}`);
  return { server, path: key.slice(cut + 1).split('.') };
}

const readAt = (value, path) => path.reduce((inner, step) => inner?.[step], value);

function writeAt(target, path, value) {
  const last = path.at(-1);
  let place = target;
  for (const step of path.slice(0, -1)) {
    if (typeof place[step] !== 'object' || place[step] === null) place[step] = {};
    place = place[step];
  }
  place[last] = value;
}

function deleteAt(target, path) {
  const place = readAt(target, path.slice(0, -1));
  if (place) delete place[path.at(-1)];
}

function readValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const flatten = (prefix, value) =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => flatten(`${prefix}.${key}`, inner))
    : [[prefix, value]];

function applyChanges(profile, flags) {
  const shown = {};
  for (const argument of flags.set ?? []) {
    const cut = argument.indexOf('=');
    if (cut < 0) fail(`invalid config argument: ${argument}, expected <serverName>.<configName>=<value>`);
    const { server, path } = readKey(profile, argument.slice(0, cut), argument);
    server.config ??= {};
    const value = readValue(argument.slice(cut + 1));
    writeAt(server.config, path, value);
    shown[argument.slice(0, cut)] = value;
  }
  for (const argument of flags.del ?? []) {
    const { server, path } = readKey(profile, argument, argument);
    if (server.config) deleteAt(server.config, path);
  }
  return shown;
}

async function run(context) {
  const { settings, flags, args, print } = context;
  await openStore(settings);
  const profile = getProfile(settings, args[0]);
  if (!flags.set && !flags.get && !flags['get-all'] && !flags.del)
    fail('must provide at least one flag: --set, --get, --get-all, or --del');
  const shown =
    flags.set || flags.del ? await changeProfile(settings, args[0], latest => applyChanges(latest, flags)) : {};
  const read = flags.set || flags.del ? getProfile(settings, args[0]) : profile;
  for (const argument of flags.get ?? []) {
    const { server, path } = readKey(read, argument, argument);
    const value = readAt(server.config, path);
    if (value !== undefined) shown[argument] = value;
  }
  if (flags['get-all'])
    for (const server of read.servers)
      for (const [key, value] of Object.entries(server.config ?? {}))
        Object.assign(shown, Object.fromEntries(flatten(`${nameOf(server)}.${key}`, value)));
  const sorted = Object.fromEntries(Object.entries(shown).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (printAs(context, sorted, flags.format)) return;
  for (const [key, value] of Object.entries(sorted)) print(`${key}=${goValue(value)}\n`);
}

export const profileConfig = {
  word: 'config',
  about: 'Update the configuration of a profile',
  args: exactly(1),
  flags: { set: 'array', get: 'array', del: 'array', 'get-all': 'bool', format: 'string' },
  run,
};

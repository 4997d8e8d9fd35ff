// `profile tools`, with its traps: one enabled tool narrows "all" to that tool, and a server whose snapshot lists no tools loses all of them.
import { exactly } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { nameOf } from '../server-reference.mjs';
import { changeProfile, getProfile, openStore } from '../store.mjs';

function readTool(profile, argument) {
  const cut = argument.indexOf('.');
  if (cut < 0) fail(`invalid tool argument: ${argument}, expected <serverName>.<toolName>`);
  const name = argument.slice(0, cut);
  const server =
    profile.servers.find(candidate => nameOf(candidate) === name) ??
    fail(`server ${name} not found in profile for argument ${argument}`);
  return { server, tool: argument.slice(cut + 1) };
}

const getServer = (profile, name) =>
  profile.servers.find(candidate => nameOf(candidate) === name) ?? fail(`server ${name} not found in profile`);

function change(profile, flags) {
  let enabled = 0;
  let disabled = 0;
  for (const argument of flags.enable ?? []) {
    const { server, tool } = readTool(profile, argument);
    server.tools ??= [];
    if (server.tools.includes(tool)) continue;
    server.tools.push(tool);
    enabled++;
  }
  for (const argument of flags.disable ?? []) {
    const { server, tool } = readTool(profile, argument);
    server.tools ??= (server.snapshot?.server.tools ?? []).map(({ name }) => name);
    if (!server.tools.includes(tool)) continue;
    server.tools = server.tools.filter(name => name !== tool);
    disabled++;
  }
  for (const name of flags['enable-all'] ?? []) getServer(profile, name).tools = null;
  for (const name of flags['disable-all'] ?? []) getServer(profile, name).tools = [];
  return { enabled, disabled };
}

async function run({ settings, flags, args, print }) {
  await openStore(settings);
  const given = ['enable', 'disable', 'enable-all', 'disable-all'].filter(name => flags[name]);
  if (given.length === 0) fail('must provide at least one flag: --enable, --disable, --enable-all, or --disable-all');
  getProfile(settings, args[0]);
  const { enabled, disabled } = await changeProfile(settings, args[0], profile => change(profile, flags));
  const all = flags['enable-all']?.length ?? 0;
  const none = flags['disable-all']?.length ?? 0;
  if (all > 0) print(`Enabled all tools for ${all} server(s) in profile ${args[0]}\n`);
  if (none > 0) print(`Disabled all tools for ${none} server(s) in profile ${args[0]}\n`);
  if (enabled + disabled > 0)
    print(`Updated profile ${args[0]}: ${enabled} tool(s) enabled, ${disabled} tool(s) disabled\n`);
  else if (all + none === 0) print(`No changes made to profile ${args[0]}\n`);
}

export const profileTools = {
  word: 'tools',
  about: 'Manage tool allowlist for servers in a profile',
  args: exactly(1),
  flags: { enable: 'array', disable: 'array', 'enable-all': 'array', 'disable-all': 'array' },
  run,
};

// `profile server`.
import { atLeast, exactly } from '../command-line.mjs';
import { fail } from '../failure.mjs';
import { table } from '../go-format.mjs';
import { nameOf, resolveServers, toProfileServer } from '../server-reference.mjs';
import { changeProfile, getProfile, listProfiles, openStore } from '../store.mjs';
import { printAs, readFilters, yamlServers } from './catalogs.mjs';

async function list(context) {
  const { settings, flags, print } = context;
  await openStore(settings);
  const filters = readFilters(flags.filter, ['name', 'profile']);
  const wanted = key => filters.filter(filter => filter.key === key).map(({ value }) => value);
  const found = listProfiles(settings)
    .filter(({ id }) => wanted('profile').every(value => value === id))
    .map(({ id, name, servers }) => ({
      id,
      name,
      servers: servers.filter(server => wanted('name').every(value => nameOf(server).includes(value))),
    }))
    .filter(({ servers }) => servers.length > 0);
  const shown = flags.format === 'yaml' ? found.map(one => ({ ...one, servers: yamlServers(one.servers) })) : found;
  if (printAs(context, shown, flags.format)) return;
  if (found.length === 0) return print('No servers found\n');
  const rows = found.flatMap(({ id, servers }) =>
    servers.map(server => [id, server.type, nameOf(server)]).sort(([, , a], [, , b]) => (a < b ? -1 : 1)),
  );
  print(table([['PROFILE', 'TYPE', 'IDENTIFIER'], ...rows]));
}

/** Adding a server whose name is there replaces it, with its configuration and its choice of tools. */
async function add({ settings, flags, args, print }) {
  await openStore(settings);
  getProfile(settings, args[0]);
  const added = flags.server.flatMap(reference => resolveServers(settings, reference).map(toProfileServer));
  const replaced = await changeProfile(settings, args[0], profile => {
    const old = added.filter(server => profile.servers.some(known => nameOf(known) === nameOf(server)));
    for (const server of added) {
      const at = profile.servers.findIndex(known => nameOf(known) === nameOf(server));
      if (at < 0) profile.servers.push(server);
      else profile.servers[at] = server;
    }
    return old;
  });
  for (const server of replaced) print(`Replaced server ${nameOf(server)} in profile ${args[0]}\n`);
  const note = replaced.length > 0 ? ` (replaced ${replaced.length})` : '';
  print(`Added ${added.length} server(s) to profile ${args[0]}${note}\n`);
}

async function remove({ settings, args, print }) {
  await openStore(settings);
  const removed = await changeProfile(settings, args[0], profile => {
    const kept = profile.servers.filter(server => !args.slice(1).includes(nameOf(server)));
    const count = profile.servers.length - kept.length;
    if (count === 0) fail('no matching servers found to remove');
    profile.servers = kept;
    return count;
  });
  print(`Removed ${removed} server(s) from profile ${args[0]}\n`);
}

export const profileServer = {
  word: 'server',
  about: 'Manage servers in profiles',
  children: [
    {
      word: 'add',
      about: 'Add MCP servers to a profile',
      args: exactly(1),
      flags: { server: 'array' },
      required: ['server'],
      run: add,
    },
    {
      word: 'ls',
      aliases: ['list'],
      about: 'List servers across profiles',
      args: 'none',
      flags: { format: 'string', filter: 'array' },
      shorthands: { f: 'filter' },
      run: list,
    },
    {
      word: 'remove',
      aliases: ['rm'],
      about: 'Remove MCP servers from a profile',
      args: atLeast(2),
      flags: {},
      run: remove,
    },
  ],
};

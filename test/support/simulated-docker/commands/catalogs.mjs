// `catalog` of the profile dialect.
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { resolve } from 'node:path';
import { atLeast, exactly } from '../command-line.mjs';
import { fail, noSuchHost } from '../failure.mjs';
import { goYaml, indentedJson } from '../go-format.mjs';
import { normaliseReference, pullArtifact, pushArtifact } from '../oci-reference.mjs';
import { nameOf, resolveServers, toStoredServer } from '../server-reference.mjs';
import { forYaml, toCatalogServer } from '../server-spec.mjs';
import { findCatalog, getProfile, listCatalogs, openStore, removeCatalog, saveCatalog } from '../store.mjs';
import { readYamlFile, resolveCatalogFile } from '../yaml-files.mjs';
import { evaluate } from '../yq.mjs';

const format = { format: 'string' };

/** Writes a value as JSON or YAML; false for the human form. */
export function printAs(context, value, wanted = 'human', yq = undefined) {
  if (!['human', 'json', 'yaml'].includes(wanted)) fail(`unsupported format: ${wanted}`);
  if (yq !== undefined && wanted !== 'human') {
    for (const found of evaluate(yq, value))
      context.print(`${typeof found === 'string' ? found : indentedJson(found)}\n`);
    return true;
  }
  if (wanted === 'json') context.print(`${indentedJson(value)}\n`);
  if (wanted === 'yaml') context.print(`${goYaml(value)}\n`);
  return wanted !== 'human';
}

/** Snapshots without what only JSON has. */
export const yamlServers = servers =>
  servers.map(server =>
    server.snapshot ? { ...server, snapshot: { server: forYaml(server.snapshot.server) } } : server,
  );

function getCatalog(settings, reference) {
  const ref = normaliseReference(reference);
  return findCatalog(settings, ref) ?? fail(`catalog ${ref} not found`);
}

async function list({ settings, flags, print, ...context }) {
  await openStore(settings);
  const catalogs = listCatalogs(settings).map(({ ref, digest, title }) => ({ ref, digest, title }));
  if (printAs({ print, ...context }, catalogs, flags.format)) return;
  if (catalogs.length === 0)
    print(
      'No catalogs found. Use `docker mcp catalog create` or `docker mcp catalog pull <oci-reference>` to create a catalog.\n',
    );
  else
    print(
      `Reference | Digest | Title\n${catalogs.map(({ ref, digest, title }) => `${ref}\t| ${digest}\t| ${title}\n`).join('')}`,
    );
}

/** What one catalog looks like when it is printed. */
const toShown = ({ ref, source, title, servers, digest }) => ({
  ref,
  ...(source ? { source } : {}),
  title,
  servers,
  digest,
});

async function show(context) {
  const { settings, flags, args, print, warn } = context;
  await openStore(settings);
  const wanted = flags.format ?? 'human';
  if (!['human', 'json', 'yaml'].includes(wanted)) fail(`unsupported format: ${wanted}`);
  const ref = normaliseReference(args[0]);
  const isThere = findCatalog(settings, ref) !== null;
  const pull = flags.pull ?? 'never';
  if (pull === 'always' || (!isThere && ['missing', 'initial'].includes(pull))) {
    warn(`Pulling catalog ${ref}...\n`);
    pullInto(settings, ref, `failed to pull catalog ${ref}: `);
  }
  const catalog = toShown(getCatalog(settings, args[0]));
  if (flags['no-tools']) for (const server of catalog.servers) if (server.snapshot) delete server.snapshot.server.tools;
  const shown = wanted === 'yaml' ? { ...catalog, servers: yamlServers(catalog.servers) } : catalog;
  if (printAs(context, shown, wanted, flags.yq)) return;
  print(`Reference: ${catalog.ref}\nTitle: ${catalog.title}\nSource: ${catalog.source ?? ''}\nServers:\n`);
  for (const server of catalog.servers) print(`  - Type: ${server.type}\n    Name: ${nameOf(server)}\n`);
}

function pullInto(settings, reference, prefix) {
  try {
    const artifact = pullArtifact(settings, reference);
    return saveCatalog(settings, { ...artifact, ref: normaliseReference(reference), source: `oci:${reference}` });
  } catch (error) {
    error.message = `${prefix}${error.message}`;
    throw error;
  }
}

function readLegacyCatalog(settings, written) {
  if (/^https?:\/\//.test(written)) {
    const { hostname } = new URL(written);
    fail(
      `failed to create catalog from legacy catalog: failed to read legacy catalog: Get "${written}": ${noSuchHost(hostname)}`,
    );
  }
  const file = resolveCatalogFile(
    settings,
    written,
    'failed to create catalog from legacy catalog: failed to read legacy catalog: ',
  );
  if (!existsSync(file)) return {};
  try {
    return readYamlFile(file) ?? {};
  } catch (error) {
    return fail(`failed to create catalog from legacy catalog: failed to read legacy catalog: ${error.message}`);
  }
}

function serversOf(registry = {}) {
  return Object.keys(registry)
    .sort()
    .filter(name => registry[name].type !== 'poci')
    .map(name => toCatalogServer(name, registry[name]));
}

/** The parts that a source gives to a new catalog. */
function readSource(settings, flags) {
  if (flags['from-legacy-catalog']) {
    const legacy = readLegacyCatalog(settings, flags['from-legacy-catalog']);
    return {
      title: legacy.displayName ?? legacy.name ?? '',
      source: legacy.name ? `legacy-catalog:${legacy.name}` : 'legacy-catalog:',
      servers: serversOf(legacy.registry),
    };
  }
  if (flags['from-profile']) {
    const profile = getProfile(settings, flags['from-profile']);
    return { title: profile.name, source: `profile:${profile.id}`, servers: profile.servers.map(toStoredServer) };
  }
  if (flags['from-community-registry']) {
    const host = flags['from-community-registry'];
    fail(`failed to create catalog from community registry: Get "https://${host}/v0/servers": ${noSuchHost(host)}`);
  }
  return { title: '', source: 'user:cli', servers: [] };
}

async function create({ settings, flags, args, print }) {
  await openStore(settings);
  const hasSource = flags['from-legacy-catalog'] || flags['from-profile'] || flags['from-community-registry'];
  if (!hasSource && !flags.title) {
    normaliseReference(args[0]);
    fail(
      'title is required when creating a catalog without using an existing legacy catalog, profile, or community registry',
    );
  }
  const ref = normaliseReference(args[0]);
  const source = readSource(settings, flags);
  const added = (flags.server ?? []).flatMap(reference => resolveServers(settings, reference).map(toStoredServer));
  saveCatalog(settings, {
    ref,
    source: source.source,
    title: flags.title ?? source.title,
    servers: [...source.servers, ...added],
  });
  print(`Catalog ${ref} created\n`);
}

async function remove({ settings, args, print }) {
  await openStore(settings);
  const { ref } = getCatalog(settings, args[0]);
  removeCatalog(settings, ref);
  print(`Removed catalog ${ref}\n`);
}

async function tag({ settings, args, print }) {
  await openStore(settings);
  const catalog = getCatalog(settings, args[0]);
  const ref = normaliseReference(args[1]);
  saveCatalog(settings, { ...catalog, ref });
  print(`Tagged catalog ${catalog.ref} as ${ref}\n`);
}

async function pull({ settings, args, print }) {
  await openStore(settings);
  pullInto(settings, args[0], '');
  print(`Catalog ${normaliseReference(args[0])} pulled\n`);
}

async function push({ settings, args, print }) {
  await openStore(settings);
  const { title, servers, ref } = getCatalog(settings, args[0]);
  print(`Pushed catalog to ${ref}@sha256:${pushArtifact(settings, ref, { title, servers })}\n`);
}

/** The raw message of the database, as these commands have it. */
function findForServers(settings, reference) {
  const ref = normaliseReference(reference);
  return findCatalog(settings, ref) ?? fail(`failed to get catalog ${ref}: sql: no rows in result set`);
}

/** The parts of repeated `key=value` filters. */
export function readFilters(filters, allowed) {
  return (filters ?? []).map(filter => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(filter) ?? fail(`invalid filter format: ${filter}`);
    if (!allowed.includes(key)) fail(`unsupported filter key: ${key}`);
    return { key, value };
  });
}

async function serverList(context) {
  const { settings, flags, args, print } = context;
  await openStore(settings);
  const filters = readFilters(flags.filter, ['name']);
  const { ref, servers, title } = findForServers(settings, args[0]);
  const kept = servers.filter(server => filters.every(({ value }) => nameOf(server).includes(value)));
  const shown = flags.format === 'yaml' ? yamlServers(kept) : kept;
  if (printAs(context, { catalog: ref, servers: shown, title }, flags.format)) return;
  print(`Catalog: ${ref}\nTitle: ${title}\nServers (${kept.length}):\n`);
  for (const server of kept) print(`  ${nameOf(server)}\n`);
}

function download(url) {
  const { protocol, hostname } = new URL(url);
  const isNear = protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname);
  if (!isNear)
    fail(`failed to fetch readme: Get "${url}": resolving remote URL host "${hostname}": ${noSuchHost(hostname, '')}`);
  return new Promise((done, failed) => {
    get(url, response => {
      let text = '';
      response.setEncoding('utf8').on('data', part => {
        text += part;
      });
      response.on('end', () => done(text));
    }).on('error', failed);
  });
}

async function inspect(context) {
  const { settings, flags, args, print } = context;
  await openStore(settings);
  const { ref, servers } = findForServers(settings, args[0]);
  const server =
    servers.find(candidate => nameOf(candidate) === args[1]) ?? fail(`server ${args[1]} not found in catalog ${ref}`);
  const { readme } = server.snapshot.server;
  const readmeContent = readme ? await download(readme) : undefined;
  const shown = readmeContent === undefined ? server : { ...server, readmeContent };
  if (!printAs(context, shown, flags.format)) print(`Name: ${args[1]}\nType: ${server.type}\n`);
}

async function serverAdd({ settings, flags, args, print }) {
  await openStore(settings);
  const catalog = findForServers(settings, args[0]);
  const added = flags.server.flatMap(reference => resolveServers(settings, reference).map(toStoredServer));
  let replaced = 0;
  for (const server of added) {
    const at = catalog.servers.findIndex(old => nameOf(old) === nameOf(server));
    if (at < 0) {
      catalog.servers.push(server);
      continue;
    }
    replaced++;
    catalog.servers[at] = server;
    print(`Replaced server ${nameOf(server)} in catalog ${catalog.ref}\n`);
  }
  saveCatalog(settings, catalog);
  const note = replaced > 0 ? ` (replaced ${replaced})` : '';
  print(`Added ${added.length} server(s) to catalog '${catalog.ref}'${note}\n`);
}

async function serverRemove({ settings, args, print }) {
  await openStore(settings);
  const catalog = findForServers(settings, args[0]);
  const kept = catalog.servers.filter(server => !args.slice(1).includes(nameOf(server)));
  const removed = catalog.servers.length - kept.length;
  if (removed === 0) fail('no matching servers found to remove');
  saveCatalog(settings, { ...catalog, servers: kept });
  print(`Removed ${removed} server(s) from catalog '${catalog.ref}'\n`);
}

/** A path that a user wrote, from the folder where the command runs. */
export const fromHere = path => resolve(process.cwd(), path);

export const catalog = {
  word: 'catalog',
  about: 'Manage MCP server OCI catalogs',
  children: [
    {
      word: 'create',
      about: 'Create a new catalog from a profile, legacy catalog, or community registry',
      args: exactly(1),
      flags: {
        title: 'string',
        server: 'array',
        'from-profile': 'string',
        'from-legacy-catalog': 'string',
        'from-community-registry': 'string',
      },
      run: create,
    },
    { word: 'list', aliases: ['ls'], about: 'List catalogs', args: 'none', flags: format, run: list },
    { word: 'pull', about: 'Pull a catalog from an OCI registry', args: exactly(1), flags: {}, run: pull },
    { word: 'push', about: 'Push a catalog to an OCI registry', args: exactly(1), flags: {}, run: push },
    { word: 'remove', aliases: ['rm'], about: 'Remove a catalog', args: exactly(1), flags: {}, run: remove },
    {
      word: 'server',
      about: 'Manage servers in catalogs',
      children: [
        {
          word: 'add',
          about: 'Add MCP servers to a catalog',
          args: exactly(1),
          flags: { server: 'array' },
          required: ['server'],
          run: serverAdd,
        },
        { word: 'inspect', about: 'Inspect a server in a catalog', args: exactly(2), flags: format, run: inspect },
        {
          word: 'ls',
          aliases: ['list'],
          about: 'List servers in a catalog',
          args: exactly(1),
          flags: { ...format, filter: 'array' },
          shorthands: { f: 'filter' },
          run: serverList,
        },
        {
          word: 'remove',
          aliases: ['rm'],
          about: 'Remove MCP servers from a catalog',
          args: atLeast(2),
          flags: {},
          run: serverRemove,
        },
      ],
    },
    {
      word: 'show',
      about: 'Show a catalog',
      args: exactly(1),
      flags: { ...format, pull: 'string', yq: 'string', 'no-tools': 'bool' },
      run: show,
    },
    { word: 'tag', about: 'Create a tagged copy of a catalog', args: exactly(2), flags: {}, run: tag },
  ],
};

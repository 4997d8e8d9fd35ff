// What the gateway serves: from a profile, or from files. The lines that it prints on the way are those of the real one.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { hasFeature } from '../commands/features.mjs';
import { secretsEngineTrouble, storedSecrets } from '../commands/secrets.mjs';
import { goDuration } from '../go-format.mjs';
import { readJson } from '../settings.mjs';
import { findProfile, getProfile, listCatalogs, openStore } from '../store.mjs';
import { parseYaml, readYamlFile, resolveCatalogFile } from '../yaml-files.mjs';

const listOf = names => `[${names.join(' ')}]`;

/** Only what the database has: an edit after the start is not seen. */
export async function readProfileMode(gateway) {
  const { settings, flags, log } = gateway;
  log.line('- Reading profile configuration...');
  const startedAt = performance.now();
  await openStore(settings);
  const profile = flags.profile ? getProfile(settings, flags.profile) : findProfile(settings, 'default');
  if (!profile) log.line('  - Default profile not found, using empty configuration');
  const stored = storedSecrets(settings);
  const servers = (profile?.servers ?? []).map(server => ({
    name: server.snapshot.server.name,
    spec: server.snapshot.server,
    config: { [server.snapshot.server.name]: server.config ?? {} },
    tools: server.tools,
    // Without the secrets engine of Docker Desktop the reference itself goes into the container.
    secrets: name => (stored ? stored[name] : `se://docker/mcp/${name}`),
  }));
  if (profile) validate(profile);
  if (!stored && servers.some(({ spec }) => spec.secrets?.length > 0))
    log.line(`Warning: Failed to fetch secrets from secrets engine: ${secretsEngineTrouble(settings)}`);
  if (gateway.hasOwnTools) describeCatalogs(gateway);
  if (servers.length > 0) log.line(`- Configuration read in ${goDuration(performance.now() - startedAt)}`);
  return { servers, enabled: servers.map(({ name }) => name), watched: [] };
}

function describeCatalogs({ settings, log }) {
  const catalogs = listCatalogs(settings);
  if (catalogs.length === 0) return;
  log.line(`  - Loading ${catalogs.length} catalog(s) for dynamic tools`);
  for (const { ref, servers } of catalogs) log.line(`    - Processing catalog '${ref}' with ${servers.length} servers`);
  const names = new Set(catalogs.flatMap(({ servers }) => servers.map(({ snapshot }) => snapshot?.server.name)));
  log.line(`  - Total servers loaded from all catalogs: ${names.size}`);
}

const goType = value => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
};

const fits = (value, wanted) => goType(value) === wanted || (wanted === 'number' && goType(value) === 'integer');

function findConfigTroubles(server) {
  const config = server.config ?? {};
  return (server.snapshot.server.config ?? []).flatMap(schema => [
    ...(schema.required ?? []).filter(key => config[key] === undefined).map(key => `${key} (missing)`),
    ...Object.entries(schema.properties ?? {})
      .filter(([key, { type }]) => config[key] !== undefined && type && !fits(config[key], type))
      .map(
        ([key, { type }]) =>
          `${key} (validating root: type: ${JSON.stringify(config[key])} has type "${goType(config[key])}", want "${type}")`,
      ),
  ]);
}

function validate(profile) {
  const wrong = profile.servers
    .map(server => ({ name: server.snapshot.server.name, troubles: findConfigTroubles(server) }))
    .filter(({ troubles }) => troubles.length > 0);
  if (wrong.length === 0) return;
  const parts = wrong.map(
    ({ name, troubles }) => `Server '${name}':\n  Missing/invalid config: ${troubles.join(', ')}`,
  );
  throw new Error(
    `Cannot activate profile '${profile.name}'. Validation failed for ${wrong.length} server(s):\n\n${parts.join('\n\n')}`,
  );
}

/** All that a path gives until its end. A descriptor or a FIFO gives it once. */
function readToEnd(path) {
  const descriptor = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1];
  // By another program, because a FIFO that nobody feeds must not hold up the signals of this one.
  const child = spawn('cat', descriptor ? [] : ['--', path], {
    stdio: [descriptor ? Number(descriptor) : 'ignore', 'pipe', 'ignore'],
  });
  return new Promise((resolve, reject) => {
    const parts = [];
    child.stdout.on('data', part => parts.push(part));
    child.on('error', reject);
    child.on('close', code => resolve(code === 0 ? Buffer.concat(parts).toString() : undefined));
  });
}

async function readSecrets(settings, paths) {
  for (const path of paths.split(':')) {
    if (path === 'docker-desktop') return storedSecrets(settings) ?? {};
    const text = await readToEnd(path);
    if (text === undefined) continue;
    const pairs = text
      .split('\n')
      .filter(line => line.includes('=') && !line.startsWith('#'))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    return Object.fromEntries(pairs);
  }
  return {};
}

const placeOf = (settings, name) => (isAbsolute(name) ? name : join(settings.mcp, name));

function readMaps(settings, names, what) {
  return Object.assign(
    {},
    ...names.map(name => {
      const file = placeOf(settings, name);
      if (!existsSync(file)) return {};
      try {
        return parseYaml(readFileSync(file, 'utf8')) ?? {};
      } catch (error) {
        throw new Error(`reading ${what}: parsing ${what} file ${name}: ${error.message}`);
      }
    }),
  );
}

function catalogNames({ settings, flags, isNewest }) {
  const more = flags['additional-catalog'] ?? [];
  if (flags.catalog) return [...flags.catalog, ...more];
  if (isNewest) return ['docker-mcp.yaml', ...more];
  const configured = Object.keys(readJson(settings.legacyCatalogsFile, { catalogs: {} }).catalogs);
  const others = configured.filter(name => name !== 'docker-mcp').map(name => `${name}.yaml`);
  return ['docker-mcp.yaml', ...others, ...more];
}

function readCatalogs(gateway, names) {
  const { settings, log } = gateway;
  log.line(`  - Reading catalog from ${listOf(names)}`);
  const registry = {};
  try {
    for (const name of names) {
      const file = gateway.isNewest ? resolveCatalogFile(settings, name) : join(settings.catalogsFolder, name);
      for (const [key, entry] of Object.entries(readYamlFile(file)?.registry ?? {})) {
        if (registry[key])
          log.line(`Warning: overlapping key '${key}' found in catalog '${name}', overwriting previous value`);
        registry[key] = entry;
      }
    }
  } catch (error) {
    throw new Error(`reading catalog: ${error.message}`);
  }
  return registry;
}

/** Catalog, registry, configuration, tools and secrets from files. Asked again at each reload. */
export async function readFileMode(gateway) {
  const { settings, flags, log } = gateway;
  const startedAt = performance.now();
  log.line('- Reading configuration...');
  const registries = [...(flags.registry ?? ['registry.yaml']), ...(flags['additional-registry'] ?? [])];
  const usesRegistry = !flags.servers && !flags['enable-all-servers'];
  if (usesRegistry) log.line(`  - Reading registry from ${registries.join(', ')}`);
  const enabledBy = usesRegistry ? (readMaps(settings, registries, 'registry').registry ?? {}) : {};
  const entries = readCatalogs(gateway, catalogNames(gateway));
  const configs = [...(flags.config ?? ['config.yaml']), ...(flags['additional-config'] ?? [])];
  log.line(`  - Reading config from ${configs.join(', ')}`);
  const config = readMaps(settings, configs, 'config');
  const toolFiles = [...(flags['tools-config'] ?? ['tools.yaml']), ...(flags['additional-tools-config'] ?? [])];
  log.line(`  - Reading tools from ${toolFiles.join(', ')}`);
  const tools = readMaps(settings, toolFiles, 'tools');
  const secrets = await readSecrets(settings, flags.secrets ?? 'docker-desktop');
  const enabled = flags.servers ?? (flags['enable-all-servers'] ? Object.keys(entries).sort() : Object.keys(enabledBy));
  log.line(`- Configuration read in ${goDuration(performance.now() - startedAt)}`);
  const servers = enabled
    .filter(name => entries[name] && entries[name].type !== 'poci')
    .map(name => ({
      name,
      spec: { name, ...entries[name] },
      config,
      tools: tools[name],
      secrets: key => secrets[key],
    }));
  const watched = [...(usesRegistry ? registries : []), ...configs, ...toolFiles].map(name => placeOf(settings, name));
  return { servers, enabled, watched };
}

const fileFlags = [
  'servers',
  'enable-all-servers',
  'catalog',
  'additional-catalog',
  'registry',
  'additional-registry',
  'config',
  'additional-config',
  'tools-config',
  'additional-tools-config',
  'oci-ref',
  'mcp-registry',
];

/** Whether the flags name files, and not a profile. */
export const isFileMode = flags =>
  fileFlags.some(name => flags[name] !== undefined) ||
  (flags.secrets !== undefined && !flags.secrets.startsWith('docker-desktop'));

/** Whether the gateway offers tools of its own. */
export const hasOwnTools = (settings, flags) => hasFeature(settings, 'dynamic-tools') && !flags.servers;

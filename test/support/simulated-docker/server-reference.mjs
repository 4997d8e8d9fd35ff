// What --server takes: catalog://, docker://, https:// and file:// references.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fail, noSuchHost } from './failure.mjs';
import { goJsonError } from './go-format.mjs';
import { dockerArguments, hasImage } from './images.mjs';
import { normaliseReference } from './oci-reference.mjs';
import { toCatalogServer } from './server-spec.mjs';
import { findCatalog } from './store.mjs';
import { parseYaml, readYamlFile, resolveCatalogFile } from './yaml-files.mjs';

const invalid = why => fail(`invalid server value: ${why}`);

/** The catalog servers that a reference means; each may carry the catalog that it comes from. */
export function resolveServers(settings, reference) {
  const [, scheme, rest] =
    /^(catalog|docker|https?|file):\/\/(.+)$/s.exec(reference) ?? invalid(`invalid server value: ${reference}`);
  if (scheme === 'catalog') return fromCatalog(settings, rest);
  if (scheme === 'docker') return [fromImage(settings, rest)];
  if (scheme === 'file') return fromFile(settings, rest);
  return fromRegistry(reference);
}

const globOf = pattern => {
  const body = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${body}$`);
};

function fromCatalog(settings, rest) {
  const cut = rest.lastIndexOf('/');
  // Names of community servers hold slashes: the reference ends where a stored catalog's does.
  const slashes = [...rest].flatMap((character, at) => (character === '/' ? [at] : []));
  const found = slashes.map(at => [rest.slice(0, at), rest.slice(at + 1)]).find(([ref]) => isStored(settings, ref));
  const [written, names] = found ?? [rest.slice(0, cut), rest.slice(cut + 1)];
  const ref = normaliseReference(written);
  const catalog = findCatalog(settings, ref) ?? invalid(`catalog ${ref} not found`);
  const patterns = names.split('+');
  const missing = patterns.filter(pattern => !catalog.servers.some(server => globOf(pattern).test(nameOf(server))));
  if (missing.length > 0)
    invalid(`servers matching the following patterns were not found in catalog: [${missing.join(' ')}]`);
  const chosen = patterns.flatMap(pattern => catalog.servers.filter(server => globOf(pattern).test(nameOf(server))));
  return [...new Set(chosen)].map(server => ({ ...server, catalogRef: ref }));
}

const isStored = (settings, written) => {
  try {
    return findCatalog(settings, normaliseReference(written)) !== null;
  } catch {
    return false;
  }
};

export const nameOf = server => server.snapshot?.server?.name;

function labelOf(settings, image) {
  if (settings.images) return settings.images[image]?.metadata;
  const format = '{{index .Config.Labels "io.docker.server.metadata"}}';
  const text = execFileSync(
    settings.realDocker,
    dockerArguments(settings, ['image', 'inspect', '--format', format, image]),
    {
      encoding: 'utf8',
    },
  ).trim();
  return text === '' || text === '<no value>' ? undefined : parseYaml(text);
}

function fromImage(settings, image) {
  if (!hasImage(settings, image))
    invalid(
      `failed to resolve image ref: failed to get image: Get "https://index.docker.io/v2/": ${noSuchHost('index.docker.io')}`,
    );
  const metadata = labelOf(settings, image);
  if (!metadata)
    invalid(
      `failed to resolve image snapshot: failed to get catalog server from image: image ${image} is not a self-describing image`,
    );
  return toCatalogServer(metadata.name, { ...metadata, image });
}

function fromFile(settings, name) {
  const file = resolveCatalogFile(settings, name, 'invalid server value: ');
  if (!existsSync(file)) invalid(`failed to read file: open ${file}: no such file or directory`);
  if (file.endsWith('.json')) {
    const wrong = goJsonError(readYamlFile.text(file));
    if (wrong) invalid(`failed to unmarshal server: ${wrong}`);
  }
  const value = readYamlFile(file) ?? {};
  const entries = value.registry ? Object.entries(value.registry) : [[value.name, value]];
  return entries.map(([server, entry]) => {
    if (entry.snapshot) return entry;
    if (!['server', 'remote', undefined].includes(entry.type)) invalid(`unsupported server type: ${entry.type}`);
    return toCatalogServer(server, entry);
  });
}

function fromRegistry(reference) {
  const url = reference.replace(/\/versions\/[^/]*$/, '/versions');
  const { hostname } = new URL(url);
  return invalid(
    `failed to resolve registry: failed to get server versions from URL ${url}: failed to execute request: Get "${url}": resolving remote URL host "${hostname}": ${noSuchHost(hostname, '')}`,
  );
}

/** A server as a profile holds it: all tools on, no configuration. */
export function toProfileServer({ type, catalogRef, snapshot, image, endpoint, source }) {
  return {
    type,
    secrets: 'default',
    tools: null,
    ...(image ? { image } : {}),
    ...(endpoint ? { endpoint } : {}),
    ...(source ? { source } : {}),
    ...(catalogRef ? { catalogRef } : {}),
    snapshot,
  };
}

/** A server as a catalog holds it. */
export function toStoredServer({ type, snapshot, image, endpoint, source }) {
  return {
    type,
    ...(image === undefined ? {} : { image }),
    ...(endpoint ? { endpoint } : {}),
    ...(source ? { source } : {}),
    snapshot,
  };
}

// References of catalogs and profiles, and the registry that they are pushed to: a folder that stands for a loopback registry.
import { join } from 'node:path';
import { fail, noSuchHost } from './failure.mjs';
import { readJson, writeWhole } from './settings.mjs';
import { digestOf } from './store.mjs';

const pattern =
  /^(?:[a-z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** With its tag: `:latest` unless there is one. */
export function normaliseReference(reference) {
  if (!pattern.test(reference))
    fail(`failed to parse oci-reference ${reference}: could not parse reference: ${reference}`);
  const last = reference.slice(reference.lastIndexOf('/') + 1);
  return last.includes(':') || last.includes('@') ? reference : `${reference}:latest`;
}

const hostOf = reference => {
  const first = reference.split('/')[0];
  return reference.includes('/') && /[.:]|^localhost$/.test(first) ? first : undefined;
};

const fileOf = (settings, reference) => join(settings.registryFolder, `${encodeURIComponent(reference)}.json`);

function requireRegistry(settings, reference, prefix) {
  const host = hostOf(reference);
  if (host === undefined) fail(`${prefix}Get "https://index.docker.io/v2/": ${noSuchHost('index.docker.io')}`);
  if (settings.registries.includes(host)) return host;
  const [name, port] = host.split(':');
  const refused = scheme =>
    `Get "${scheme}://${host}/v2/": dial tcp 127.0.0.1:${port ?? 443}: connect: connection refused`;
  if (name === 'localhost' || name === '127.0.0.1') fail(`${prefix}${refused('https')}; ${refused('http')}`);
  return fail(`${prefix}Get "https://${host}/v2/": ${noSuchHost(name)}`);
}

/** What was pushed under a reference. Ends the command if nothing was. */
export function pullArtifact(settings, reference, kind = 'catalog') {
  const ref = normaliseReference(reference);
  const prefix = `failed to read OCI ${kind}: failed to fetch image/artifact ${reference}: `;
  const host = requireRegistry(settings, ref, prefix);
  const artifact = readJson(fileOf(settings, ref), null);
  if (artifact) return artifact;
  const [, name, tag] = /^[^/]+\/(.+):([^:]+)$/.exec(ref);
  return fail(
    `${prefix}GET http://${host}/v2/${name}/manifests/${tag}: MANIFEST_UNKNOWN: manifest unknown; map[Tag:${tag}]`,
  );
}

/** Puts a value into the registry; gives back its digest. */
export function pushArtifact(settings, reference, value) {
  const ref = normaliseReference(reference);
  requireRegistry(settings, ref, `failed to push ${ref}: `);
  writeWhole(fileOf(settings, ref), JSON.stringify(value));
  return digestOf(value);
}

// A file that becomes a catalog: what it holds, and how it is handed to docker mcp.
import type { CatalogSource } from '../../../shared/api/catalogs.ts';
import { type LegacyCatalog, ServerSpec } from './cli/schemas.ts';
import { type CatalogOfOffer, isLeftOut, LeftOut, toOffer } from './definition.ts';
import { notACatalog, readHostileDocument } from './hostile-document.ts';
import { fromServerJSON, isServerJSON } from './server-json.ts';
import { fromServerYAML, isServerYAML } from './server-yaml.ts';

export type DocumentFormat = NonNullable<Extract<CatalogSource, { type: 'file' }>['format']>;

export interface CatalogDocument {
  format: DocumentFormat;
  name: string;
  title: string;
  servers: ServerSpec[];
  /** What docker mcp would drop or refuse. */
  leftOut: { name: string; reason: string }[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Only to see whether a definition can be used at all. */
const nowhere: CatalogOfOffer = { ref: 'file', title: 'file', origin: 'imported' };

/**
 * Reads a file of one of the formats; without `format` it is found by looking at the content.
 * Errors: CATALOG_004 if it is none of them.
 */
export function readCatalogDocument(content: string, format?: DocumentFormat): CatalogDocument {
  const document = readHostileDocument(content);
  if (!isRecord(document)) throw notACatalog('It holds no map of values.');
  switch (format ?? findFormat(document)) {
    case 'legacy-catalog':
      return readLegacyCatalog(document);
    case 'server-yaml':
      return single('server-yaml', document, fromServerYAML(document));
    case 'server-json':
      return single('server-json', document, fromServerJSON(document));
    default:
      throw notACatalog(
        'It is neither a catalog, nor a server.yaml of docker/mcp-registry, nor a server.json of the MCP registry.',
      );
  }
}

function findFormat(document: Record<string, unknown>): DocumentFormat | undefined {
  if (isRecord(document['registry'])) return 'legacy-catalog';
  if (isServerJSON(document)) return 'server-json';
  if (isServerYAML(document)) return 'server-yaml';
  // One entry alone, as profiles take it from a file.
  return typeof document['name'] === 'string' && ('image' in document || 'remote' in document)
    ? 'legacy-catalog'
    : undefined;
}

function readLegacyCatalog(document: Record<string, unknown>): CatalogDocument {
  const { name, displayName, registry } = document;
  if (!isRecord(registry)) return single('legacy-catalog', document, toSpec(String(name ?? ''), document));
  const servers: ServerSpec[] = [];
  const leftOut: CatalogDocument['leftOut'] = [];
  for (const [key, entry] of Object.entries(registry)) {
    const spec = usable(toSpec(key, entry));
    if (isLeftOut(spec)) leftOut.push({ name: key.slice(0, 200), reason: spec.reason });
    else servers.push(spec);
  }
  const title = [displayName, name].find(each => typeof each === 'string' && each.trim() !== '');
  return {
    format: 'legacy-catalog',
    name: toFileName(typeof name === 'string' ? name : 'imported'),
    title: toTitle(typeof title === 'string' ? title : 'Imported catalog'),
    servers,
    leftOut,
  };
}

const single = (
  format: DocumentFormat,
  document: Record<string, unknown>,
  spec: ServerSpec | LeftOut,
): CatalogDocument => {
  const checked = usable(spec);
  const given = typeof document['name'] === 'string' ? document['name'] : 'server';
  const common = { format, name: toFileName(given), title: toTitle(given) };
  return isLeftOut(checked)
    ? { ...common, servers: [], leftOut: [{ name: given.slice(0, 200), reason: checked.reason }] }
    : { ...common, title: toTitle(checked.title ?? given), servers: [checked], leftOut: [] };
};

function toSpec(name: string, entry: unknown): ServerSpec | LeftOut {
  if (!isRecord(entry)) return new LeftOut('It is no description of a server.');
  const parsed = ServerSpec.safeParse({ ...entry, name });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return new LeftOut(`"${(issue?.path ?? []).join('.').slice(0, 100)}" is not as it should be.`);
}

function usable(spec: ServerSpec | LeftOut): ServerSpec | LeftOut {
  if (isLeftOut(spec)) return spec;
  const offer = toOffer(spec, nowhere);
  return isLeftOut(offer) ? offer : spec;
}

const toFileName = (name: string): string =>
  name
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100) || 'imported';

/** One line that cannot be read as a flag. */
export const toTitle = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/^[\s-]+/, '')
    .trim()
    .slice(0, 200) || 'Catalog';

/**
 * The catalog in Docker's older form. JSON is YAML in which nothing can be mistaken for a number, a date or a reference.
 * `docker mcp` names the catalog after `displayName`.
 */
export function toLegacyDocument({
  name,
  title,
  servers,
}: Pick<CatalogDocument, 'name' | 'title' | 'servers'>): string {
  const registry = Object.fromEntries(servers.map(({ name: server, ...entry }) => [server, entry]));
  return `${JSON.stringify({ name, displayName: title, registry } satisfies LegacyCatalog, null, 1)}\n`;
}

// What Docker's catalogs and profiles say of a server (its definition, or snapshot), in the words of every engine.
import * as z from 'zod';
import type { Catalog } from '../../../shared/api/catalogs.ts';
import type { SecretSlot } from '../../../shared/api/server-configuration.ts';
import { ServerSource } from '../../../shared/api/servers.ts';
import { DockerServerName } from '../../../shared/domain/docker-names.ts';
import { EnvironmentVariableName } from '../../../shared/domain/names.ts';
import type { CatalogOffer, ServerInProfile } from '../engine.ts';
import { canonicalJSON, sha256 } from './canonical-json.ts';
import { catalogIdOf, entryIdOf } from './catalog-ids.ts';
import type { CatalogServer, ProfileServer, ServerSpec } from './cli/schemas.ts';
import { configurationSchemaOf } from './config-schema.ts';

const most = { title: 200, description: 2_000, label: 64, labels: 32, word: 120, tool: 128, tools: 2_000 } as const;

const cut = (text: string | undefined, length: number): string => (text ?? '').trim().slice(0, length);

const httpsUrl = z.url({ protocol: /^https$/ }).max(2_048);
const httpUrl = z.url({ protocol: /^https?$/ }).max(2_048);
const urlOr = <T extends z.ZodType<string>>(schema: T, text: unknown): string | null => {
  const parsed = schema.safeParse(text);
  return parsed.success ? parsed.data : null;
};

/** Who made a catalog, from what `docker mcp` says of where it is from (CONTRACT section 4, `source` of a catalog). */
export function catalogOriginOf(ref: string, source: string | null): Catalog['origin'] {
  if (/^(?:(?:index\.)?docker\.io\/)?mcp\//.test(ref) || ref === 'docker-mcp') return 'vendor';
  if (source === null || source.startsWith('user:') || source.startsWith('profile:')) return 'own';
  return source.startsWith('registry:') ? 'community' : 'imported';
}

const isRemote = (spec: ServerSpec): boolean =>
  spec.type === 'remote' || (!spec.image && Boolean(spec.remote?.url ?? spec.sseEndpoint));

/** Where the server comes from. Undefined: it names neither an image nor an address that can be used. */
export function sourceOf(
  spec: ServerSpec,
  where: Pick<CatalogServer, 'image' | 'endpoint'> = {},
): Extract<ServerSource, { type: 'image' | 'remote' }> | undefined {
  const candidate = isRemote(spec)
    ? { type: 'remote', url: spec.remote?.url || spec.sseEndpoint || where.endpoint }
    : { type: 'image', image: where.image || spec.image, digest: null };
  const parsed = ServerSource.safeParse(candidate);
  return parsed.success && (parsed.data.type === 'image' || parsed.data.type === 'remote') ? parsed.data : undefined;
}

const SecretExtras = z.looseObject({
  description: z.string().optional().catch(undefined),
  example: z.union([z.string(), z.number()]).optional().catch(undefined),
  required: z.boolean().optional().catch(undefined),
});

/**
 * The secrets that it declares, by variable. Without a value the container would get the text "<UNKNOWN>" (CONTRACT section 6),
 * so each is required unless the definition says otherwise.
 */
export function secretSlotsOf({ secrets }: Pick<ServerSpec, 'secrets'>): SecretSlot[] {
  const slots = new Map<string, SecretSlot>();
  for (const secret of secrets ?? []) {
    const variable = EnvironmentVariableName.safeParse(secret.env);
    if (!variable.success || secret.name === '' || slots.has(secret.name)) continue;
    const { description, example, required } = SecretExtras.parse(secret);
    const hint = example === undefined ? '' : `Example: ${example}`;
    slots.set(secret.name, {
      name: secret.name.slice(0, 200),
      environmentVariable: variable.data,
      description: cut(description || hint, most.description) || null,
      required: required !== false,
    });
  }
  return [...slots.values()];
}

/** The names of its tools as far as the definition has them; many have none before they have run. */
export const toolNamesOf = ({ tools }: Pick<ServerSpec, 'tools'>): string[] =>
  [...new Set((tools ?? []).flatMap(({ name }) => (name === '' ? [] : [name.slice(0, most.tool)])))].slice(
    0,
    most.tools,
  );

/** Without what says nothing: the empty members that Go always writes. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(each => withoutEmpty(each) ?? null);
  if (typeof value !== 'object' || value === null) return value === '' || value === null ? undefined : value;
  const members = Object.entries(value).flatMap(([key, each]) => {
    const kept = withoutEmpty(each);
    const isEmpty = kept === undefined || (typeof kept === 'object' && kept !== null && Object.keys(kept).length === 0);
    return isEmpty ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(members);
}

/** What runs, and nothing of what is told about it: counts of pulls change every day, and a policy is its reader's. */
const whatRuns = ({ metadata, policy, icon, readme, ...rest }: Record<string, unknown>): Record<string, unknown> => {
  const kept = withoutEmpty(rest);
  return typeof kept === 'object' && kept !== null ? { ...kept } : {};
};

/** SHA-256 of the part of a definition that decides what runs; equal for what differs in order and empty members alone. */
export const definitionDigestOf = (definition: Record<string, unknown>): string =>
  sha256(canonicalJSON(whatRuns(definition)));

/** How the definition that a catalog offers differs from the one that a profile has. Null: it does not. */
export function findUpdate(
  current: Record<string, unknown>,
  offered: Record<string, unknown>,
): { from: string; to: string; detail: string } | null {
  if (definitionDigestOf(current) === definitionDigestOf(offered)) return null;
  const [before, after] = [whatRuns(current), whatRuns(offered)];
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(key => canonicalJSON(before[key]) !== canonicalJSON(after[key]))
    .sort();
  const [from, to] = [before['image'], after['image']];
  if (changed.includes('image') && typeof from === 'string' && typeof to === 'string') {
    const others = changed.filter(key => key !== 'image');
    const more = others.length > 0 ? ` It also changes: ${others.join(', ')}.` : '';
    return { from, to, detail: `The catalog has another image.${more}` };
  }
  const short = (definition: Record<string, unknown>) => definitionDigestOf(definition).slice(0, 12);
  return { from: short(current), to: short(offered), detail: `The catalog has changed: ${changed.join(', ')}.` };
}

/** The catalog that an entry is in, as far as the entry shows it. */
export interface CatalogOfOffer {
  ref: string;
  title: string;
  origin: Catalog['origin'];
}

const popularityOf = ({ metadata }: ServerSpec): number | null => {
  const known = metadata?.pulls ?? metadata?.githubStars ?? metadata?.stars;
  return known === undefined || !Number.isFinite(known) ? null : Math.max(0, Math.round(known));
};

const labelsOf = (labels: readonly (string | undefined)[]): string[] =>
  [...new Set(labels.flatMap(label => cut(label, most.label) || []))].slice(0, most.labels);

/** Who stands behind it: as it says, or the place that it comes from. */
const publisherOf = (spec: ServerSpec, source: ServerSource): string =>
  cut(spec.metadata?.owner, most.word) ||
  (source.type === 'remote'
    ? new URL(source.url).hostname
    : source.type === 'image'
      ? source.image.split('/').slice(0, -1).join('/')
      : '');

/** Why an entry cannot be used. A class, because an entry may have a member of any name. */
export class LeftOut {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}
export const isLeftOut = (result: object): result is LeftOut => result instanceof LeftOut;

/** An entry of a catalog, as every engine offers it. `where`: what the catalog says around the definition. */
export function toOffer(
  spec: ServerSpec,
  catalog: CatalogOfOffer,
  where: Pick<CatalogServer, 'image' | 'endpoint'> = {},
): CatalogOffer | LeftOut {
  const name = DockerServerName.safeParse(spec.name);
  if (!name.success) return new LeftOut('Its name has characters that a server’s name must not have.');
  if (spec.type === 'poci') return new LeftOut('It is of the type "poci", which docker mcp does not run any more.');
  const source = sourceOf(spec, where);
  if (!source) return new LeftOut('It names neither an image nor an address that can be used.');
  const toolNames = toolNamesOf(spec);
  return {
    id: entryIdOf(catalog.ref, name.data),
    title: cut(spec.title, most.title) || name.data,
    description: cut(spec.description, most.description),
    publisher: publisherOf(spec, source),
    license: cut(spec.metadata?.license, most.word),
    categories: labelsOf([spec.metadata?.category]),
    homepage: urlOr(httpUrl, spec.metadata?.registryUrl),
    origin: catalog.title,
    catalog: catalogIdOf(catalog.ref),
    catalogOrigin: catalog.origin,
    nameInCatalog: name.data,
    kind: source.type,
    tags: labelsOf(spec.metadata?.tags ?? []),
    icon: urlOr(httpsUrl, spec.icon),
    readme: urlOr(httpsUrl, spec.readme),
    secretSlots: secretSlotsOf(spec),
    popularity: popularityOf(spec),
    definitionDigest: definitionDigestOf(spec),
    engine: 'docker',
    source,
    configurationSchema: configurationSchemaOf(spec),
    toolNames,
    toolCount: spec.tools ? toolNames.length : null,
    runsInstallScripts: false,
  };
}

/** A server of a profile. Undefined: the profile holds no definition of it, or one that cannot be used. */
export function toServerInProfile(profile: string, server: ProfileServer): ServerInProfile | undefined {
  const spec = server.snapshot?.server;
  const source = spec && sourceOf(spec, server);
  if (!spec || !source || !DockerServerName.safeParse(spec.name).success) return undefined;
  return {
    profile,
    name: spec.name,
    title: cut(spec.title, most.title) || spec.name,
    description: cut(spec.description, most.description),
    source,
    catalogRef: server.catalogRef ?? null,
    definition: spec,
    settings: server.config ?? {},
    tools: server.tools,
  };
}

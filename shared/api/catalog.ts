import * as z from 'zod';
import { DockerServerName } from '../domain/docker-names.ts';
import { JSONSchema } from '../domain/json-schema.ts';
import { Name } from '../domain/names.ts';
import { pageOf, pageQuery, QueryFlag, type Route } from './route.ts';
import { SecretSlot } from './server-configuration.ts';
import { ServerSource } from './servers.ts';

/** Something that can be installed. */
export const CatalogEntry = z
  .object({
    id: Name,
    title: z.string(),
    description: z.string(),
    publisher: z.string(),
    license: z.string(),
    categories: z.array(z.string()),
    homepage: z.url().nullable(),
    origin: z.string().describe('The title of the catalog that the entry comes from'),
    catalog: Name.describe('The id of that catalog'),
    catalogOrigin: z.enum(['built-in', 'vendor', 'own', 'imported', 'community']),
    nameInCatalog: DockerServerName.describe('What the catalog calls it'),
    kind: z.enum(['package', 'image', 'remote']),
    tags: z.array(z.string()),
    icon: z
      .url({ protocol: /^https$/ })
      .nullable()
      .describe('Fetched by nobody but a person’s own browser'),
    readme: z.url({ protocol: /^https$/ }).nullable(),
    secretSlots: z.array(SecretSlot).describe('The secrets that it needs'),
    popularity: z.int().nullable().describe('Pulls or stars as the catalog tells them'),
    definitionDigest: z.string().nullable().describe('SHA-256 of the definition: it changes when the entry does'),
    engine: z.enum(['process', 'docker']),
    source: ServerSource,
    /** What the user can set before the install: a JSON Schema whose properties become arguments. */
    configurationSchema: JSONSchema.nullable().describe(
      'A form for what the server needs before its first start; null: nothing',
    ),
    toolNames: z.array(z.string()).describe('The tools that this version is known to have; may be cut in a list'),
    toolCount: z.int().nullable().describe('null: the catalog does not say'),
    runsInstallScripts: z.boolean(),
    installed: z.array(Name).describe('The servers that were installed from this entry'),
  })
  .meta({ id: 'CatalogEntry' });
export type CatalogEntry = z.infer<typeof CatalogEntry>;

export const listCatalog = {
  method: 'get',
  path: '/catalog',
  summary: 'List what can be installed',
  permission: 'catalog:read',
  audited: false,
  query: pageQuery(['title', 'id', 'publisher', 'popularity', 'relevance']).extend({
    q: z.string().max(200).optional().describe('Part of the name, title, description or a tool name'),
    category: z.string().max(64).optional(),
    installed: QueryFlag.optional(),
    catalog: Name.optional(),
    origin: z.enum(['built-in', 'vendor', 'own', 'imported', 'community']).optional(),
    kind: z.enum(['package', 'image', 'remote']).optional(),
    engine: z.enum(['process', 'docker']).optional(),
    tag: z.string().max(64).optional(),
    license: z.string().max(64).optional(),
    has_secrets: QueryFlag.optional(),
  }),
  status: 200,
  response: pageOf(CatalogEntry),
  problems: [],
} as const satisfies Route;

/** What the filters can be set to, with how many entries each leaves. */
export const CatalogFacets = z
  .object({
    categories: z.array(z.object({ value: z.string(), count: z.int() })),
    tags: z.array(z.object({ value: z.string(), count: z.int() })),
    licenses: z.array(z.object({ value: z.string(), count: z.int() })),
    kinds: z.array(z.object({ value: z.string(), count: z.int() })),
    total: z.int(),
  })
  .meta({ id: 'CatalogFacets' });
export type CatalogFacets = z.infer<typeof CatalogFacets>;

export const getCatalogFacets = {
  method: 'get',
  path: '/catalog-facets',
  summary: 'List the categories, tags, licences and kinds that the catalog has',
  permission: 'catalog:read',
  audited: false,
  query: z.object({ catalog: Name.optional(), engine: z.enum(['process', 'docker']).optional() }),
  status: 200,
  response: CatalogFacets,
  problems: [],
} as const satisfies Route;

export const getCatalogEntry = {
  method: 'get',
  path: '/catalog/{id}',
  summary: 'Show one catalog entry',
  permission: 'catalog:read',
  audited: false,
  params: z.object({ id: Name }),
  status: 200,
  response: CatalogEntry,
  problems: ['CATALOG_001'],
} as const satisfies Route;

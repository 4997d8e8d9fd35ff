import * as z from 'zod';
import { ImageReference, ProfileId } from '../domain/docker-names.ts';
import { limits } from '../domain/limits.ts';
import { Name } from '../domain/names.ts';
import { dockerProblems } from './docker.ts';
import { Operation } from './operations.ts';
import { Problem } from './problem.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';

/** A collection of entries. Its entries are found by `GET /catalog?catalog=ID`. */
export const Catalog = z
  .object({
    id: Name.describe('Made from the reference; the same as long as the reference is'),
    ref: z.string().describe('Docker’s reference, or "quayside" for what comes with Quayside'),
    title: z.string(),
    engine: z.enum(['process', 'docker']),
    origin: z.enum(['built-in', 'vendor', 'own', 'imported', 'community']).describe('Who made it'),
    source: z.string().nullable().describe('Where docker mcp got it, as it says it'),
    digest: z.string().nullable(),
    entries: z.int(),
    readAt: z.iso.datetime().nullable().describe('When its content was last read'),
    cached: z.boolean().describe('True if what is shown is from the cache because it cannot be read now'),
    problem: Problem.nullable().describe('Why it could not be read'),
    fixed: z.boolean().describe('True if it cannot be removed'),
  })
  .meta({ id: 'Catalog' });
export type Catalog = z.infer<typeof Catalog>;

export const CatalogSource = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('empty') }).strict(),
    z
      .object({ type: z.literal('oci'), ref: ImageReference })
      .strict()
      .describe('Pull it; its reference is its name'),
    z.object({ type: z.literal('profile'), profile: ProfileId }).strict(),
    z
      .object({
        type: z.literal('file'),
        format: z
          .enum(['legacy-catalog', 'server-yaml', 'server-json'])
          .optional()
          .describe('Default: found by looking at the content'),
        content: z.string().min(1).max(4_000_000),
      })
      .strict()
      .describe(
        'A catalog in Docker’s older YAML, a server.yaml of docker/mcp-registry, or a server.json of the MCP registry',
      ),
    z.object({ type: z.literal('entries'), entries: z.array(Name).min(1).max(500) }).strict(),
  ])
  .meta({ id: 'CatalogSource' });
export type CatalogSource = z.infer<typeof CatalogSource>;

export const CatalogPreview = z
  .object({
    format: z.string(),
    title: z.string(),
    servers: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        kind: z.string(),
        change: z.enum(['added', 'removed', 'changed', 'same']),
      }),
    ),
    leftOut: z
      .array(z.object({ name: z.string(), reason: z.string() }))
      .describe('What docker mcp would drop or refuse'),
    replaces: z.boolean().describe('True if a catalog of this reference is there already'),
  })
  .meta({ id: 'CatalogPreview' });
export type CatalogPreview = z.infer<typeof CatalogPreview>;

const params = z.object({ id: Name });
const newCatalog = z
  .object({
    ref: ImageReference,
    title: z.string().trim().min(1).max(200).optional(),
    from: CatalogSource,
    replace: z.boolean().default(false).describe('Allow to overwrite a catalog of the same reference'),
  })
  .strict()
  .meta({ id: 'NewCatalog' });
export type NewCatalog = z.infer<typeof newCatalog>;

const problems = ['ENGINE_001', ...dockerProblems] as const;

export const listCatalogs = {
  method: 'get',
  path: '/catalogs',
  summary: 'List the catalogs',
  permission: 'catalog:read',
  audited: false,
  query: pageQuery(['title', 'ref', 'origin']),
  status: 200,
  response: pageOf(Catalog),
  problems: [],
} as const satisfies Route;

export const getCatalog = {
  method: 'get',
  path: '/catalogs/{id}',
  summary: 'Show one catalog',
  permission: 'catalog:read',
  audited: false,
  params,
  status: 200,
  response: Catalog,
  problems: ['CATALOG_002'],
} as const satisfies Route;

export const previewCatalog = {
  method: 'post',
  path: '/catalogs/preview',
  summary: 'Show what creating or importing a catalog would do',
  permission: 'catalog:read',
  audited: false,
  body: newCatalog,
  bodyBytes: limits.documentBody,
  status: 200,
  response: CatalogPreview,
  problems: ['CATALOG_001', 'CATALOG_003', 'CATALOG_004', 'PROFILE_001', ...problems],
} as const satisfies Route;

export const createCatalog = {
  method: 'post',
  path: '/catalogs',
  summary: 'Create or import a catalog',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['ref', 'title', 'from.type', 'from.ref', 'from.profile', 'replace'],
  body: newCatalog,
  bodyBytes: limits.documentBody,
  status: 201,
  response: Catalog,
  problems: ['CATALOG_001', 'CATALOG_003', 'CATALOG_004', 'PROFILE_001', ...problems],
} as const satisfies Route;

export const pullCatalog = {
  method: 'post',
  path: '/catalogs/pull',
  summary: 'Pull a catalog from its registry, for the first time or again',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['ref'],
  body: z.object({ ref: ImageReference }).strict(),
  status: 202,
  response: Operation,
  problems: [...problems],
} as const satisfies Route;

export const tagCatalog = {
  method: 'post',
  path: '/catalogs/{id}/tag',
  summary: 'Give a catalog a second reference',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['ref'],
  params,
  body: z.object({ ref: ImageReference, replace: z.boolean().default(false) }).strict(),
  status: 200,
  response: Catalog,
  problems: ['CATALOG_002', 'CATALOG_003', ...problems],
} as const satisfies Route;

export const pushCatalog = {
  method: 'post',
  path: '/catalogs/{id}/push',
  summary: 'Push a catalog to its registry',
  permission: 'servers:manage',
  audited: true,
  params,
  status: 202,
  response: Operation,
  problems: ['CATALOG_002', ...problems],
} as const satisfies Route;

export const deleteCatalog = {
  method: 'delete',
  path: '/catalogs/{id}',
  summary: 'Remove a catalog; servers that came from it stay',
  permission: 'servers:manage',
  audited: true,
  params,
  status: 200,
  response: Nothing,
  problems: ['CATALOG_002', 'CATALOG_005', ...problems],
} as const satisfies Route;

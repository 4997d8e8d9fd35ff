import * as z from 'zod';
import { JSONSchema } from '../domain/json-schema.ts';
import { Name } from '../domain/names.ts';
import { pageOf, pageQuery, QueryFlag, type Route } from './route.ts';
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
    origin: z.string().describe('The catalog that the entry comes from'),
    engine: z.enum(['process', 'docker']),
    source: ServerSource,
    /** What the user can set before the install: a JSON Schema whose properties become arguments. */
    configurationSchema: JSONSchema.nullable().describe(
      'A form for what the server needs before its first start; null: nothing',
    ),
    toolNames: z.array(z.string()).describe('The tools that this version is known to have'),
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
  query: pageQuery(['title', 'id', 'publisher']).extend({
    q: z.string().max(200).optional().describe('Part of the name, title, description or a tool name'),
    category: z.string().max(64).optional(),
    installed: QueryFlag.optional(),
  }),
  status: 200,
  response: pageOf(CatalogEntry),
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

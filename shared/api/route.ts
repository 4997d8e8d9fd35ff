// What a route is: data, from which the server, the OpenAPI document, the client, the permission matrix and the audit follow.
import * as z from 'zod';
import { limits } from '../domain/limits.ts';
import type { ProblemCode } from './problem.ts';

export const permissions = [
  'daemon:read',
  'daemon:manage',
  'servers:read',
  'servers:manage',
  'servers:operate',
  'tools:read',
  'tools:call',
  'catalog:read',
  'operations:read',
  'operations:manage',
  'events:read',
  'access:read',
  'access:list',
  'access:manage',
  'access:token',
  'audit:read',
  'secrets:read',
  'secrets:manage',
  'vault:manage',
  'approvals:read',
  'approvals:decide',
  'approvals:manage',
  'calls:read',
  'calls:manage',
] as const;
export type Permission = (typeof permissions)[number];

export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below /api/v1, with parameters in braces: `/servers/{id}`. */
  readonly path: string;
  /** One short sentence in the imperative, shown on the API page. */
  readonly summary: string;
  /** `public` answers without a token; every other value is asked of the policy. */
  readonly permission: Permission | 'public';
  /** True if a success is worth a row in the audit log. Denials are always recorded. */
  readonly audited: boolean;
  /** Members of the body that the audit row names, as dotted paths. Nothing that may hold a secret. */
  readonly auditedFields?: readonly string[];
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** The largest body in bytes, where it is not the usual one. */
  readonly bodyBytes?: number;
  readonly status: 200 | 201 | 202 | 204;
  readonly response: z.ZodType;
  /** The codes that this route may answer besides those that every route may. */
  readonly problems: readonly ProblemCode[];
  /** `events`: the answer is a server-sent event stream and not one JSON document. */
  readonly stream?: 'events';
}

type Part<T, K extends string> = T extends z.ZodType ? { [key in K]: z.input<T> } : unknown;
type OptionalPart<T, K extends string> = T extends z.ZodType
  ? Record<string, never> extends z.input<T>
    ? { [key in K]?: z.input<T> }
    : { [key in K]: z.input<T> }
  : unknown;

/** What a caller passes: `{ params, query, body }`, each only where the route has it. */
export type RouteInput<R extends Route> = Part<R['params'], 'params'> &
  OptionalPart<R['query'], 'query'> &
  OptionalPart<R['body'], 'body'>;
/** What a caller gets. */
export type RouteOutput<R extends Route> = z.output<R['response']>;

/** The answer of routes that have nothing to say. */
export const Nothing = z.object({}).meta({ id: 'Nothing' });

/** The query of a list: page from 1, limit 20 and at most 100, one sort key of the given ones. */
export const pageQuery = <const K extends readonly [string, ...string[]]>(sortKeys: K) =>
  z.object({
    page: z.coerce.number().int().min(1).max(1_000_000).default(1),
    limit: z.coerce.number().int().min(1).max(limits.pageSize.most).default(limits.pageSize.default),
    sort_by: z.enum(sortKeys).default(sortKeys[0]),
    sort_order: z.enum(['asc', 'desc']).default('asc'),
  });

/** The answer of a list: the rows of one page and how many rows there are in all. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({
    items: z.array(row),
    total: z.int().nonnegative(),
    page: z.int().positive(),
    limit: z.int().positive(),
  });
export interface Page<T> {
  items: T[];
  total: number;
  page: number;
  limit: number;
}
export interface PageQuery {
  page: number;
  limit: number;
  sort_by: string;
  sort_order: 'asc' | 'desc';
}
/** A query flag: `true`, `false`, `1` or `0`. */
export const QueryFlag = z
  .union([z.boolean(), z.enum(['true', 'false', '1', '0'])])
  .transform(value => value === true || value === 'true' || value === '1');

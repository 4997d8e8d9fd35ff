import * as z from 'zod';
import { ExactVersion, Name, ToolName } from '../domain/names.ts';
import { Problem } from './problem.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { ServerParams } from './servers.ts';

export const ToolChange = z
  .object({
    path: z.string().describe('JSON pointer into the definition: /inputSchema/properties/a/type'),
    message: z.string(),
    breaking: z.boolean().describe('A caller that worked before may not work any more'),
  })
  .meta({ id: 'ToolChange' });
export type ToolChange = z.infer<typeof ToolChange>;

export const ToolDifference = z
  .object({
    tool: z.string(),
    kind: z.enum(['added', 'removed', 'changed']),
    breaking: z.boolean(),
    changes: z.array(ToolChange),
    diff: z.string().describe('The two definitions as JSON, line by line'),
  })
  .meta({ id: 'ToolDifference' });
export type ToolDifference = z.infer<typeof ToolDifference>;

export const ReplayedCall = z
  .object({
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    same: z.boolean(),
    diff: z.string().nullable(),
    before: z.object({ durationMs: z.number(), outcome: z.enum(['ok', 'tool-error', 'failed']) }),
    after: z.object({ durationMs: z.number(), outcome: z.enum(['ok', 'tool-error', 'failed']) }),
  })
  .meta({ id: 'ReplayedCall' });
export type ReplayedCall = z.infer<typeof ReplayedCall>;

export const Comparison = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
    step: z.string().describe('What it is doing now, for a person'),
    serverId: Name,
    other: z.string().describe('The other version, or the other server'),
    problem: Problem.nullable(),
    tools: z.array(ToolDifference),
    unchangedTools: z.int(),
    calls: z.array(ReplayedCall),
    notReplayed: z.array(z.object({ tool: z.string(), reason: z.string() })),
    breaking: z.boolean(),
    latencyRatio: z
      .number()
      .nullable()
      .describe('Median of the other one by that of the server; null: nothing was called'),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Comparison' });
export type Comparison = z.infer<typeof Comparison>;

export const ComparisonSummary = Comparison.omit({ tools: true, calls: true, notReplayed: true }).meta({
  id: 'ComparisonSummary',
});
export type ComparisonSummary = z.infer<typeof ComparisonSummary>;

export const NewComparison = z
  .object({
    serverId: Name,
    other: z.union([
      z.object({ version: z.union([ExactVersion, z.literal('latest')]) }).strict(),
      z.object({ serverId: Name }).strict(),
    ]),
    calls: z
      .array(z.object({ tool: ToolName, arguments: z.record(z.string(), z.unknown()).default({}) }).strict())
      .max(100)
      .default([])
      .describe('Calls to make on both, besides those that are saved; only of tools that say they are read-only'),
  })
  .strict();
export type NewComparison = z.infer<typeof NewComparison>;

const ComparisonParams = z.object({ id: z.string().min(1).max(64) });

export const createComparison = {
  method: 'post',
  path: '/comparisons',
  summary: 'Compare a server with another version of it, or with another server: tools, results and latency',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['serverId', 'other.version', 'other.serverId'],
  body: NewComparison,
  status: 202,
  response: Comparison,
  problems: ['SERVER_001', 'SERVER_003', 'TEST_003', 'DAEMON_003'],
} as const satisfies Route;

export const getComparison = {
  method: 'get',
  path: '/comparisons/{id}',
  summary: 'Show a comparison of two versions',
  permission: 'tools:read',
  audited: false,
  params: ComparisonParams,
  status: 200,
  response: Comparison,
  problems: ['TEST_001'],
} as const satisfies Route;

export const listServerComparisons = {
  method: 'get',
  path: '/servers/{id}/comparisons',
  summary: 'List the comparisons of a server that are known: the last ones since the daemon began',
  permission: 'tools:read',
  audited: false,
  params: ServerParams,
  query: pageQuery(['started_at']),
  status: 200,
  response: pageOf(ComparisonSummary),
  problems: ['SERVER_001'],
} as const satisfies Route;

export const cancelComparison = {
  method: 'post',
  path: '/comparisons/{id}/cancel',
  summary: 'End a comparison and remove what it has installed',
  permission: 'servers:manage',
  audited: true,
  params: ComparisonParams,
  status: 200,
  response: Comparison,
  problems: ['TEST_001'],
} as const satisfies Route;

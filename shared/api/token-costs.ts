import * as z from 'zod';
import { Name } from '../domain/names.ts';
import type { Route } from './route.ts';

export const TokenCosts = z
  .object({
    countedWith: z.string().describe('o200k_base; other models differ by some per cent'),
    total: z.int().describe('All that /mcp shows now: the tools of servers that run'),
    waiting: z.int().describe('Tools that are still to be counted, and are in no sum'),
    servers: z.array(
      z.object({
        serverId: Name,
        running: z.boolean().describe('False: its tools are in no list now, and not in the total'),
        tools: z.int(),
        tokens: z.int(),
      }),
    ),
    profiles: z
      .array(z.object({ profile: z.string(), tools: z.int(), tokens: z.int() }))
      .describe('With all of their servers'),
  })
  .meta({ id: 'TokenCosts', description: 'What the definitions of tools cost in every conversation.' });
export type TokenCosts = z.infer<typeof TokenCosts>;

export const getTokenCosts = {
  method: 'get',
  path: '/token-costs',
  summary: 'Show what the tools cost in every conversation, by server, by profile and in all',
  permission: 'tools:read',
  audited: false,
  status: 200,
  response: TokenCosts,
  problems: [],
} as const satisfies Route;

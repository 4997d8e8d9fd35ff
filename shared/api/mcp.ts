// Sessions of MCP clients with the gateway, and what of each server reaches them.
import * as z from 'zod';
import { lossReasons } from '../domain/losses.ts';
import { Name } from '../domain/names.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';
import { ServerParams } from './servers.ts';

/** On requests that came as lines of a stdio client, which has no headers that could repeat arguments. */
export const relayHeader = 'x-quayside-relay';

export const McpSession = z
  .object({
    id: z.string().describe('What the session is called here; it is not what the client sends'),
    client: z.string().nullable().describe('What the client calls itself, for example "claude-code 2.1"'),
    protocolVersion: z.string(),
    path: z.string().describe('The address that it is connected to: /mcp, /mcp/{profile} or /mcp/server/{server}'),
    principal: z.string().describe('Who began it, for example "agent cursor (key)"'),
    since: z.iso.datetime(),
    lastUsedAt: z.iso.datetime(),
    calls: z.int().describe('Requests in this session so far'),
    streams: z.int().describe('Streams that are open now'),
  })
  .meta({ id: 'McpSession' });
export type McpSession = z.infer<typeof McpSession>;

export const pathFeatures = [
  'tools',
  'resources',
  'subscribe',
  'prompts',
  'completion',
  'logging',
  'progress',
  'list_changed',
  'sampling',
  'elicitation',
  'roots',
  'tasks',
] as const;

export const ServerPath = z
  .object({
    serverId: Name,
    running: z.boolean(),
    protocolVersion: z.string().nullable().describe('The revision spoken with the server; null if it has not run yet'),
    features: z.array(
      z.object({
        feature: z.enum(pathFeatures),
        offered: z
          .boolean()
          .nullable()
          .describe('By the server; null: servers do not announce it, or it has not run yet'),
        forwarded: z.boolean().describe('By the gateway'),
        clients: z.array(
          z.object({
            sessionId: z.string(),
            client: z.string().nullable(),
            accepts: z.boolean(),
          }),
        ),
      }),
    ),
    losses: z.array(
      z.object({
        what: z.string().describe('For example sampling/createMessage'),
        reason: z.enum(lossReasons),
        times: z.int(),
      }),
    ),
  })
  .meta({ id: 'ServerPath' });
export type ServerPath = z.infer<typeof ServerPath>;

export const listMcpSessions = {
  method: 'get',
  path: '/mcp/sessions',
  summary: 'List the sessions of MCP clients',
  permission: 'access:list',
  audited: false,
  query: pageQuery(['lastUsedAt', 'since', 'client']),
  status: 200,
  response: pageOf(McpSession),
  problems: [],
} as const satisfies Route;

export const deleteMcpSession = {
  method: 'delete',
  path: '/mcp/sessions/{id}',
  summary: 'End an MCP client’s session; the client may begin another one',
  permission: 'servers:operate',
  audited: true,
  params: z.object({ id: z.string().regex(/^[0-9a-f]{16}$/) }),
  status: 200,
  response: Nothing,
  problems: ['MCP_001'],
} as const satisfies Route;

export const getServerPath = {
  method: 'get',
  path: '/servers/{id}/path',
  summary: 'Show what of a server reaches the clients, and what is lost on the way',
  permission: 'servers:read',
  audited: false,
  params: ServerParams,
  status: 200,
  response: ServerPath,
  problems: ['SERVER_001'],
} as const satisfies Route;

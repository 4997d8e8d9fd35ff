import * as z from 'zod';
import { ProfileId } from '../domain/docker-names.ts';
import { Name } from '../domain/names.ts';
import { ApprovalState } from './approvals.ts';
import { Call } from './calls.ts';
import { DockerStatus } from './docker.ts';
import { Gateway } from './gateways.ts';
import { LockState } from './locks.ts';
import { Operation } from './operations.ts';
import { Profile } from './profiles.ts';
import { Question } from './questions.ts';
import type { Route } from './route.ts';
import { Secret } from './secrets.ts';
import { MCPServer } from './servers.ts';
import { TestProgress, TestRunSummary } from './tests.ts';
import { VaultStatus } from './vault.ts';

/** `by`: whose call it is, as kind and id; nobody else hears of it but the owner. */
const ofWatchedCall = { callId: z.string(), by: z.string(), serverId: Name };

/**
 * What goes out on the one event stream. `reset`: events were missed (a new daemon, or too long away), so read
 * everything again; it is also the first event of every stream that does not resume.
 */
export const DaemonEvent = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('reset') }),
    z.object({ type: z.literal('server.changed'), server: MCPServer }),
    z.object({ type: z.literal('server.removed'), serverId: Name }),
    z.object({ type: z.literal('server.output'), serverId: Name, lines: z.array(z.string()) }),
    z
      .object({ type: z.literal('tools.changed'), serverId: Name, countedOnly: z.boolean().optional() })
      .describe('countedOnly: nothing of them is other but that it is known now what they cost'),
    z
      .object({ type: z.literal('clashes.changed') })
      .describe('Which servers there are, or what was decided: read them again'),
    z.object({
      type: z.literal('lock.changed'),
      serverId: Name,
      state: LockState,
      waiting: z.int(),
      quarantined: z.int(),
    }),
    // Without the arguments: whoever may read them asks for the approval.
    z.object({
      type: z.literal('approval.changed'),
      approvalId: z.string(),
      serverId: Name,
      tool: z.string(),
      state: ApprovalState,
      expiresAt: z.iso.datetime(),
    }),
    z.object({ type: z.literal('approval-rules.changed'), version: z.int() }),
    z
      .object({ type: z.literal('call.finished'), serverId: Name, calls: z.array(Call), more: z.int() })
      .describe('The last calls that ended, and how many more; for those who may read the history'),
    z
      .object({
        type: z.literal('call.progress'),
        ...ofWatchedCall,
        progress: z.number(),
        total: z.number().nullable(),
        message: z.string().nullable(),
      })
      .describe('Of a watched call; the last one alone if they come too fast'),
    z.object({
      type: z.literal('call.log'),
      ...ofWatchedCall,
      level: z.string(),
      logger: z.string().nullable(),
      data: z.unknown(),
    }),
    z.object({ type: z.literal('question.asked'), by: ofWatchedCall.by, serverId: Name, question: Question }),
    z.object({
      type: z.literal('question.settled'),
      ...ofWatchedCall,
      questionId: z.string(),
      action: z.enum(['accept', 'decline', 'cancel', 'expired']),
    }),
    z.object({ type: z.literal('operation.changed'), operation: Operation }),
    z.object({ type: z.literal('docker.changed'), docker: DockerStatus }),
    z.object({ type: z.literal('profile.changed'), profile: Profile }),
    z.object({ type: z.literal('profile.removed'), profileId: ProfileId }),
    z.object({ type: z.literal('gateway.changed'), gateway: Gateway }),
    z.object({ type: z.literal('gateway.output'), profile: ProfileId, lines: z.array(z.string()) }),
    z.object({ type: z.literal('mcp.changed') }).describe('Sessions of MCP clients: read them again'),
    z.object({ type: z.literal('catalogs.changed') }),
    z.object({ type: z.literal('containers.changed') }),
    z.object({ type: z.literal('clients.changed') }),
    z.object({ type: z.literal('secret.changed'), secret: Secret }),
    z.object({ type: z.literal('secret.removed'), secretId: z.string() }),
    z.object({ type: z.literal('vault.changed'), vault: VaultStatus }),
    z.object({ type: z.literal('access.changed') }).describe('Users, keys, providers or sessions: read them again'),
    z.object({ type: z.literal('bitwarden.changed') }),
    z
      .object({ type: z.literal('test-run.changed'), run: TestRunSummary, results: z.array(TestProgress) })
      .describe('What has changed since the last such event; the run has it all'),
    z.object({ type: z.literal('daemon.stopping'), reason: z.string() }),
  ])
  .meta({ id: 'DaemonEvent' });
export type DaemonEvent = z.infer<typeof DaemonEvent>;

/** An event with its place in the stream: opaque, to be handed back as `Last-Event-ID`. */
export interface NumberedEvent {
  id: string;
  event: DaemonEvent;
}

export const streamEvents = {
  method: 'get',
  path: '/events',
  summary: 'Follow all changes as server-sent events; Last-Event-ID resumes',
  permission: 'events:read',
  audited: false,
  status: 200,
  response: DaemonEvent,
  problems: [],
  stream: 'events',
} as const satisfies Route;

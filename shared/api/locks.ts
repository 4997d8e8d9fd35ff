// The definition lock: what a person has approved of each server's tools, what the server says now, and what that keeps back.
import * as z from 'zod';
import { limits } from '../domain/limits.ts';
import { Name, ToolName } from '../domain/names.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { ServerParams } from './servers.ts';

export const Digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'A digest is sha256: and 64 hexadecimal digits.')
  .meta({ id: 'Digest', description: 'SHA-256 of the canonical JSON (RFC 8785)' });

export const LockMode = z.enum(['ask', 'approve-additions', 'off']).meta({
  id: 'LockMode',
  description: 'ask: every change waits for a person; approve-additions: new tools do not; off: nothing does',
});
export type LockMode = z.infer<typeof LockMode>;

export const LockState = z.enum(['approved', 'changed', 'never-listed']).meta({ id: 'LockState' });
export type LockState = z.infer<typeof LockState>;

export const LockedToolState = z
  .enum(['approved', 'changed', 'added', 'renamed', 'removed'])
  .meta({ id: 'LockedToolState', description: 'What the tool is, compared with what was approved' });
export type LockedToolState = z.infer<typeof LockedToolState>;

export const ServerLock = z
  .object({
    serverId: Name,
    title: z.string(),
    mode: LockMode,
    state: LockState,
    tools: z.int().describe('How many the server offers or has offered'),
    quarantined: z.int().describe('How many of them are neither listed nor callable'),
    waiting: z.int().describe('How many changes ask for a decision; a rejected one does not ask again'),
    approvedAt: z.iso.datetime().nullable(),
    approvedBy: z.string().nullable(),
    changedAt: z.iso.datetime().nullable().describe('When the server last showed something else than before'),
  })
  .meta({ id: 'ServerLock' });
export type ServerLock = z.infer<typeof ServerLock>;

export const LockedTool = z
  .object({
    name: z.string(),
    state: LockedToolState,
    formerName: z.string().nullable().describe('Of a renamed tool: what it was called'),
    quarantined: z.boolean(),
    rejected: z.boolean(),
    digest: Digest.describe('Of the definition that the server sends now; of a removed tool, of the approved one'),
    approvedDigest: Digest.nullable(),
    approvedAt: z.iso.datetime().nullable(),
    approvedBy: z.string().nullable(),
    seenAt: z.iso.datetime().nullable(),
    before: z.string().nullable().describe('The approved definition, with everything invisible written out'),
    after: z.string().nullable().describe('The definition now. Both are null for a tool that is as it was approved'),
  })
  .meta({ id: 'LockedTool' });
export type LockedTool = z.infer<typeof LockedTool>;

const Compared = z.object({
  changed: z.boolean(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});

export const ServerLockDetail = ServerLock.extend({
  digest: Digest.nullable().describe('Of everything as it is now: what approving or rejecting all is bound to'),
  source: Compared.describe('The package with its integrity, the image with its digest, the command or the address'),
  instructions: Compared.describe('What the server tells models about itself; kept back while it is not approved'),
  factsRejected: z.boolean().describe('True if source and instructions as they are now were rejected'),
  items: z.array(LockedTool),
}).meta({ id: 'ServerLockDetail' });
export type ServerLockDetail = z.infer<typeof ServerLockDetail>;

/** What a decision is about: these tools, or everything; each bound to the digest that the person has seen. */
export const LockChoice = z
  .union([
    z
      .object({
        tools: z
          .array(z.object({ name: ToolName, digest: Digest }))
          .min(1)
          .max(2000),
      })
      .strict(),
    z.object({ digest: Digest }).strict(),
  ])
  .meta({ id: 'LockChoice' });
export type LockChoice = z.infer<typeof LockChoice>;

export const lockFileVersion = 1;

/** The same for the same approved tools, on every machine; it holds no address's query and no secret. */
export const LockFile = z
  .object({
    lockFileVersion: z.literal(lockFileVersion),
    servers: z.record(
      Name,
      z
        .object({
          source: z.record(z.string(), z.string().nullable()),
          instructions: Digest.nullable(),
          tools: z.record(ToolName, Digest),
          set: Digest.describe('Of source, instructions and tools together'),
        })
        .strict(),
    ),
  })
  .strict()
  .meta({ id: 'LockFile', description: 'quayside.lock.json' });
export type LockFile = z.infer<typeof LockFile>;

export const LockDifference = z
  .object({
    serverId: z.string(),
    tool: z.string().nullable(),
    kind: z.enum([
      'server-missing',
      'server-added',
      'never-listed',
      'source',
      'instructions',
      'tool-changed',
      'tool-added',
      'tool-removed',
      'tool-renamed',
    ]),
    expected: z.string().nullable().describe('As the file has it'),
    found: z.string().nullable().describe('As it is here now'),
    detail: z.string(),
  })
  .meta({ id: 'LockDifference' });
export type LockDifference = z.infer<typeof LockDifference>;

const oneLock = { params: ServerParams, status: 200, response: ServerLockDetail } as const;

export const listLocks = {
  method: 'get',
  path: '/locks',
  summary: 'List the definition locks of all servers',
  permission: 'servers:read',
  audited: false,
  query: pageQuery(['server_id', 'state', 'changed_at']).extend({ state: LockState.optional() }),
  status: 200,
  response: pageOf(ServerLock),
  problems: [],
} as const satisfies Route;

export const getLock = {
  ...oneLock,
  method: 'get',
  path: '/servers/{id}/lock',
  summary: 'Compare a server’s tools with what was approved',
  // Not servers:read, which agents have: the text of a tool in quarantine is not for models.
  permission: 'approvals:read',
  audited: false,
  problems: ['SERVER_001'],
} as const satisfies Route;

export const approveLock = {
  ...oneLock,
  method: 'post',
  path: '/servers/{id}/lock/approve',
  summary: 'Approve a server’s changed tools, some or all',
  permission: 'servers:manage',
  audited: true,
  body: LockChoice,
  problems: ['SERVER_001', 'LOCK_001', 'LOCK_002'],
} as const satisfies Route;

export const rejectLock = {
  ...approveLock,
  path: '/servers/{id}/lock/reject',
  summary: 'Keep changed tools in quarantine until they change again',
} as const satisfies Route;

export const updateLock = {
  ...oneLock,
  method: 'patch',
  path: '/servers/{id}/lock',
  summary: 'Set which changes of a server’s tools wait for a person',
  permission: 'servers:manage',
  audited: true,
  auditedFields: ['mode'],
  body: z.object({ mode: LockMode }).strict(),
  problems: ['SERVER_001'],
} as const satisfies Route;

export const getLockFile = {
  method: 'get',
  path: '/lock-file',
  summary: 'Read quayside.lock.json: the digests of everything that is approved',
  permission: 'servers:read',
  audited: false,
  status: 200,
  response: LockFile,
  problems: [],
} as const satisfies Route;

export const verifyLockFile = {
  method: 'post',
  path: '/lock-file/verify',
  summary: 'Compare a lock file with the servers as they are now',
  permission: 'servers:read',
  audited: false,
  body: z.object({ file: z.unknown() }).strict(),
  bodyBytes: limits.documentBody,
  status: 200,
  response: z
    .object({ ok: z.boolean(), servers: z.int(), tools: z.int(), differences: z.array(LockDifference) })
    .meta({ id: 'LockVerification' }),
  problems: ['LOCK_003'],
} as const satisfies Route;

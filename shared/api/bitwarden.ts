// Bitwarden as a source of secrets and as a way to sign in. Items are known here by their names; no value of any is ever answered.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { NewSession } from './access.ts';
import { Problem } from './problem.ts';
import { Nothing, pageOf, pageQuery, type Route } from './route.ts';
import { SecretName } from './secrets.ts';
import { UserName } from './users.ts';

/** `offline`: it is unlocked, and its server did not answer when it was asked last. */
export const BitwardenState = z
  .enum(['not-installed', 'logged-out', 'locked', 'unlocked', 'offline'])
  .meta({ id: 'BitwardenState' });
export type BitwardenState = z.infer<typeof BitwardenState>;

/** How the values in the vault differ from those in Bitwarden. `refused`: it cannot be taken over, for the reason given. */
export const SyncChange = z
  .enum(['added', 'changed', 'removed', 'unchanged', 'refused'])
  .meta({ id: 'BitwardenSyncChange' });
export type SyncChange = z.infer<typeof SyncChange>;

const count = z.int().nonnegative();

export const BitwardenStatus = z
  .object({
    state: BitwardenState,
    version: z.string().nullable().describe('Of the program bw; null: it is not installed'),
    serverUrl: z.url().nullable().describe('null: Bitwarden’s own cloud'),
    email: z.string().nullable().describe('Who is logged in'),
    problem: Problem.nullable().describe('Why the last synchronisation failed'),
    lastSyncAt: z.iso.datetime().nullable().describe('When Bitwarden’s server answered last'),
    stale: z.boolean().describe('True: secrets come from Bitwarden, and they may be older than what is there now'),
    lastSync: z
      .object({ added: count, changed: count, removed: count, unchanged: count, refused: count })
      .nullable()
      .describe('What the last one that was applied did; of a schedule, "removed" is what waits for a person'),
    mappings: count,
    autoLockMinutes: z.int().nullable().describe('How long after it was used last it is locked; null: never'),
    syncEveryMinutes: z.int().nullable().describe('null: only when it is asked for'),
    nextSyncAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'BitwardenStatus' });
export type BitwardenStatus = z.infer<typeof BitwardenStatus>;

/** Which part of an item: `login.password`, `login.username`, `notes`, or `field:` and the field's name. */
export const BitwardenPart = z
  .string()
  .max(1_024)
  .regex(
    /^(?:login\.(?:password|username|totp)|notes|field:[^\0]+|attachment:[^\0]+)$/,
    'A part is login.password, login.username, notes, or field:NAME.',
  )
  .meta({ id: 'BitwardenPart', examples: ['login.password', 'field:token'] });

export const BitwardenItem = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['login', 'note', 'card', 'identity', 'ssh-key', 'other']),
    parts: z.array(BitwardenPart).describe('Those that have a value and can be taken over'),
    left: z.array(z.string()).describe('What it has besides and cannot be taken over, as words'),
  })
  .meta({ id: 'BitwardenItem' });
export type BitwardenItem = z.infer<typeof BitwardenItem>;

export const BitwardenMapping = z
  .object({
    id: z.string(),
    itemId: z.string(),
    itemName: z.string().describe('As it was called when it was seen last'),
    part: BitwardenPart,
    secretName: SecretName,
    serverId: Name.nullable().describe('The one server that may use it; null: any that refers to it'),
    secretId: z.string().nullable().describe('null: it was not synchronised yet, or its secret is gone'),
    syncedAt: z.iso.datetime().nullable(),
    state: z.enum(['new', 'synced', 'gone', 'refused']),
    reason: z.string().nullable().describe('Why it could not be taken over'),
  })
  .meta({ id: 'BitwardenMapping' });
export type BitwardenMapping = z.infer<typeof BitwardenMapping>;

export const BitwardenSync = z
  .object({
    applied: z.boolean(),
    items: z.array(
      z.object({
        mappingId: z.string(),
        secretName: SecretName,
        itemName: z.string(),
        part: BitwardenPart,
        change: SyncChange,
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'BitwardenSync' });
export type BitwardenSync = z.infer<typeof BitwardenSync>;

export const BitwardenLink = z
  .object({
    id: z.string(),
    userId: z.string(),
    userName: UserName,
    serverUrl: z.url().nullable().describe('null: Bitwarden’s own cloud'),
    email: z.string(),
    confirmed: z.boolean().describe('True once the account has signed in: another one with this address is not taken'),
    lastSignInAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'BitwardenLink' });
export type BitwardenLink = z.infer<typeof BitwardenLink>;

/** bw refuses anything else. */
const ServerUrl = z
  .url({ protocol: /^https$/, error: 'The address begins with https://.' })
  .max(512)
  .nullable()
  .describe('null: Bitwarden’s own cloud');
const server = { serverUrl: ServerUrl.optional().describe('Absent: the one of last time') };
const Email = z.email().max(256);
const masterPassword = z.string().min(1).max(1_024);
const clientId = z.string().regex(/^user\.[\w-]{8,64}$/, 'A personal API key’s client_id begins with "user.".');
const clientSecret = z.string().min(1).max(256);
const Code = z.string().regex(/^[\w-]{4,64}$/, 'A code has digits and letters.');

const params = z.object({ id: z.string().min(1).max(64) });
const manage = { permission: 'secrets:manage', audited: true, status: 200 } as const;

export const getBitwarden = {
  method: 'get',
  path: '/bitwarden',
  summary: 'Show the state of Bitwarden and of its synchronisation',
  permission: 'secrets:read',
  audited: false,
  status: 200,
  response: BitwardenStatus,
  problems: [],
} as const satisfies Route;

export const updateBitwarden = {
  ...manage,
  method: 'patch',
  path: '/bitwarden',
  summary: 'Change the automatic lock or the schedule',
  auditedFields: ['autoLockMinutes', 'syncEveryMinutes'],
  body: z
    .object({
      autoLockMinutes: z.int().min(1).max(10_080).nullable(),
      syncEveryMinutes: z.int().min(5).max(43_200).nullable(),
    })
    .partial()
    .strict(),
  response: BitwardenStatus,
  problems: [],
} as const satisfies Route;

export const loginBitwarden = {
  ...manage,
  method: 'post',
  path: '/bitwarden/login',
  summary: 'Log in to Bitwarden, by password or by a personal API key; with a password the vault is unlocked too',
  auditedFields: ['email', 'clientId', 'serverUrl'],
  body: z.union([
    z.object({ ...server, email: Email, password: masterPassword, code: Code.optional() }).strict(),
    z.object({ ...server, clientId, clientSecret, password: masterPassword.optional() }).strict(),
  ]),
  response: BitwardenStatus,
  problems: ['BITWARDEN_001', 'BITWARDEN_004', 'BITWARDEN_005', 'BITWARDEN_006', 'SECRET_003'],
} as const satisfies Route;

export const unlockBitwarden = {
  ...manage,
  method: 'post',
  path: '/bitwarden/unlock',
  summary: 'Unlock the Bitwarden vault with the master password; the key stays in the daemon’s memory',
  body: z.object({ password: masterPassword }).strict(),
  response: BitwardenStatus,
  problems: ['BITWARDEN_001', 'BITWARDEN_002', 'BITWARDEN_005', 'BITWARDEN_006', 'SECRET_003'],
} as const satisfies Route;

export const lockBitwarden = {
  ...manage,
  method: 'post',
  path: '/bitwarden/lock',
  summary: 'Lock the Bitwarden vault; secrets that were synchronised stay usable',
  response: BitwardenStatus,
  problems: ['BITWARDEN_002', 'SECRET_003'],
} as const satisfies Route;

export const logoutBitwarden = {
  ...manage,
  method: 'post',
  path: '/bitwarden/logout',
  summary: 'Log out of Bitwarden; secrets that were synchronised and their mappings stay',
  response: BitwardenStatus,
  problems: [],
} as const satisfies Route;

export const listBitwardenItems = {
  method: 'get',
  path: '/bitwarden/items',
  summary: 'List the items of the unlocked vault by name, with the parts that can be taken over',
  permission: 'secrets:manage',
  audited: false,
  query: pageQuery(['name']).extend({ q: z.string().max(200).optional().describe('Part of the name') }),
  status: 200,
  response: pageOf(BitwardenItem),
  problems: ['BITWARDEN_001', 'BITWARDEN_002', 'BITWARDEN_003', 'BITWARDEN_006', 'SECRET_003'],
} as const satisfies Route;

export const listBitwardenMappings = {
  method: 'get',
  path: '/bitwarden/mappings',
  summary: 'List which part of which item becomes which secret',
  permission: 'secrets:read',
  audited: false,
  query: pageQuery(['secret_name', 'created_at']),
  status: 200,
  response: pageOf(BitwardenMapping),
  problems: [],
} as const satisfies Route;

export const createBitwardenMapping = {
  ...manage,
  method: 'post',
  path: '/bitwarden/mappings',
  summary: 'Say that a part of an item becomes a secret with the next synchronisation',
  auditedFields: ['itemId', 'part', 'secretName', 'serverId'],
  body: z
    .object({
      itemId: z.string().min(1).max(64),
      part: BitwardenPart,
      secretName: SecretName,
      serverId: Name.nullable().default(null),
    })
    .strict(),
  status: 201,
  response: BitwardenMapping,
  problems: [
    'BITWARDEN_001',
    'BITWARDEN_002',
    'BITWARDEN_003',
    'BITWARDEN_006',
    'BITWARDEN_007',
    'BITWARDEN_008',
    'SECRET_002',
    'SECRET_003',
    'SERVER_001',
  ],
} as const satisfies Route;

export const deleteBitwardenMapping = {
  ...manage,
  method: 'delete',
  path: '/bitwarden/mappings/{id}',
  summary: 'End a mapping; its secret stays as it is, as one of your own',
  params,
  response: Nothing,
  problems: ['BITWARDEN_007'],
} as const satisfies Route;

export const syncBitwarden = {
  ...manage,
  method: 'post',
  path: '/bitwarden/sync',
  summary: 'Compare the vault with Bitwarden; with "apply" take over what is different',
  auditedFields: ['apply'],
  body: z.object({ apply: z.boolean().default(false) }).strict(),
  response: BitwardenSync,
  problems: ['BITWARDEN_001', 'BITWARDEN_002', 'BITWARDEN_003', 'BITWARDEN_004', 'BITWARDEN_006', 'SECRET_003'],
} as const satisfies Route;

export const listBitwardenLinks = {
  method: 'get',
  path: '/bitwarden/links',
  summary: 'List which user may sign in with which account of Bitwarden',
  permission: 'access:list',
  audited: false,
  query: pageQuery(['email', 'created_at']),
  status: 200,
  response: pageOf(BitwardenLink),
  problems: [],
} as const satisfies Route;

export const createBitwardenLink = {
  permission: 'access:manage',
  audited: true,
  method: 'post',
  path: '/bitwarden/links',
  summary: 'Let a user sign in with an account of Bitwarden',
  auditedFields: ['userId', 'serverUrl', 'email'],
  body: z.object({ userId: z.string().min(1).max(64), email: Email, serverUrl: ServerUrl.default(null) }).strict(),
  status: 201,
  response: BitwardenLink,
  problems: ['USER_001', 'USER_002'],
} as const satisfies Route;

export const deleteBitwardenLink = {
  permission: 'access:manage',
  audited: true,
  method: 'delete',
  path: '/bitwarden/links/{id}',
  summary: 'Take away that a user may sign in with an account of Bitwarden',
  params,
  status: 200,
  response: Nothing,
  problems: ['BITWARDEN_007'],
} as const satisfies Route;

export const signInWithBitwarden = {
  method: 'post',
  path: '/sign-in/bitwarden',
  summary: 'Sign in on the page by proving an account of Bitwarden that is linked to a user',
  permission: 'public',
  audited: true,
  auditedFields: ['email'],
  body: z
    .object({
      email: Email,
      password: masterPassword,
      code: Code.optional().describe('Bitwarden’s second factor'),
      apiKey: z.object({ clientId, clientSecret }).strict().optional().describe('Instead of logging in by password'),
      ownCode: z.string().max(16).optional().describe('The second factor that the user has here'),
    })
    .strict(),
  status: 201,
  response: NewSession,
  problems: [
    'ACCESS_006',
    'ACCESS_007',
    'ACCESS_008',
    'BITWARDEN_001',
    'BITWARDEN_004',
    'BITWARDEN_006',
    'REQUEST_005',
    'SECRET_003',
  ],
} as const satisfies Route;

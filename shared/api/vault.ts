// The vault around the secrets: where its master key comes from, its data keys, and secrets on their way elsewhere.
import * as z from 'zod';
import { Name } from '../domain/names.ts';
import { Problem } from './problem.ts';
import type { Route } from './route.ts';
import { SecretName } from './secrets.ts';

/**
 * Where the master key comes from. `file`: a mounted file. `editor`: the editor's keychain. `passphrase`: a person.
 * `environment`: a variable, for development. `generated`: a file beside the database, for want of anything better.
 */
export const MasterKeySource = z
  .enum(['file', 'editor', 'passphrase', 'environment', 'generated'])
  .meta({ id: 'MasterKeySource' });
export type MasterKeySource = z.infer<typeof MasterKeySource>;

/** `empty`: nothing was stored yet. `locked`: its key is missing. `refused`: a key was given that does not open it. */
export const VaultState = z.enum(['empty', 'open', 'locked', 'refused']).meta({ id: 'VaultState' });
export type VaultState = z.infer<typeof VaultState>;

export const VaultStatus = z
  .object({
    state: VaultState,
    source: MasterKeySource.nullable().describe('Where the key of this vault comes from; null while it is empty'),
    problem: Problem.nullable().describe('Why it is not open'),
    warnings: z.array(Problem),
    secrets: z.int(),
    keys: z.array(
      z.object({
        version: z.int(),
        state: z.enum(['newest', 'readable', 'retired']),
        secrets: z.int().describe('How many values are encrypted with it'),
        createdAt: z.iso.datetime(),
        retiredAt: z.iso.datetime().nullable(),
      }),
    ),
    rotation: z
      .object({ done: z.int(), total: z.int() })
      .nullable()
      .describe('How far the re-encryption is; null: all values are encrypted with the newest key'),
    schedule: z
      .object({ everyDays: z.int(), nextAt: z.iso.datetime().nullable() })
      .nullable()
      .optional()
      .describe('When a new data key is made without being asked for; null: never'),
  })
  .meta({ id: 'VaultStatus' });
export type VaultStatus = z.infer<typeof VaultStatus>;

/** 32 random bytes as 64 hexadecimal digits or as base64, standard or for URLs. */
const masterKey = z
  .string()
  .max(128)
  .regex(/^(?:[0-9a-fA-F]{64}|[A-Za-z0-9+/_-]{43}=?)$/, 'A master key has 32 bytes, as hexadecimal digits or base64.');
const passphrase = z.string().min(1).max(1024);

export const getVault = {
  method: 'get',
  path: '/vault',
  summary: 'Show the state of the vault and its keys',
  permission: 'secrets:read',
  audited: false,
  status: 200,
  response: VaultStatus,
  problems: [],
} as const satisfies Route;

/**
 * An editor with a keychain: read the vault; if it is `empty`, or `locked` with the source `editor`, hand over the 32
 * random bytes that the keychain holds, or that are made and kept there first. A vault that is open stays as it is;
 * to take it over, ask the person and use `changeMasterKey`.
 */
export const unlockVault = {
  method: 'post',
  path: '/vault/unlock',
  summary: 'Open the vault with its passphrase or with the key that an editor keeps; an empty vault is made with it',
  permission: 'vault:manage',
  audited: true,
  body: z.union([z.object({ passphrase }).strict(), z.object({ masterKey }).strict()]),
  status: 200,
  response: VaultStatus,
  problems: ['SECRET_004', 'SECRET_005', 'SECRET_010'],
} as const satisfies Route;

export const changeMasterKey = {
  method: 'put',
  path: '/vault/master-key',
  summary: 'Encrypt everything anew under another passphrase or key, in one step',
  permission: 'vault:manage',
  audited: true,
  body: z.union([
    z.object({ passphrase }).strict(),
    z
      .object({
        masterKey,
        keptBy: z.enum(['editor', 'file']).default('editor').describe('Where the key will come from at the next start'),
      })
      .strict(),
  ]),
  status: 200,
  response: VaultStatus,
  problems: ['SECRET_003', 'SECRET_004', 'SECRET_005', 'SECRET_006'],
} as const satisfies Route;

export const rotateVaultKey = {
  method: 'post',
  path: '/vault/rotate',
  summary: 'Make a new data key and encrypt every value anew with it; the old key is retired when nothing uses it',
  permission: 'vault:manage',
  audited: true,
  status: 202,
  response: VaultStatus,
  problems: ['SECRET_003', 'SECRET_004'],
} as const satisfies Route;

export const scheduleRotation = {
  method: 'put',
  path: '/vault/schedule',
  summary: 'Say how often a new data key is made without being asked for',
  permission: 'vault:manage',
  audited: true,
  auditedFields: ['everyDays'],
  body: z.object({ everyDays: z.int().min(1).max(3_650).nullable().describe('null: never') }).strict(),
  status: 200,
  response: VaultStatus,
  problems: [],
} as const satisfies Route;

/** Secrets in a file that opens with its passphrase alone. Everything that is not in `ciphertext` is needed to open it. */
export const SecretBundle = z
  .object({
    format: z.literal('quayside-secrets'),
    version: z.literal(1),
    algorithm: z.literal('aes-256-gcm'),
    derivation: z
      .object({
        algorithm: z.literal('argon2id'),
        memoryKiB: z.int().min(65_536).max(262_144),
        iterations: z.int().min(3).max(10),
        parallelism: z.int().min(1).max(4),
        salt: z.base64().max(128),
      })
      .strict(),
    createdAt: z.iso.datetime(),
    nonce: z.base64().length(16),
    tag: z.base64().length(24),
    ciphertext: z.base64(),
  })
  .strict()
  .meta({ id: 'SecretBundle' });
export type SecretBundle = z.infer<typeof SecretBundle>;

export const exportSecrets = {
  method: 'post',
  path: '/vault/export',
  summary: 'Put all secrets into a bundle that is encrypted with a passphrase',
  permission: 'vault:manage',
  audited: true,
  body: z.object({ passphrase }).strict(),
  status: 200,
  response: SecretBundle,
  problems: ['SECRET_003', 'SECRET_004', 'SECRET_005', 'SECRET_006'],
} as const satisfies Route;

export const ImportPlan = z
  .object({
    applied: z.boolean(),
    items: z.array(
      z.object({
        name: SecretName,
        serverId: Name.nullable(),
        act: z
          .enum(['create', 'replace', 'skip'])
          .describe('skip: there is one of this name already, or its server does not exist here'),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'ImportPlan' });
export type ImportPlan = z.infer<typeof ImportPlan>;

export const importSecrets = {
  method: 'post',
  path: '/vault/import',
  summary: 'Take secrets from a bundle; without "apply" only say what would be done',
  permission: 'vault:manage',
  audited: true,
  auditedFields: ['apply', 'replace'],
  body: z
    .object({
      bundle: SecretBundle,
      passphrase,
      apply: z.boolean().default(false),
      replace: z.boolean().default(false).describe('Replace the values of secrets that are there already'),
    })
    .strict(),
  status: 200,
  response: ImportPlan,
  problems: ['SECRET_003', 'SECRET_004', 'SECRET_010', 'SECRET_012', 'SECRET_013'],
} as const satisfies Route;

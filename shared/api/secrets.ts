// Secrets as everybody may see them: names, scope and use. A value goes in and never comes out again.
import * as z from 'zod';
import { limits } from '../domain/limits.ts';
import { EnvironmentVariableName, Name } from '../domain/names.ts';
import { Nothing, pageOf, pageQuery, QueryFlag, type Route } from './route.ts';

export const SecretName = z
  .string()
  .max(128)
  .regex(
    /^[a-z0-9][a-z0-9._-]*\.[a-z0-9_-]+$/,
    'A secret is called <server>.<key>, in small letters, digits, dot, underscore and hyphen: github.token.',
  )
  .meta({ id: 'SecretName', examples: ['github.token'] });

export const SecretValue = z
  .string()
  .min(1)
  .max(limits.secretCharacters)
  .refine(value => !value.includes('\0'), 'A null character is not allowed here.')
  .meta({ id: 'SecretValue' });

/** What is known of a secret. Its value is never part of any answer. */
export const Secret = z
  .object({
    id: z.string(),
    name: SecretName,
    serverId: Name.nullable().describe('The one server that may use it; null: any that refers to it'),
    hasValue: z.boolean().describe('False: only its name is known, and a value has to be given'),
    version: z.int().describe('How many values it has had'),
    keyVersion: z.int().nullable().describe('The data key that its value is encrypted with'),
    valueChangedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    source: z.enum(['bitwarden']).nullable().optional().describe('What keeps its value up to date; null: a person'),
  })
  .meta({ id: 'Secret' });
export type Secret = z.infer<typeof Secret>;

const forVariable = z
  .object({
    secretId: z.string().min(1).max(64),
    environmentVariable: EnvironmentVariableName,
    as: z
      .literal('file')
      .optional()
      .describe('The variable gets the path of a file that holds the value while the server runs, and not the value'),
    required: z.boolean().describe('True: the server is not started without it'),
  })
  .strict();
const forHeader = z
  .object({
    secretId: z.string().min(1).max(64),
    header: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    required: z.boolean().describe('True: the server is not started without it'),
  })
  .strict();

/** That a configuration takes an environment variable, a file, or a header of a remote server from a secret. */
export const SecretReference = z.union([forVariable, forHeader]).meta({ id: 'SecretReference' });
export type SecretReference = z.infer<typeof SecretReference>;

/** Whether the server reads it from a file. */
export const isFile = (reference: SecretReference): boolean => 'as' in reference && reference.as === 'file';

/** All references of one configuration: each variable and each header once. Header names know no case. */
export const SecretReferences = z
  .array(SecretReference)
  .max(limits.environment)
  .refine(
    references =>
      new Set(references.map(each => ('header' in each ? each.header.toLowerCase() : `$${each.environmentVariable}`)))
        .size === references.length,
    'Each variable and each header can come from one secret only.',
  );

export const SecretDetail = Secret.extend({
  usedBy: z.array(
    z.object({
      serverId: Name,
      place: z
        .string()
        .describe('The variable, or the header after the word "header", or the variable of a file after "file"'),
      required: z.boolean(),
    }),
  ),
}).meta({ id: 'SecretDetail' });
export type SecretDetail = z.infer<typeof SecretDetail>;

export const SecretUse = z
  .object({
    id: z.int(),
    at: z.iso.datetime(),
    secretName: SecretName,
    serverId: Name,
    caller: z.string().describe('Who had the server started'),
    outcome: z.enum(['handed-over', 'missing', 'refused', 'failed']),
    code: z.string().nullable().describe('The problem’s code, if it was not handed over'),
  })
  .meta({ id: 'SecretUse' });
export type SecretUse = z.infer<typeof SecretUse>;

const SecretParams = z.object({ id: z.string().min(1).max(64) });

export const listSecrets = {
  method: 'get',
  path: '/secrets',
  summary: 'List the secrets, without their values',
  permission: 'secrets:read',
  audited: false,
  query: pageQuery(['name', 'server_id', 'created_at', 'updated_at', 'last_used_at']).extend({
    server_id: Name.optional().describe('Only those that this server may use'),
    q: z.string().max(200).optional().describe('Part of the name'),
  }),
  status: 200,
  response: pageOf(Secret),
  problems: [],
} as const satisfies Route;

export const createSecret = {
  method: 'post',
  path: '/secrets',
  summary: 'Store a secret, or only its name if the value is to follow',
  permission: 'secrets:manage',
  audited: true,
  auditedFields: ['name', 'serverId'],
  body: z
    .object({
      name: SecretName,
      serverId: Name.nullable().describe('The one server that may use it; null: any that refers to it'),
      value: SecretValue.optional(),
    })
    .strict(),
  status: 201,
  response: Secret,
  problems: ['SECRET_002', 'SECRET_003', 'SECRET_004', 'SECRET_005', 'SECRET_013', 'SERVER_001'],
} as const satisfies Route;

const oneSecret = { params: SecretParams, status: 200 } as const;

export const getSecret = {
  ...oneSecret,
  method: 'get',
  path: '/secrets/{id}',
  summary: 'Show what is known of a secret and which servers refer to it',
  permission: 'secrets:read',
  audited: false,
  response: SecretDetail,
  problems: ['SECRET_001'],
} as const satisfies Route;

export const replaceSecretValue = {
  ...oneSecret,
  method: 'put',
  path: '/secrets/{id}/value',
  summary: 'Replace a secret’s value; running servers get it with their next start',
  permission: 'secrets:manage',
  audited: true,
  body: z.object({ value: SecretValue }).strict(),
  response: Secret,
  problems: ['SECRET_001', 'SECRET_003', 'SECRET_004', 'SECRET_005'],
} as const satisfies Route;

export const deleteSecret = {
  ...oneSecret,
  method: 'delete',
  path: '/secrets/{id}',
  summary: 'Delete a secret; one that servers refer to only with force, which removes the references too',
  permission: 'secrets:manage',
  audited: true,
  query: z.object({ force: QueryFlag.default(false) }),
  response: Nothing,
  problems: ['SECRET_001', 'SECRET_007'],
} as const satisfies Route;

export const listSecretUses = {
  ...oneSecret,
  method: 'get',
  path: '/secrets/{id}/uses',
  summary: 'List when which server was given a secret, the newest first unless asked otherwise',
  permission: 'secrets:read',
  audited: false,
  query: pageQuery(['at']).extend({ sort_order: z.enum(['asc', 'desc']).default('desc') }),
  response: pageOf(SecretUse),
  problems: ['SECRET_001'],
} as const satisfies Route;

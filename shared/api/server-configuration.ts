// How a server is run, and what it is given.
import * as z from 'zod';
import { limits } from '../domain/limits.ts';
import { EnvironmentVariableName, Name } from '../domain/names.ts';
import { SecretReference, SecretReferences } from './secrets.ts';

export const ResourceLimits = z
  .object({
    startSeconds: z
      .int()
      .min(1)
      .max(limits.startSeconds.most)
      .default(limits.startSeconds.default)
      .describe('How long a start may take'),
    callSeconds: z
      .int()
      .min(1)
      .max(limits.callSeconds.most)
      .default(limits.callSeconds.default)
      .describe('How long one call may take'),
    messageBytes: z
      .int()
      .min(65_536)
      .max(limits.message.most)
      .default(limits.message.default)
      .describe('The largest message taken from the server'),
    concurrentCalls: z
      .int()
      .min(1)
      .max(limits.concurrentCalls.most)
      .default(limits.concurrentCalls.default)
      .describe('How many calls of all clients the server works on at once'),
    waitingCalls: z
      .int()
      .min(0)
      .max(limits.waitingCalls.most)
      .default(limits.waitingCalls.default)
      .describe('How many more may wait for a place'),
  })
  .meta({ id: 'ResourceLimits' });
export type ResourceLimits = z.infer<typeof ResourceLimits>;

export const NetworkConfig = z
  .object({
    inheritProxy: z
      .boolean()
      .default(true)
      .describe('Hand HTTP_PROXY, HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS on to the server'),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
        z
          .string()
          .max(8192)
          .regex(/^[\t\x20-\x7e]*$/),
      )
      .default({})
      .describe('Sent with every request to a remote server'),
  })
  .meta({ id: 'NetworkConfig' });
export type NetworkConfig = z.infer<typeof NetworkConfig>;

const SessionMode = z.enum(['shared', 'per-client']).meta({ id: 'SessionMode' });

const RestartMode = z.enum(['never', 'on-failure', 'always']).meta({ id: 'RestartMode' });

const text = z
  .string()
  .max(8192)
  .refine(value => !value.includes('\0'), 'A null character is not allowed here.');

const configurationFields = {
  arguments: z.array(text).max(limits.arguments).describe('Handed to the server after its own command'),
  environment: z
    .record(EnvironmentVariableName, text)
    .refine(value => Object.keys(value).length <= limits.environment, `At most ${limits.environment} variables.`),
  workingDirectory: z
    .string()
    .max(4096)
    .regex(/^(?:\/|[A-Za-z]:[\\/])[^\0]*$/, 'Give the folder by its full path.')
    .nullable()
    .describe('null: the folder that Quayside made for this server'),
  restart: RestartMode,
  session: SessionMode.describe(
    'One MCP session for all clients, or one for each: for servers that keep state between calls',
  ),
  disabledTools: z.array(z.string().max(128)).max(2000).describe('Tools that are neither listed nor callable'),
  settings: z
    .record(z.string().max(200), z.unknown())
    .refine(value => JSON.stringify(value).length <= 262_144, 'Settings may take 256 KiB at most.')
    .describe('What a Docker server calls its config; its entry’s schema says what may be in it'),
};

/** A secret that a Docker server declares: its value comes from a reference with this variable. */
export const SecretSlot = z
  .object({
    name: z.string().describe('Docker’s name for it, for example github.personal_access_token'),
    environmentVariable: EnvironmentVariableName,
    description: z.string().nullable(),
    required: z.boolean(),
  })
  .meta({ id: 'SecretSlot' });
export type SecretSlot = z.infer<typeof SecretSlot>;

export const ServerConfiguration = z
  .object({
    id: z.string(),
    serverId: Name,
    ...configurationFields,
    limits: ResourceLimits,
    network: NetworkConfig,
    secretReferences: z.array(SecretReference),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ServerConfiguration' });
export type ServerConfiguration = z.infer<typeof ServerConfiguration>;

/** A change: what is absent stays as it is. */
export const ServerConfigurationChange = z
  .object({
    ...configurationFields,
    limits: ResourceLimits.partial(),
    network: NetworkConfig.partial(),
    secretReferences: SecretReferences,
  })
  .partial()
  .strict()
  .meta({ id: 'ServerConfigurationChange' });
export type ServerConfigurationChange = z.input<typeof ServerConfigurationChange>;

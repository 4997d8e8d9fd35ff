import * as z from 'zod';
import { EnvironmentVariableName, Name } from '../domain/names.ts';

/**
 * What is known of a secret. Its value is never part of any answer.
 * @public
 */
export const Secret = z
  .object({
    id: z.string(),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/)
      .describe('<server>.<key>'),
    serverId: Name.nullable().describe('The one server that may use it; null: any that refers to it'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Secret' });
export type Secret = z.infer<typeof Secret>;

/** That a configuration takes an environment variable from a secret. */
export const SecretReference = z
  .object({
    secretId: z.string(),
    environmentVariable: EnvironmentVariableName,
    required: z.boolean(),
  })
  .meta({ id: 'SecretReference' });
export type SecretReference = z.infer<typeof SecretReference>;

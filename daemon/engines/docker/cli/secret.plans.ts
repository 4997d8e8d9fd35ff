// Docker's own secrets and sign-ins; both need Desktop or `docker pass` (CONTRACT section 3).
import * as z from 'zod';
import type { CliCommand } from '../../run.ts';
import { json, nothing } from './answers.ts';
import { atLeastOne, oauthApp, refused, secretName } from './grammar.ts';
import { mutation, read } from './plan.ts';
import { OAuthApp, SecretEntry } from './schemas.ts';

const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullable()
    .transform(items => items ?? []);

export const listSecrets = (): CliCommand<SecretEntry[]> =>
  read('list Docker’s secrets', () => ({ args: ['mcp', 'secret', 'ls', '--json'], ...json(list(SecretEntry)) }));

/** Over standard input, byte for byte: an argument could be seen by everybody (CONTRACT section 11, trap 9). */
export const setSecret = (name: string, value: string): CliCommand<void> =>
  mutation(`store the secret ${name}`, () => {
    if (value === '') throw refused('the value is empty', 'Give a value, or remove the secret.');
    return { args: ['mcp', 'secret', 'set', secretName(name)], stdin: value, secrets: [value], parse: nothing };
  });

export const removeSecrets = (names: readonly string[]): CliCommand<void> =>
  mutation('remove secrets', () => ({
    args: ['mcp', 'secret', 'rm', ...atLeastOne('secret', names).map(secretName)],
    parse: nothing,
  }));

export const listOAuthApps = (): CliCommand<OAuthApp[]> =>
  read('list the sign-ins', () => ({ args: ['mcp', 'oauth', 'ls', '--json'], ...json(list(OAuthApp)) }));

/** Waits for the browser for up to five minutes. */
export const authorizeApp = (app: string): CliCommand<void> =>
  mutation(`sign in to ${app}`, () => ({
    args: ['mcp', 'oauth', 'authorize', oauthApp(app)],
    time: 'long',
    parse: nothing,
  }));

export const revokeApp = (app: string): CliCommand<void> =>
  mutation(`sign out of ${app}`, () => ({ args: ['mcp', 'oauth', 'revoke', oauthApp(app)], parse: nothing }));

// Asks a credential helper of the docker command line, by the one runner of programs.
import * as z from 'zod';
import type { CliCommand, CliRunner } from '../../run.ts';
import type { AskCredentialHelper } from './registry-login.ts';

const Credentials = z.looseObject({ Username: z.string(), Secret: z.string() });

/** What a runner for helpers may run: one word. */
export const allowedForHelpers: readonly (readonly string[])[] = [['get']];

/** `program`: docker-credential-NAME, looked for on PATH. The server goes in by standard input, the secret comes by output alone. */
export const createAskCredentialHelper =
  (runner: CliRunner): AskCredentialHelper =>
  async (helper, server) =>
    await runner.run(plan(helper, server));

const plan = (helper: string, server: string): CliCommand<{ username: string; secret: string } | undefined> => ({
  operation: 'read the login for the registry',
  program: `docker-credential-${helper}`,
  args: ['get'],
  kind: 'read',
  time: 'quick',
  stdin: server,
  parse({ stdout }) {
    const read = Credentials.safeParse(JSON.parse(stdout));
    return read.success ? { username: read.data.Username, secret: read.data.Secret } : undefined;
  },
});

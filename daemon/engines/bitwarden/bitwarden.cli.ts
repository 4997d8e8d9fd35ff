// Bitwarden by its own command line program. Passwords, codes and keys go in by environment and standard input: arguments can be read
// by everybody on the machine. Each account has a folder of its own, so the user's own `bw` and we do not meet.
import * as z from 'zod';
import type { ProblemError } from '../../../shared/api/problem.ts';
import { createChildMarker } from '../../supervision/child-marker.ts';
import { createGuardian } from '../../supervision/guardian.ts';
import type { Bitwarden, BitwardenAccount } from '../bitwarden-account.ts';
import type { AllowedCommand } from '../cli-arguments.ts';
import { type CliRecord, type CliRunner, createCliRunner } from '../run.ts';
import { type BwAnswer, ItemsAnswer, readAnswer, SessionAnswer, StatusAnswer } from './answers.ts';
import { findProgram, isScript } from './find-program.ts';
import { notInstalled, problemOfMessage, problemOfRun } from './to-problem.ts';

export interface BitwardenOptions {
  /** The daemon’s own. */
  environment: Readonly<Record<string, string | undefined>>;
  stateFolder: string;
  /** An absolute path of the program, if the user has named one. */
  program?: string | undefined;
  runtime?: string;
  platform?: NodeJS.Platform;
  limits?: { quick?: number; long?: number };
  onCommand?: (record: CliRecord) => void;
}

/** What bw needs to run and to find its way to the server; nothing else of the host reaches it. */
const passedOn =
  /^(?:PATH|HOME|USER|LOGNAME|LANG|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|USERPROFILE|APPDATA|LOCALAPPDATA|COMSPEC|PATHEXT|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR)$/i;

const commands: readonly AllowedCommand[] = [
  { words: ['--version'], flags: ['--version'] },
  { words: ['status'], flags: ['--response', '--nointeraction'] },
  { words: ['config', 'server'], flags: ['--response', '--nointeraction'] },
  { words: ['login'], flags: ['--response', '--nointeraction', '--passwordenv', '--method', '--apikey'] },
  { words: ['unlock'], flags: ['--response', '--nointeraction', '--passwordenv'] },
  { words: ['lock'], flags: ['--response', '--nointeraction'] },
  { words: ['logout'], flags: ['--response', '--nointeraction'] },
  { words: ['sync'], flags: ['--response', '--nointeraction'] },
  { words: ['list', 'items'], flags: ['--response', '--nointeraction'] },
];

/** A question that nobody can answer would wait for its time limit. */
const silent = ['--response', '--nointeraction'];
const passwordVariable = 'BW_PASSWORD';
/** TwoFactorProviderType of Bitwarden’s API. */
const authenticator = '0';
/** A race of its own, of about one login in ten on a busy machine: nothing is wrong, and the next try works. */
const lostRace = /expected user never made active/i;

interface BwCommand {
  operation: string;
  args: readonly string[];
  environment?: Record<string, string>;
  stdin?: string;
}

export function createBitwarden(options: BitwardenOptions): Bitwarden {
  const { environment: host, platform = process.platform, runtime = process.execPath } = options;
  const marker = createChildMarker(options.stateFolder);
  const guardian = createGuardian({ marker: marker.run, platform, runtime });
  const runners = new Map<string, { runner: CliRunner; prefix: readonly string[] }>();

  /** The runner of the program that there is now. Errors: BITWARDEN_001. */
  const current = async () => {
    const path = await findProgram({ configured: options.program, path: host['PATH'], platform });
    if (path === undefined) throw notInstalled();
    const prefix = isScript(path) ? [path] : [];
    const known = runners.get(path) ?? {
      prefix,
      runner: createCliRunner({
        program: prefix.length > 0 ? runtime : path,
        environment: bwEnvironment(host, prefix.length > 0),
        marker,
        guardian,
        platform,
        // What went wrong stands in its answer.
        classify: () => undefined,
        allowed: commands.map(({ words, flags }) => ({ words: [...prefix, ...words], flags })),
        limits: { quick: 30_000, long: 90_000, stdout: 64 * 1_048_576, retries: 0, ...options.limits },
        // At its prompt it repeats what was typed, on standard error.
        onEnd: ({ stderr: _, ...record }) => options.onCommand?.(record),
      }),
    };
    runners.set(path, known);
    return { path, ...known };
  };

  const run = async (folder: string, { operation, args, environment = {}, stdin }: BwCommand): Promise<BwAnswer> => {
    const { runner, prefix } = await current();
    try {
      return await runner.run({
        operation,
        args: [...prefix, ...args],
        // Each folder has its own queue with whoever asks; folders do not wait for one another.
        kind: 'read',
        time: 'long',
        environment: { ...environment, BITWARDENCLI_APPDATA_DIR: folder },
        ...(stdin === undefined ? {} : { stdin }),
        secrets: Object.values(environment)
          .concat(stdin?.trim() ?? [])
          .filter(Boolean),
        parse: ({ stdout }) => readAnswer(stdout),
      });
    } catch (error) {
      throw problemOfRun(error);
    }
  };

  return {
    async find() {
      try {
        const { runner, prefix, path } = await current();
        const version = await runner.run({
          operation: 'ask bw for its version',
          args: [...prefix, '--version'],
          kind: 'read',
          time: 'quick',
          parse: ({ stdout }) =>
            z
              .string()
              .regex(/^\d[\w.+-]{1,40}$/)
              .parse(stdout.trim()),
        });
        return { path, version };
      } catch {
        return null;
      }
    },
    inFolder: folder => createAccount(command => run(folder, command)),
    async close() {
      await Promise.all([...runners.values()].map(({ runner }) => runner.close(500)));
      guardian.close();
    },
  };
}

function bwEnvironment(host: BitwardenOptions['environment'], byOurNode: boolean): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(host))
    if (value !== undefined && passedOn.test(name)) environment[name] = value;
  return { ...environment, ...(byOurNode ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
}

function createAccount(run: (command: BwCommand) => Promise<BwAnswer>): BitwardenAccount {
  const read = <T>(schema: z.ZodType<T>, answer: BwAnswer): T => {
    if (!answer.success) throw problemOfMessage(answer.message);
    const parsed = schema.safeParse(answer.data);
    // What did not fit may be a key or a value: it is not told.
    if (!parsed.success) throw problemOfMessage('');
    return parsed.data;
  };
  const ask = async <T>(schema: z.ZodType<T>, command: BwCommand): Promise<T> => read(schema, await run(command));
  const act = async (command: BwCommand): Promise<void> => void (await ask(z.unknown(), command));
  const withSession = (session: string | null): Record<string, string> =>
    session === null ? {} : { BW_SESSION: session };
  const logout = () => act({ operation: 'log out of Bitwarden', args: ['logout', ...silent] });

  const login = async <T>(schema: z.ZodType<T>, command: BwCommand): Promise<T> => {
    const first = await run(command);
    if (first.success || !lostRace.test(first.message)) return read(schema, first);
    await logout().catch(ignoreLoggedOut);
    return await ask(schema, command);
  };

  return {
    status: session =>
      ask(StatusAnswer, {
        operation: 'ask bw for its state',
        args: ['status', ...silent],
        environment: withSession(session),
      }),
    setServer: url =>
      act({ operation: 'set the address of Bitwarden’s server', args: ['config', 'server', url, ...silent] }),
    loginByPassword: ({ email, password, code }) =>
      login(SessionAnswer, {
        operation: 'log in to Bitwarden',
        args: [
          'login',
          email,
          '--passwordenv',
          passwordVariable,
          '--response',
          // The code is asked for on standard input, which is closed after it.
          ...(code === undefined ? ['--nointeraction'] : ['--method', authenticator]),
        ],
        environment: { [passwordVariable]: password },
        ...(code === undefined ? {} : { stdin: `${code}\n` }),
      }),
    loginByApiKey: ({ clientId, clientSecret }) =>
      login(z.unknown(), {
        operation: 'log in to Bitwarden with an API key',
        args: ['login', '--apikey', ...silent],
        environment: { BW_CLIENTID: clientId, BW_CLIENTSECRET: clientSecret },
      }).then(() => {}),
    unlock: password =>
      ask(SessionAnswer, {
        operation: 'unlock the Bitwarden vault',
        args: ['unlock', '--passwordenv', passwordVariable, ...silent],
        environment: { [passwordVariable]: password },
      }),
    lock: () => act({ operation: 'lock the Bitwarden vault', args: ['lock', ...silent] }),
    logout,
    sync: session =>
      act({ operation: 'synchronise with Bitwarden', args: ['sync', ...silent], environment: withSession(session) }),
    items: session =>
      ask(ItemsAnswer, {
        operation: 'list the items of Bitwarden',
        args: ['list', 'items', ...silent],
        environment: withSession(session),
      }),
  };
}

/** Who is not logged in need not be logged out. */
const ignoreLoggedOut = (error: ProblemError): void => {
  if (error.code !== 'BITWARDEN_002') throw error;
};

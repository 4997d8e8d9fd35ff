// Words an error of a command, without its secrets.
import { basename } from 'node:path';
import { createRedactor } from '../supervision/redact.ts';
import type { CliCommand, CliOutput } from './cli-command.ts';
import { type CliDiagnosis, CliError } from './cli-error.ts';
import { cutToEnd } from './cli-output.ts';

export interface CliTeller {
  /** The program and its arguments. */
  readonly argv: readonly string[];
  /** Of a text that is cut, the start of a secret at its end as well. */
  redact(text: string, isCut?: boolean): string;
  error(about: Partial<CliOutput> & CliDiagnosis & { cause?: unknown }): CliError;
}

type ToTell = Pick<CliCommand<unknown>, 'operation' | 'args' | 'environment' | 'secrets' | 'program'>;

/** Characters of standard error that an error carries. */
const kept = 4_000;

/** The time of its errors counts from now. */
export function createTeller(command: ToTell, program: string): CliTeller {
  const { operation, args, environment = {}, secrets = [] } = command;
  const hide = createRedactor({
    kind: 'stdio',
    command: program,
    args: [],
    environment: { ...environment },
    workingDirectory: '',
    confidential: secrets,
  });
  const redact = (text: string, isCut = false): string => hideTokens(hide(text, isCut));
  const argv = [basename(command.program ?? program), ...args].map(value => redact(value));
  const startedAt = performance.now();
  return {
    argv,
    redact,
    error: ({ failure, subject, next, exitCode = null, stderr = '', cause }) =>
      new CliError({
        failure,
        operation,
        exitCode,
        stderr: cutToEnd(redact(stderr), kept),
        argv,
        durationMs: Math.round(performance.now() - startedAt),
        subject: subject === undefined ? undefined : redact(subject),
        next,
        cause,
      }),
  };
}

/**
 * A gateway prints the token that it has made, and with --verbose the first four characters of every secret
 * (recorded: gateway-streaming-session, docker-host-not-inherited).
 */
const hideTokens = (text: string): string =>
  text.replace(/\bBearer\s+[\w.~+/=-]{6,}/g, 'Bearer •••').replace(/(^|[\s:=])\S{1,8}\*{4}(?=\s|$)/gm, '$1•••');

// What a command gets, what it gives back, and the one place that turns either into output and an exit code.
import type { Readable } from 'node:stream';
import { CommanderError } from 'commander';
import type { ApiClient } from '../../shared/api/client.ts';
import { isProblemError, type Problem, toProblem } from '../../shared/api/problem.ts';
import { type ExitCode, exitCodes, Interrupted, UsageError } from './exit-codes.ts';
import type { Interrupt } from './interrupt.ts';
import { connect } from './link/connection.ts';
import type { Installation } from './link/installation.ts';
import type { Output } from './terminal/output.ts';

export interface CommandContext {
  readonly output: Output;
  readonly signal: AbortSignal;
  readonly interrupt: Interrupt;
  readonly stdin: Readable;
  readonly environment: NodeJS.ProcessEnv;
  readonly installation: Installation;
  /** The state folder, absolute. */
  readonly home: string;
  readonly mayStart: boolean;
  /** The port of page and API unless a command says otherwise. */
  readonly port: string;
  /** The daemon's API; the daemon is started if need be. */
  connect(): Promise<ApiClient>;
}

export interface CommandResult {
  /** Printed with --json; the shape is the API's. */
  document: unknown;
  /** Printed without. */
  text: string;
  exitCode?: ExitCode;
}

/** Does a command. An exit code alone: it has printed what there is to print. */
export type Handler<A extends unknown[]> = (context: CommandContext, ...args: A) => Promise<CommandResult | ExitCode>;
/** Turns a handler into what commander calls. */
export type Act = <A extends unknown[]>(handler: Handler<A>) => (...args: A) => Promise<void>;

export type ContextParts = Omit<CommandContext, 'connect' | 'signal'>;

export function createContext(parts: ContextParts): CommandContext {
  const { installation, home, mayStart, port, output, interrupt } = parts;
  const { signal } = interrupt;
  return {
    ...parts,
    signal,
    async connect() {
      const { api } = await connect({ installation, home, port, mayStart, signal, notice: output.notice });
      return api;
    },
  };
}

/** Prints what a command gave back. */
export function present({ output }: CommandContext, result: CommandResult | ExitCode): ExitCode {
  if (typeof result === 'number') return result;
  const { document, text, exitCode = exitCodes.ok } = result;
  if (output.json) output.document(document);
  else output.text(text);
  return exitCode;
}

/** Prints why a command failed. Errors that are none of ours are thrown on: they are bugs. */
export function presentFailure(
  output: Output,
  error: unknown,
  { helpCommand, wasInterrupted }: { helpCommand: string; wasInterrupted: boolean },
): ExitCode {
  if (error instanceof Interrupted || wasInterrupted) {
    output.progress('');
    return exitCodes.interrupted;
  }
  if (isProblemError(error)) {
    output.problem(error.problem);
    return exitCodes.api;
  }
  if (error instanceof UsageError) {
    output.problem(usageProblem(error.message, helpCommand));
    return exitCodes.usage;
  }
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.ok;
    // Commander has printed the help itself then.
    if (error.code !== 'commander.help') output.problem(usageProblem(toSentence(error.message), helpCommand));
    return exitCodes.usage;
  }
  throw error;
}

const usageProblem = (detail: string, helpCommand: string): Problem =>
  toProblem('REQUEST_001', { detail, next: `See "${helpCommand} --help".` });

const toSentence = (message: string): string => {
  const text = message.replace(/^error: /, '').replace(/\n/g, ' ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?)]$/.test(text) ? '' : '.'}`;
};

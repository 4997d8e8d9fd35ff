// What a driver plans and a runner runs: the words of run.ts.
import type { ChildMarker } from '../supervision/child-marker.ts';
import type { Guardian } from '../supervision/guardian.ts';
import type { AllowedCommand } from './cli-arguments.ts';
import type { CliDiagnosis, CliFailure } from './cli-error.ts';

/** A read may be repeated; a mutation is run once, and never beside another mutation of the same home. */
export type CommandKind = 'read' | 'mutation';

/** What a program has printed by its end. */
export interface CliOutput {
  /** All of it; of JSON the beginning. */
  stdout: string;
  /** What was parsed while it came, for a command whose format is JSON. Errors: SyntaxError. */
  json?: () => unknown;
  /** The last part of it, without control characters. */
  stderr: string;
  /** Null if a signal has ended it. */
  exitCode: number | null;
}

export interface CliCommand<T> {
  /** For a person and the log, after "could not": "list the profiles". */
  operation: string;
  /** What follows the program. The first words are on the sub-command list; values have passed their grammar. */
  args: readonly string[];
  kind: CommandKind;
  /** Which time limit holds: 30 s or 300 s unless the user has set others. */
  time: 'quick' | 'long';
  stdin?: string | Uint8Array;
  /** Added to the runner's environment. */
  environment?: Readonly<Record<string, string>>;
  workingDirectory?: string;
  /** Values that are taken out of everything that is told. */
  secrets?: readonly string[];
  /** Another program than the runner's own: the plugin's binary. */
  program?: string;
  /** JSON is parsed while it comes, and not kept as text. */
  format?: 'json';
  /** True for a failure that comes with an answer, which is parsed all the same. */
  tolerates?: (failure: CliFailure, output: CliOutput) => boolean;
  /** What was answered, from a run that ended well. Throws AnswerError, or an error of zod. */
  parse(output: CliOutput): T;
}

export interface CliCall {
  signal?: AbortSignal | undefined;
}

export interface CliRunner {
  /** Errors: CliError, and nothing else. */
  run<T>(command: CliCommand<T>, call?: CliCall): Promise<T>;
  /** A child that lives until it is stopped. Errors: CliError if it cannot be started. */
  start(launch: CliLaunch): Promise<StreamedProcess>;
  /** Ends everything that still runs, and takes no more. Milliseconds before what does not listen is killed. */
  close(patience?: number): Promise<void>;
}

export interface CliRunnerOptions {
  /** An absolute path, or a name that is looked for on PATH. */
  program: string;
  /** The whole environment of the program; nothing else is inherited. */
  environment: Readonly<Record<string, string>>;
  marker: ChildMarker;
  guardian: Guardian;
  /** What is wrong with a run that ended; undefined if nothing is. Never throws. */
  classify: (output: CliOutput, args: readonly string[]) => CliDiagnosis | undefined;
  /** The command lines that may be run. */
  allowed: readonly AllowedCommand[];
  limits?: Partial<CliLimits>;
  /** For the log: told after every try of every command. Nothing secret is in it. */
  onEnd?: (record: CliRecord) => void;
  platform?: NodeJS.Platform;
}

export interface CliRecord {
  operation: string;
  argv: readonly string[];
  durationMs: number;
  /** Missing if it did what it was asked. */
  failure?: CliFailure;
  exitCode?: number | null;
  /** The end of what it complained about, of a failure alone. */
  stderr?: string;
}

/** Milliseconds and bytes. */
export interface CliLimits {
  quick: number;
  long: number;
  stdout: number;
  stderr: number;
  /** How often a read is tried again, and the first pause before it. */
  retries: number;
  retryPause: number;
  /** How long after SIGTERM, before SIGKILL, for a command that is ended early. */
  patience: number;
}

export interface CliLaunch {
  operation: string;
  args: readonly string[];
  environment?: Readonly<Record<string, string>>;
  workingDirectory?: string;
  secrets?: readonly string[];
  /**
   * What the child can read from its descriptor 3 (`--secrets=/dev/fd/3`, CONTRACT section 6). It stands in memory alone,
   * without a name.
   */
  descriptor3?: string;
  /** One line of standard output as it is, without its end. One of more than 10 MB is left out. */
  onOutput?: (line: string) => void;
  /** One line of standard error, cut, without its end, control characters and secrets. */
  onError?: (line: string) => void;
}

export interface StreamedProcessEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** True if `stop()` had been called before it ended (CONTRACT section 6: the exit code says nothing). */
  asked: boolean;
}

export interface StreamedProcess {
  readonly pid: number;
  /** The program and its arguments, without secrets. */
  readonly argv: readonly string[];
  /** Writes to its standard input. */
  write(text: string): void;
  endInput(): void;
  /** When the process itself has ended and its last line was told; never rejects. */
  readonly ended: Promise<StreamedProcessEnd>;
  /** SIGTERM, then SIGKILL to the whole group. Resolves when nothing is left. Safe to call more than once. */
  stop(patienceMs?: number): Promise<void>;
}

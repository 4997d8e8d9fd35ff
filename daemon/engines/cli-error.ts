// The one error of every command line program that is run, and the closed list of what can be wrong.

/**
 * What kind of failure it was. The first group is decided by what the program said (CONTRACT section 8), the second by how
 * it behaved, the third by us before it was started.
 */
export type CliFailure =
  | 'plugin-missing'
  | 'unsupported-command'
  | 'engine-down'
  /** Passes: the engine is there and not ready yet. */
  | 'engine-starting'
  | 'engine-permission'
  | 'engine-context'
  | 'desktop'
  | 'secrets-unavailable'
  | 'oauth-unavailable'
  | 'not-found'
  | 'conflict'
  | 'validation'
  | 'network'
  /** Passes: somebody else holds the lock. */
  | 'database-locked'
  | 'database'
  | 'server-start'
  /** A tool answered with an error of its own. */
  | 'tool'
  | 'unknown'
  // How it behaved.
  /** The program itself is not there or may not be run. */
  | 'program-missing'
  | 'timeout'
  | 'too-large'
  /** It ended well, and what it printed is not what was asked for. */
  | 'unreadable'
  | 'cancelled'
  // Before it was started.
  /** A value could be taken for a flag, or the sub-command is not on the list. */
  | 'refused';

export interface CliDiagnosis {
  failure: CliFailure;
  /** Why, as the end of a sentence, if that can be told: 'there is no profile "nope"'. */
  subject?: string | undefined;
  /** What to do about it, as a sentence, if this case has an advice of its own. */
  next?: string | undefined;
}

export interface CliErrorInput extends CliDiagnosis {
  operation: string;
  /** Null if it was ended by a signal or never started. */
  exitCode: number | null;
  /** Cut, without secrets and control characters. */
  stderr: string;
  /** The program and its arguments, without secrets. */
  argv: readonly string[];
  durationMs: number;
  cause?: unknown;
}

export class CliError extends Error {
  override readonly name = 'CliError';
  readonly failure: CliFailure;
  readonly operation: string;
  readonly exitCode: number | null;
  readonly stderr: string;
  readonly argv: readonly string[];
  readonly durationMs: number;
  readonly subject: string | undefined;
  readonly next: string | undefined;

  constructor({ failure, operation, exitCode, stderr, argv, durationMs, subject, next, cause }: CliErrorInput) {
    super(`Could not ${operation}: ${failure}${subject === undefined ? '' : ` (${subject})`}`, { cause });
    this.failure = failure;
    this.operation = operation;
    this.exitCode = exitCode;
    this.stderr = stderr;
    this.argv = argv;
    this.durationMs = durationMs;
    this.subject = subject;
    this.next = next;
  }
}

/** What is wrong with a value or an answer, thrown by whoever plans or parses; the runner makes a CliError of it. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
  readonly failure: CliFailure;
  readonly subject: string | undefined;
  readonly next: string | undefined;
  /** What was to be done, if a plan has thrown it. */
  readonly operation: string | undefined;

  constructor({ failure, subject, next, operation }: CliDiagnosis & { operation?: string | undefined }) {
    super(`${failure}${subject === undefined ? '' : `: ${subject}`}`);
    this.failure = failure;
    this.subject = subject;
    this.next = next;
    this.operation = operation;
  }
}

/** The exit codes of every command. `differs`: what was compared or waited for is not as it should be. */
export const exitCodes = { ok: 0, usage: 1, differs: 1, api: 2, toolError: 3, fault: 70, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The command line makes no sense: exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The person pressed Ctrl-C, or the process was asked to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

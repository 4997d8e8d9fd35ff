// What the log is told of every try of a command.
import type { CliCommand, CliRecord, CliRunnerOptions } from './cli-command.ts';
import { CliError } from './cli-error.ts';
import type { CliTeller } from './cli-teller.ts';

/** Acts, and tells the log how it was. */
export async function tellEnd<T>(
  { operation }: CliCommand<T>,
  { argv }: CliTeller,
  { onEnd }: CliRunnerOptions,
  act: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  const tell = (about: Partial<CliRecord>) =>
    onEnd?.({ operation, argv, durationMs: Math.round(performance.now() - startedAt), ...about });
  try {
    const answer = await act();
    tell({});
    return answer;
  } catch (error) {
    if (error instanceof CliError) tell({ failure: error.failure, exitCode: error.exitCode, stderr: error.stderr });
    else tell({ failure: 'unknown' });
    throw error;
  }
}

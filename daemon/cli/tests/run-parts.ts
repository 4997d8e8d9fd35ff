// Runs test files that may be too many for one request: part after part, told as one run.
import type { ApiClient } from '../../../shared/api/client.ts';
import { joinRuns } from '../../../shared/api/test-parts.ts';
import type { NewTestRun, TestRun } from '../../../shared/api/tests.ts';
import type { CommandContext } from '../command-context.ts';
import { type FollowedRun, followRun } from './follow-run.ts';

export interface RunOfParts extends FollowedRun {
  /** Of each part, in order. */
  ids: string[];
  /** Files of parts that were not begun any more. */
  left: number;
}

/** What ends one part early ends the run. Errors: those of the API. */
export async function runParts(
  context: CommandContext,
  api: ApiClient,
  parts: readonly NewTestRun[],
): Promise<RunOfParts | undefined> {
  const runs: TestRun[] = [];
  let interrupted = false;
  for (const [index, body] of parts.entries()) {
    const started = await api.startTestRun({ body }, { signal: context.signal });
    const followed = await followRun(
      context,
      api,
      started,
      parts.length > 1 ? `Part ${index + 1} of ${parts.length}: ` : '',
    );
    runs.push(followed.run);
    interrupted = followed.interrupted;
    if (interrupted || followed.run.state === 'cancelled' || followed.run.state === 'interrupted') break;
  }
  const [first, ...others] = runs;
  if (!first) return undefined;
  const files = parts.flatMap(part => part.files.map(({ path }) => path));
  const ran = runs.reduce((sum, run) => sum + run.files.length, 0);
  const run = parts.length > 1 ? joinRuns(first, others, files) : first;
  return { run, interrupted, ids: runs.map(({ id }) => id), left: files.length - ran };
}

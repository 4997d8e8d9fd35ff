// Runs test files that may be too many for one request: part after part, told as one run.
import type { ApiClient } from '../../../shared/api/client.ts';
import { isProblemError, type Problem } from '../../../shared/api/problem.ts';
import { joinRuns } from '../../../shared/api/test-parts.ts';
import type { NewTestRun, TestRun } from '../../../shared/api/tests.ts';
import type { CommandContext } from '../command-context.ts';
import { type FollowedRun, followRun } from './follow-run.ts';

export interface RunOfParts extends FollowedRun {
  /** Of each part, in order. */
  ids: string[];
  /** Files of parts that were not begun any more. */
  left: number;
  /** Why a later part could not be run. What those before it have found is told all the same. */
  failure: Problem | undefined;
}

/** What ends one part early ends the run. Errors: those of the API with the first part. */
export async function runParts(
  context: CommandContext,
  api: ApiClient,
  parts: readonly NewTestRun[],
): Promise<RunOfParts | undefined> {
  const runs: TestRun[] = [];
  let interrupted = false;
  let failure: Problem | undefined;
  for (const [index, body] of parts.entries()) {
    try {
      const followed =
        index === 0
          ? await followRun(context, api, await start(context, api, body), whichOf(index, parts.length))
          : await runLaterPart(context, api, body, whichOf(index, parts.length));
      runs.push(followed.run);
      interrupted = followed.interrupted;
    } catch (error) {
      if (index === 0 || !isProblemError(error) || context.signal.aborted) throw error;
      failure = error.problem;
    }
    const state = runs.at(-1)?.state;
    if (failure || interrupted || state === 'cancelled' || state === 'interrupted') break;
  }
  const [first, ...others] = runs;
  if (!first) return undefined;
  const files = parts.flatMap(part => part.files.map(({ path }) => path));
  const ran = runs.reduce((sum, run) => sum + run.files.length, 0);
  const joined = parts.length > 1 ? joinRuns(first, others, files) : first;
  const left = files.length - ran;
  // Ctrl-C may come when a part has just ended in order: the run as a whole has not.
  const why = failure?.detail ?? (interrupted && left > 0 ? (joined.reason ?? 'It was cancelled.') : undefined);
  const run = why === undefined ? joined : { ...joined, state: 'cancelled' as const, reason: why };
  return { run, interrupted, ids: runs.map(({ id }) => id), left, failure };
}

const whichOf = (index: number, parts: number): string => (parts > 1 ? `Part ${index + 1} of ${parts}: ` : '');

const start = (context: CommandContext, api: ApiClient, body: NewTestRun): Promise<TestRun> =>
  api.startTestRun({ body }, { signal: context.signal });

/** Ctrl-C while it is handed over cancels it, as it does afterwards: what those before it have found is not lost. */
async function runLaterPart(
  context: CommandContext,
  api: ApiClient,
  body: NewTestRun,
  which: string,
): Promise<FollowedRun> {
  let isUnwanted = false;
  const release = context.interrupt.handle(() => {
    isUnwanted = true;
  });
  const started = await start(context, api, body).finally(release);
  if (!isUnwanted) return await followRun(context, api, started, which);
  const run = await api.cancelTestRun({ params: { id: started.id } }, { signal: context.signal });
  return { run, interrupted: true };
}

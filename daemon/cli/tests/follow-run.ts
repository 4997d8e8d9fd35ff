// Follows a test run to its end. Ctrl-C cancels it, and what it has found so far is still told.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { TestRun, TestRunSummary } from '../../../shared/api/tests.ts';
import type { CommandContext } from '../command-context.ts';
import { createHeldNotice } from '../held-call.ts';

/** Events tell of the end at once; this is for the case that the stream breaks. */
const pollMilliseconds = 1_000;

export interface FollowedRun {
  run: TestRun;
  /** Somebody pressed Ctrl-C. */
  interrupted: boolean;
}

/** Resolves when the run has ended. `which`: told before how far it is. Errors: those of the API. */
export async function followRun(
  context: CommandContext,
  api: ApiClient,
  first: TestRun,
  which: string,
): Promise<FollowedRun> {
  const { id } = first;
  const done = new AbortController();
  const stopped = AbortSignal.any([done.signal, context.signal]);
  const show = ({ counts }: TestRunSummary) => {
    const ended = counts.passed + counts.failed + counts.skipped;
    context.output.progress(
      `${which}${ended} of ${counts.total}${counts.failed > 0 ? `, ${counts.failed} failed` : ''}`,
    );
  };
  let interrupted = false;
  const release = context.interrupt.handle(() => {
    interrupted = true;
    context.output.notice('Cancelling. Press Ctrl-C again to leave it to the daemon.');
    api.cancelTestRun({ params: { id } }).catch(() => {});
  });
  const ended = new AbortController();
  const events = api.followEvents({
    signal: stopped,
    onEvent: event => {
      if (event.type !== 'test-run.changed' || event.run.id !== id) return;
      show(event.run);
      if (event.run.endedAt !== null) ended.abort();
    },
  });
  // Its failure is that of the poll beside it, which reports it.
  events.catch(() => {});
  const { servers, startedAt } = first;
  const held = createHeldNotice(
    context,
    api,
    startedAt,
    ({ via, serverId }) => via === 'test' && servers.includes(serverId),
  );
  try {
    for (;;) {
      const run = await api.getTestRun({ params: { id } }, { signal: context.signal });
      if (run.endedAt !== null) return { run, interrupted };
      const wake = AbortSignal.any([ended.signal, stopped]);
      await sleep(pollMilliseconds, undefined, { signal: wake }).catch(() => {});
      context.signal.throwIfAborted();
      if (!ended.signal.aborted) await held.look(stopped);
    }
  } finally {
    release();
    done.abort();
    context.output.progress('');
  }
}

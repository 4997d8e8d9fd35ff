// Tells how a run goes on: what has changed goes out together, ten times a second at most.
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { TestCaseResult, TestProgress, TestRunSummary } from '../../../shared/api/tests.ts';

export interface Progress {
  add(result: TestCaseResult): void;
  /** The last event of the run. */
  finish(run: TestRunSummary): void;
}

const everyMs = 100;
/** Of one event: the stream is for all, and the run itself has everything. */
const mostAtOnce = 200;

export type PublishProgress = (event: Extract<DaemonEvent, { type: 'test-run.changed' }>) => void;

export function createProgress(publish: PublishProgress, summary: () => TestRunSummary): Progress {
  let waiting = new Map<string, TestProgress>();
  let timer: NodeJS.Timeout | undefined;
  const send = (run: TestRunSummary) => {
    clearTimeout(timer);
    timer = undefined;
    const results = [...waiting.values()].slice(0, mostAtOnce);
    waiting = new Map();
    publish({ type: 'test-run.changed', run, results });
  };
  return {
    add({ file, caseId, serverId, outcome, durationMs }) {
      waiting.set(JSON.stringify([file, caseId]), { file, caseId, serverId, outcome, durationMs });
      timer ??= setTimeout(() => send(summary()), everyMs).unref();
    },
    finish: send,
  };
}

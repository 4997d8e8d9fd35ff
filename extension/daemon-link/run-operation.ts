// An operation with its progress in a notification; a failed one can be taken up again where it failed.
import { hasEnded, type Operation } from '../../shared/api/operations.ts';
import { isProblemError, type ProblemCode } from '../../shared/api/problem.ts';
import { withCancellableProgress } from '../platform/ask.ts';
import { Cancelled } from '../platform/host-problem.ts';
import { describeProgress } from '../platform/operation-text.ts';
import type { ReportProblem } from '../platform/report-problem.ts';
import type { DaemonLink } from './daemon-link.ts';
import { followOperation } from './operation.ts';

export interface OperationToRun {
  link: DaemonLink;
  report: ReportProblem;
  title: string;
  /** Asks the daemon for it. */
  begin: () => Promise<Operation>;
  /** What the caller deals with by itself. */
  except?: readonly ProblemCode[];
  /** Also when it has succeeded only after it was tried again. */
  onDone?: (operation: Operation) => void;
}

/**
 * Resolves when it has succeeded. One that has failed half-way is reported here, with a button that tries it again from there.
 * Errors: Cancelled after that; as of the routes; INSTALL_007 when it was cancelled.
 */
export async function runOperation(options: OperationToRun): Promise<Operation> {
  const { link, report, title, begin, except = [], onDone } = options;
  let last: Operation | undefined;
  try {
    const ended = await withCancellableProgress(title, (signal, tell) =>
      followOperation({
        link,
        begin,
        signal,
        onProgress: operation => {
          last = operation;
          tell({ message: describeProgress(operation), fraction: operation.progress });
        },
      }),
    );
    onDone?.(ended);
    return ended;
  } catch (error) {
    const { id, canRetry } = last ?? { id: '', canRetry: false };
    const hasFailed = last !== undefined && hasEnded(last) && last.state === 'failed' && canRetry;
    if (!isProblemError(error) || !hasFailed || except.includes(error.code)) throw error;
    const again = { ...options, begin: () => link.api.retryOperation({ params: { id } }) };
    void report(error, { tryAgain: () => runOperation(again).catch(report) });
    throw new Cancelled();
  }
}

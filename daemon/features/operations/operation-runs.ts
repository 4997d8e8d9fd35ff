// What takes a while, as it runs: a queue, progress that never goes back, steps, a cancel, and an end that is kept.
import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import { hasEnded, type Operation, type OperationKind, type OperationStep } from '../../../shared/api/operations.ts';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { InstallContext, InstallProgress } from '../../engines/engine.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { KeptRequest, OperationRepository } from './operations.repository.ts';

export interface RunContext extends InstallContext {
  /** What could not be done twice is done: a retry goes on behind it. */
  onInstalled(): void;
}

export interface NewRun {
  kind: OperationKind;
  serverId: string | null;
  title: string;
  /** Undefined: only this daemon can try it again. */
  request: KeptRequest;
  steps: OperationStep[];
  /** How it may take at most, in minutes. */
  minutes: number;
  /** What it says when it is done: "Installed". */
  done: string;
  /** Undoes what it did if it fails or the signal aborts. */
  work(context: RunContext): Promise<void>;
}

export interface OperationRuns {
  start(run: NewRun): Operation;
  /** One that runs, or that has failed since this daemon started and can be tried again. */
  find(id: string): Operation | undefined;
  /** How to do it again. Undefined: it is not known any more. */
  again(id: string): NewRun | undefined;
  isBusy(serverId: string): boolean;
  /** Resolves when the work has ended. False: there is none of this id that runs. */
  cancel(id: string): Promise<boolean>;
  readonly running: number;
  close(): Promise<void>;
}

export interface OperationRunsOptions {
  repository: OperationRepository;
  clock: Clock;
  publish: (event: { type: 'operation.changed'; operation: Operation }) => void;
  onFailure: (error: unknown) => void;
}

interface Run {
  operation: Operation;
  order: NewRun;
  abort: AbortController;
  done: Promise<void>;
}

/** What runs at once: the registry and the disk are shared, and more at once are not faster. */
const atOnce = 2;
const publishEveryMs = 100;
/** Orders that came from routes of their own are kept in memory, to be tried again. */
const mostKept = 50;

export function createOperationRuns({ repository, clock, publish, onFailure }: OperationRunsOptions): OperationRuns {
  const runs = new Map<string, Run>();
  const kept = new Map<string, NewRun>();
  const queue = new PQueue({ concurrency: atOnce });
  let closing = false;
  const now = () => toTimestamp(clock.now());

  const change = (run: Run, changed: Partial<Operation>, persist: boolean) => {
    run.operation = { ...run.operation, ...changed };
    if (persist) repository.save(run.operation);
    publish({ type: 'operation.changed', operation: run.operation });
  };

  /** Progress comes in bursts; the stream gets at most ten a second, and the database only where a step changes. */
  const createProgress = (run: Run) => {
    let published = 0;
    return ({ step, progress, steps, transfer }: InstallProgress) => {
      if (hasEnded(run.operation)) return;
      const soFar = run.operation.progress ?? 0;
      const isNewStep = steps !== undefined && statesOf(steps) !== statesOf(run.operation.steps);
      const isCancelling = run.operation.state === 'cancelling';
      run.operation = {
        ...run.operation,
        step: isCancelling ? run.operation.step : step.slice(0, 200),
        progress: progress === null ? null : Math.max(soFar, Math.min(progress, 1)),
        ...(steps ? { steps } : {}),
        ...(transfer === undefined ? {} : { transfer }),
      };
      if (isNewStep) repository.save(run.operation);
      const at = performance.now();
      if (!isNewStep && at - published < publishEveryMs) return;
      published = at;
      publish({ type: 'operation.changed', operation: run.operation });
    };
  };

  const end = (run: Run, error: unknown): void => {
    const asked = run.abort.signal.aborted;
    const state = asked ? (closing ? 'interrupted' : 'cancelled') : 'failed';
    const failure = asked ? cancelledProblem(run.operation) : error;
    if (!isProblemError(failure)) onFailure(failure);
    const shown = errorToProblem(failure);
    const steps = endSteps(run.operation.steps, asked ? null : shown.detail);
    const canRetry = !run.order.request.retried;
    if (run.order.request.input === null) keep(run.operation.id, run.order);
    change(run, { state, step: endStep[state], problem: shown, steps, canRetry, transfer: null, endedAt: now() }, true);
  };

  const keep = (id: string, order: NewRun): void => {
    kept.set(id, order);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  };

  const perform = async (run: Run): Promise<void> => {
    const signal = AbortSignal.any([run.abort.signal, AbortSignal.timeout(run.order.minutes * 60_000)]);
    const onInstalled = () => {
      run.order.request = { ...run.order.request, installed: true };
      repository.saveRequest(run.operation.id, run.order.request);
    };
    try {
      signal.throwIfAborted();
      await run.order.work({ onProgress: createProgress(run), signal, onInstalled });
      change(run, { state: 'succeeded', step: run.order.done, progress: 1, transfer: null, endedAt: now() }, true);
    } catch (error) {
      end(run, signal.aborted && !run.abort.signal.aborted ? tookTooLong(run.order) : error);
    } finally {
      runs.delete(run.operation.id);
    }
  };

  return {
    start(order) {
      const operation: Operation = {
        id: randomUUID(),
        kind: order.kind,
        serverId: order.serverId,
        title: order.title,
        state: 'running',
        step: 'Waiting',
        progress: 0,
        steps: order.steps,
        transfer: null,
        canRetry: false,
        problem: null,
        startedAt: now(),
        endedAt: null,
      };
      repository.insert(operation, order.request);
      const run: Run = { operation, order, abort: new AbortController(), done: Promise.resolve() };
      runs.set(operation.id, run);
      publish({ type: 'operation.changed', operation });
      run.done = queue.add(() => perform(run)).catch(onFailure);
      return operation;
    },
    find(id) {
      const operation = runs.get(id)?.operation ?? repository.find(id);
      return operation && kept.has(id) ? { ...operation, canRetry: true } : operation;
    },
    again(id) {
      const order = kept.get(id);
      kept.delete(id);
      return order;
    },
    isBusy: serverId => [...runs.values()].some(({ operation }) => operation.serverId === serverId),
    async cancel(id) {
      const run = runs.get(id);
      if (!run || hasEnded(run.operation)) return false;
      change(run, { state: 'cancelling', step: 'Cancelling' }, true);
      run.abort.abort(cancelledProblem(run.operation));
      await run.done;
      return true;
    },
    get running() {
      return runs.size;
    },
    async close() {
      closing = true;
      for (const run of runs.values()) run.abort.abort(cancelledProblem(run.operation));
      await queue.onIdle();
    },
  };
}

const statesOf = (steps: readonly OperationStep[]): string => steps.map(({ id, state }) => `${id}:${state}`).join();

/** Steps that an engine has not ended itself. */
const endSteps = (steps: readonly OperationStep[], failure: string | null): OperationStep[] =>
  steps.map(step => {
    if (step.state === 'running')
      return failure === null ? { ...step, state: 'undone' } : { ...step, state: 'failed', detail: failure };
    return step.state === 'waiting' ? { ...step, state: 'skipped' } : step;
  });

const endStep = { failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted: the daemon ended' } as const;

const nouns: Partial<Record<OperationKind, string>> = {
  install: 'installation',
  update: 'update',
  'roll-back': 'roll-back',
};

function cancelledProblem({ kind, title, steps }: Pick<Operation, 'kind' | 'title' | 'steps'>): ProblemError {
  const noun = nouns[kind];
  const what =
    noun === undefined ? `"${title}"` : `The ${noun} of ${title.replace(/^(?:Install|Update|Roll back) /, '')}`;
  const left = steps.find(step => step.state === 'failed');
  return problem('INSTALL_007', {
    detail: left ? `${what} was cancelled. ${left.detail}` : `${what} was cancelled. Nothing of it was kept.`,
    next: kind === 'install' ? 'Install it again when you need it.' : 'Try it again when you need it.',
  });
}

const tookTooLong = ({ title, minutes }: NewRun): ProblemError =>
  problem('INSTALL_008', {
    detail: `"${title}" took more than ${minutes} minutes and was ended.`,
    next: 'Look at the network, and try it again: what has arrived is kept.',
  });

// Compares two versions of a server side by side: their tools, and what read-only calls give back. What was installed for
// it is removed again, whatever happens.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import type { Comparison, ComparisonSummary, NewComparison } from '../../../shared/api/comparisons.ts';
import { hasEnded, type NewOperation, type Operation } from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { MCPServerDetail } from '../../../shared/api/servers.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { toTimestamp } from '../../platform/clock.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { dismissed } from './dismissal.ts';
import { createHide, type HideText } from './redaction.ts';
import { createReplay, type ReplayCall } from './replay.ts';
import { createTemporaryServers } from './temporary-servers.ts';
import type { CallPorts } from './test-caller.ts';
import { compareTools } from './tool-difference.ts';

/** Servers and operations, as far as a comparison needs them. */
export interface ComparisonNeeds {
  /** Errors: SERVER_001. */
  server(id: string): MCPServerDetail;
  exists(id: string): boolean;
  start(id: string, caller: string): Promise<unknown>;
  stop(id: string): Promise<unknown>;
  remove(id: string): Promise<void>;
  /** Begins the install of a package. */
  install(request: NewOperation): Promise<Operation>;
  operation(id: string): Operation;
  cancelOperation(id: string): Promise<unknown>;
}

export interface ComparedBy {
  caller: Caller;
  requestId: string;
  /** Aborts when whoever started it is not let in any more. */
  dismissal: AbortSignal;
  /** Calls that were saved or kept. Those of tools that are not read-only are left out. */
  savedCalls: readonly ReplayCall[];
}

export interface ComparisonService {
  /** Errors: those of the route. */
  create(request: NewComparison, by: ComparedBy): Comparison;
  /** Errors: TEST_001. */
  get(id: string): Comparison;
  /** Those that are remembered, by when they began. Errors: SERVER_001. */
  ofServer(serverId: string, query: PageQuery): Page<ComparisonSummary>;
  /** Resolves when everything is cleared away. Errors: TEST_001. */
  cancel(id: string): Promise<Comparison>;
  /** A server that is there only to be compared: no client is to be offered its tools. */
  isTemporary(serverId: string): boolean;
  /** Removes what a daemon that was killed has left behind. */
  tidy(): Promise<void>;
  readonly running: number;
  close(): Promise<void>;
}

export interface ComparisonServiceOptions {
  database: Database;
  needs: ComparisonNeeds;
  calls: CallPorts;
  hideSecrets: HideText;
  onFailure: (error: unknown) => void;
}

const mostKept = 20;
const mostAtOnce = 2;
const mostMinutes = 30;

interface Run {
  view: Comparison;
  abort: AbortController;
  done: Promise<void>;
}

export function createComparisonService(options: ComparisonServiceOptions): ComparisonService {
  const { needs, calls, hideSecrets, onFailure } = options;
  const temporary = createTemporaryServers({ ...options, clock: calls.clock, servers: needs });
  const runs = new Map<string, Run>();
  const running = () => [...runs.values()].filter(run => run.view.endedAt === null);
  const now = () => toTimestamp(calls.clock.now());
  let closing = false;

  const perform = async (run: Run, request: NewComparison, by: ComparedBy): Promise<void> => {
    const { caller, requestId } = by;
    const limit = AbortSignal.timeout(mostMinutes * 60_000);
    const signal = AbortSignal.any([run.abort.signal, by.dismissal, limit]);
    const step = (text: string) => {
      signal.throwIfAborted();
      run.view = { ...run.view, step: text };
    };
    const started: string[] = [];
    const ensureRunning = async (id: string) => {
      if (needs.server(id).state === 'running') return;
      await needs.start(id, caller.name);
      started.push(id);
    };
    try {
      step('Starting the server');
      await ensureRunning(request.serverId);
      const other = await otherServer(run.view.id, request, step, signal);
      await ensureRunning(other);
      const replay = createReplay({ calls, caller, requestId, hide: createHide([], hideSecrets), signal });
      try {
        step('Comparing the tools');
        const [before, after] = [await replay.tools(request.serverId), await replay.tools(other)];
        const { differences, unchanged } = compareTools(before, after);
        run.view = { ...run.view, tools: differences, unchangedTools: unchanged };
        step('Making calls on both');
        const wanted = [...request.calls, ...by.savedCalls];
        const result = await replay.compare(wanted, request.serverId, other, before, after);
        const breaking = differences.some(each => each.breaking);
        run.view = { ...run.view, ...result, breaking };
      } finally {
        replay.close();
      }
      finish(run, 'succeeded', null);
    } catch (error) {
      if (run.abort.signal.aborted || !signal.aborted)
        finish(run, run.abort.signal.aborted ? 'cancelled' : 'failed', error);
      else
        finish(
          run,
          'failed',
          endedEarly(by.dismissal.aborted ? dismissed : `It took longer than ${mostMinutes} minutes.`),
        );
    } finally {
      for (const id of started) if (needs.exists(id)) await needs.stop(id).catch(onFailure);
      await temporary.remove(run.view.id);
      run.view = { ...run.view, endedAt: now() };
    }
  };

  const finish = (run: Run, state: Comparison['state'], error: unknown): void => {
    const shown = error === null ? null : state === 'cancelled' ? null : errorToProblem(error);
    const step = { succeeded: 'Compared', failed: 'Failed', cancelled: 'Cancelled', running: '' }[state];
    // It is over for a reader when everything is cleared away too.
    run.view = { ...run.view, state, step, problem: shown };
  };

  const otherServer = async (
    comparison: string,
    { serverId, other }: NewComparison,
    step: (text: string) => void,
    signal: AbortSignal,
  ): Promise<string> => {
    if ('serverId' in other) return other.serverId;
    step(`Installing version ${other.version} beside it`);
    const server = needs.server(serverId);
    const id = temporary.add(serverId, comparison);
    const operation = await needs.install(installOf(server, id, other.version));
    await installed(needs, operation, signal);
    step('Starting the other version');
    return id;
  };

  return {
    create(request, by) {
      if (closing)
        throw problem('DAEMON_003', { detail: 'The daemon is stopping.', next: 'Try again when it is back.' });
      refuseIfUnfit(
        request,
        needs,
        running().map(run => run.view),
      );
      const view: Comparison = {
        ...{ id: randomUUID(), state: 'running', step: 'Waiting', serverId: request.serverId, problem: null },
        other: 'version' in request.other ? request.other.version : request.other.serverId,
        ...{ tools: [], unchangedTools: 0, calls: [], notReplayed: [], breaking: false, latencyRatio: null },
        startedAt: now(),
        endedAt: null,
      };
      const run: Run = { view, abort: new AbortController(), done: Promise.resolve() };
      runs.set(view.id, run);
      for (const [id, each] of runs) if (runs.size > mostKept && each.view.endedAt !== null) runs.delete(id);
      run.done = perform(run, request, by).catch(onFailure);
      return presented(run.view);
    },
    get: id => presented(getRun(runs, id).view),
    ofServer(serverId, query) {
      needs.server(serverId);
      const found = [...runs.values()].map(run => run.view).filter(view => view.serverId === serverId);
      return toPage(found, query);
    },
    async cancel(id) {
      const run = getRun(runs, id);
      run.abort.abort(new Error('The comparison was cancelled.'));
      await run.done;
      return presented(run.view);
    },
    isTemporary: temporary.has,
    tidy: temporary.tidy,
    get running() {
      return running().length;
    },
    async close() {
      closing = true;
      for (const run of running()) run.abort.abort(new Error('The daemon is stopping.'));
      await Promise.allSettled([...runs.values()].map(run => run.done));
    },
  };
}

const endedEarly = (detail: string) => problem('TEST_003', { detail, next: 'What was installed for it is removed.' });

/** Until everything is cleared away it still runs, for whoever waits for its end. */
const presented = (view: Comparison): Comparison => (view.endedAt === null ? { ...view, state: 'running' } : view);

/** @param oldestFirst As they were begun. */
function toPage(oldestFirst: readonly Comparison[], { page, limit, sort_order }: PageQuery): Page<ComparisonSummary> {
  const sorted = sort_order === 'asc' ? oldestFirst : oldestFirst.toReversed();
  const items = sorted.slice((page - 1) * limit, page * limit).map(view => {
    const { tools: _, calls: __, notReplayed: ___, ...summary } = presented(view);
    return summary;
  });
  return { items, total: oldestFirst.length, page, limit };
}

function getRun(runs: ReadonlyMap<string, Run>, id: string): Run {
  const run = runs.get(id);
  if (run) return run;
  throw problem('TEST_001', {
    detail: `No comparison has the id "${id}".`,
    next: 'Comparisons are known until the daemon ends.',
  });
}

/** Errors: SERVER_001, TEST_003. */
function refuseIfUnfit(
  { serverId, other }: NewComparison,
  needs: ComparisonNeeds,
  running: readonly Comparison[],
): void {
  const refuse = (detail: string, next: string): never => {
    throw problem('TEST_003', { detail, next });
  };
  const { source } = needs.server(serverId);
  if (running.some(each => each.serverId === serverId))
    refuse(`"${serverId}" is being compared already.`, 'Wait for that, or cancel it.');
  if (running.length >= mostAtOnce) refuse('Two comparisons run already.', 'Wait for one of them.');
  if ('serverId' in other) {
    needs.server(other.serverId);
    if (other.serverId === serverId)
      refuse('A server cannot be compared with itself.', 'Name another server, or another version.');
    return;
  }
  if (source.type !== 'npm')
    refuse(
      `"${serverId}" is no npm package, so no other version of it can be installed beside it.`,
      'Install the other version as a server of its own, and compare the two servers.',
    );
  else if (source.version === other.version)
    refuse(`"${serverId}" is version ${source.version} already.`, 'Name another version.');
}

function installOf({ source, configuration }: MCPServerDetail, serverId: string, version: string): NewOperation {
  const {
    arguments: args,
    environment,
    workingDirectory,
    disabledTools,
    limits,
    network,
    secretReferences,
  } = configuration;
  return {
    kind: 'install',
    from: { package: source.type === 'npm' ? source.package : '', version },
    serverId,
    configuration: {
      ...{ arguments: args, environment, workingDirectory, disabledTools, limits, network, secretReferences },
      restart: 'never',
    },
    allowScripts: false,
    start: false,
  };
}

/** Resolves when it is installed. Errors: those of the install. */
async function installed(needs: ComparisonNeeds, { id }: Operation, signal: AbortSignal): Promise<void> {
  const cancel = () => void needs.cancelOperation(id).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for (;;) {
      const operation = needs.operation(id);
      if (hasEnded(operation)) {
        signal.throwIfAborted();
        if (operation.state === 'succeeded') return;
        const { code = 'INSTALL_008', detail, next } = operation.problem ?? {};
        throw problem(code, {
          detail: detail ?? 'The other version could not be installed.',
          next: next ?? 'Try it again.',
        });
      }
      // Not by the signal: what is being installed must be over before it is removed.
      await sleep(100);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

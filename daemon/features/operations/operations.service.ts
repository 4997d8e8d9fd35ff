// Installs: what takes a while is an operation with progress that can be cancelled, and that leaves all or nothing.
import { randomUUID } from 'node:crypto';
import PQueue from 'p-queue';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import { hasEnded, type NewOperation, type Operation, type OperationState } from '../../../shared/api/operations.ts';
import { isProblemError, type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { MCPServer, ServerConfigurationChange } from '../../../shared/api/servers.ts';
import { nameFromPackage } from '../../../shared/domain/names.ts';
import type { Engine, InstallProgress, InstallRequest } from '../../engines/engine.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { OperationRepository } from './operations.repository.ts';

/** The other features, as far as an install needs them. */
export interface InstallNeeds {
  catalogEntry(id: string): Promise<CatalogEntry>;
  /** Errors: REQUEST_001 with the fields that are wrong. */
  applyInputs(entry: CatalogEntry, inputs: Record<string, unknown>): Promise<ServerConfigurationChange>;
  serverExists(id: string): boolean;
  addServer(server: {
    id: string;
    title: string;
    description: string;
    source: MCPServer['source'];
    catalogEntry: string | null;
    configuration: ServerConfigurationChange;
  }): MCPServer;
  startServer(id: string): Promise<unknown>;
}

export interface OperationService {
  /** Errors: CATALOG_001, SERVER_002, INSTALL_009, REQUEST_001. */
  create(request: NewOperation): Promise<Operation>;
  list(query: PageQuery & { state?: OperationState | undefined }): Page<Operation>;
  get(id: string): Operation;
  /** Resolves with the operation as it is after the cancel took effect. */
  cancel(id: string): Promise<Operation>;
  readonly running: number;
  /** Cancels everything that runs; it will be shown as interrupted. */
  close(): Promise<void>;
}

export interface OperationServiceOptions {
  repository: OperationRepository;
  engine: Pick<Engine, 'install' | 'remove'>;
  needs: InstallNeeds;
  clock: Clock;
  publish: (event: { type: 'operation.changed'; operation: Operation }) => void;
  onFailure: (error: unknown) => void;
}

interface Plan {
  request: InstallRequest;
  title: string;
  description: string | null;
  catalogEntry: string | null;
  configuration: ServerConfigurationChange;
  start: boolean;
}

interface Run {
  operation: Operation;
  abort: AbortController;
  done: Promise<void>;
}

/** Installs that run at once: the registry and the disk are shared, and more at once are not faster. */
const atOnce = 2;
const publishEveryMs = 100;
const mostMinutes = 15;

export function createOperationService({
  repository,
  engine,
  needs,
  clock,
  publish,
  onFailure,
}: OperationServiceOptions): OperationService {
  const runs = new Map<string, Run>();
  const queue = new PQueue({ concurrency: atOnce });
  let closing = false;
  const now = () => toTimestamp(clock.now());

  const change = (run: Run, changed: Partial<Operation>, persist: boolean) => {
    run.operation = { ...run.operation, ...changed };
    if (persist) repository.save(run.operation);
    publish({ type: 'operation.changed', operation: run.operation });
  };

  /** Progress comes in bursts; the stream gets at most ten a second and the database none of it. */
  const createProgress = (run: Run) => {
    let published = 0;
    return ({ step, progress }: InstallProgress) => {
      const soFar = run.operation.progress ?? 0;
      run.operation = {
        ...run.operation,
        step: step.slice(0, 200),
        progress: progress === null ? null : Math.max(soFar, Math.min(progress, 1)),
      };
      const at = performance.now();
      if (at - published < publishEveryMs) return;
      published = at;
      publish({ type: 'operation.changed', operation: run.operation });
    };
  };

  const install = async (run: Run, plan: Plan): Promise<void> => {
    const signal = AbortSignal.any([run.abort.signal, AbortSignal.timeout(mostMinutes * 60_000)]);
    signal.throwIfAborted();
    const installed = await engine.install(plan.request, { onProgress: createProgress(run), signal });
    try {
      signal.throwIfAborted();
      needs.addServer({
        id: plan.request.serverId,
        title: plan.title || installed.title,
        description: plan.description ?? installed.description,
        source: installed.source,
        catalogEntry: plan.catalogEntry,
        configuration: plan.configuration,
      });
    } catch (error) {
      await engine.remove(plan.request.serverId);
      throw error;
    }
    // A server that does not start is still installed: its state says what is wrong with it.
    if (plan.start) {
      change(run, { step: 'Starting', progress: 1 }, false);
      await needs.startServer(plan.request.serverId).catch(() => {});
    }
  };

  const perform = async (run: Run, plan: Plan): Promise<void> => {
    try {
      await install(run, plan);
      change(run, { state: 'succeeded', step: 'Installed', progress: 1, endedAt: now() }, true);
    } catch (error) {
      const asked = run.abort.signal.aborted;
      const state = asked ? (closing ? 'interrupted' : 'cancelled') : 'failed';
      const failure = asked ? cancelled(plan.title) : error;
      if (!isProblemError(failure)) onFailure(failure);
      change(run, { state, step: endStep[state], problem: errorToProblem(failure), endedAt: now() }, true);
    } finally {
      runs.delete(run.operation.id);
    }
  };

  const refuseIfTaken = (serverId: string) => {
    if (needs.serverExists(serverId)) {
      throw problem('SERVER_002', {
        detail: `A server is called "${serverId}" already.`,
        next: 'Choose another name, or remove that server first.',
      });
    }
    if ([...runs.values()].some(({ operation }) => operation.serverId === serverId)) {
      throw problem('INSTALL_009', {
        detail: `"${serverId}" is being installed.`,
        next: 'Wait for it, cancel it, or choose another name.',
      });
    }
  };

  const get = (id: string): Operation => {
    const operation = runs.get(id)?.operation ?? repository.find(id);
    if (operation) return operation;
    throw problem('OPERATION_001', {
      detail: `No operation has the id "${id}".`,
      next: 'The list of operations shows the ids.',
    });
  };

  return {
    async create(input) {
      if (closing)
        throw problem('DAEMON_003', { detail: 'The daemon is stopping.', next: 'Try again when it is back.' });
      const plan = await toPlan(input, needs);
      refuseIfTaken(plan.request.serverId);
      const operation: Operation = {
        id: randomUUID(),
        kind: 'install',
        serverId: plan.request.serverId,
        title: `Install ${plan.title}`,
        state: 'running',
        step: 'Waiting',
        progress: 0,
        problem: null,
        startedAt: now(),
        endedAt: null,
      };
      repository.insert(operation, { ...plan.request });
      const run: Run = { operation, abort: new AbortController(), done: Promise.resolve() };
      runs.set(operation.id, run);
      publish({ type: 'operation.changed', operation });
      run.done = queue.add(() => perform(run, plan)).catch(onFailure);
      return operation;
    },
    list(query) {
      const page = repository.list(query);
      return { ...page, items: page.items.map(item => runs.get(item.id)?.operation ?? item) };
    },
    get,
    async cancel(id) {
      const run = runs.get(id);
      if (!run || hasEnded(run.operation)) {
        const { title } = get(id);
        throw problem('OPERATION_002', {
          detail: `"${title}" has ended; there is nothing to cancel.`,
          next: 'Remove the server if you do not want it.',
        });
      }
      change(run, { state: 'cancelling', step: 'Cancelling' }, true);
      run.abort.abort(cancelled(run.operation.title));
      await run.done;
      return get(id);
    },
    get running() {
      return runs.size;
    },
    async close() {
      closing = true;
      for (const run of runs.values()) run.abort.abort(cancelled(run.operation.title));
      await queue.onIdle();
    },
  };
}

const endStep = { failed: 'Failed', cancelled: 'Cancelled', interrupted: 'Interrupted: the daemon ended' } as const;

const cancelled = (title: string): ProblemError =>
  problem('INSTALL_007', {
    detail: `The installation of ${title.replace(/^Install /, '')} was cancelled. Nothing of it was kept.`,
    next: 'Install it again when you need it.',
  });

async function toPlan(input: NewOperation, needs: InstallNeeds): Promise<Plan> {
  const { from, allowScripts, start, configuration = {}, inputs } = input;
  if (!('catalogEntry' in from)) {
    const serverId = input.serverId ?? nameFromPackage(from.package);
    const { package: name, version = 'latest', integrity } = from;
    const request = { serverId, package: name, version, integrity, allowScripts };
    return { request, title: name, description: null, catalogEntry: null, configuration, start };
  }
  const entry = await needs.catalogEntry(from.catalogEntry);
  if (entry.source.type !== 'npm') {
    throw problem('INSTALL_008', {
      detail: `"${entry.id}" is not an npm package, and nothing of it needs to be installed.`,
      next: 'Add it as a remote server.',
    });
  }
  const { package: name, version, integrity } = entry.source;
  const request = { serverId: input.serverId ?? entry.id, package: name, version, integrity, allowScripts };
  const fromInputs = await needs.applyInputs(entry, inputs ?? {});
  const merged = {
    ...fromInputs,
    ...configuration,
    environment: { ...fromInputs.environment, ...configuration.environment },
    arguments: [...(fromInputs.arguments ?? []), ...(configuration.arguments ?? [])],
  };
  return {
    request,
    title: entry.title,
    description: entry.description,
    catalogEntry: entry.id,
    configuration: merged,
    start,
  };
}

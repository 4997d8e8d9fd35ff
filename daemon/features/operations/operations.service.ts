// Installs and what else takes a while: an operation with progress that can be cancelled, and that leaves all or nothing.
import {
  hasEnded,
  type NewOperation,
  type Operation,
  type OperationKind,
  type OperationState,
} from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { Engine, InstallContext } from '../../engines/engine.ts';
import type { Clock } from '../../platform/clock.ts';
import { dockerOf, installOrder, planDockerEntry, planImage, replaceOrder } from './docker-install.ts';
import type { InstallNeeds } from './install-needs.ts';
import { createOperationRuns, type NewRun } from './operation-runs.ts';
import type { KeptRequest, OperationRepository } from './operations.repository.ts';
import { packageOrder, planEntry, planPackage } from './package-install.ts';

export interface OperationService {
  /** Errors: those of the route. */
  create(request: NewOperation): Promise<Operation>;
  /** For what other features do that takes a while and is about no server. It can be tried again while this daemon lives. */
  runOperation(
    what: { kind: OperationKind; title: string; serverId: null },
    work: (context: InstallContext, signal: AbortSignal) => Promise<void>,
  ): Operation;
  list(query: PageQuery & { state?: OperationState | undefined }): Page<Operation>;
  get(id: string): Operation;
  /** Resolves with the operation as it is after the cancel took effect. */
  cancel(id: string): Promise<Operation>;
  /** A new operation that goes on behind what the old one has finished. Errors: OPERATION_001, OPERATION_003, those of create. */
  retry(id: string): Promise<Operation>;
  readonly running: number;
  /** Cancels everything that runs; it will be shown as interrupted. */
  close(): Promise<void>;
}

export interface OperationServiceOptions {
  repository: OperationRepository;
  engines: { process: Engine; docker?: Engine | undefined };
  needs: InstallNeeds;
  clock: Clock;
  publish: (event: { type: 'operation.changed'; operation: Operation }) => void;
  onFailure: (error: unknown) => void;
}

const minutesOfOthers = 60;

export function createOperationService(options: OperationServiceOptions): OperationService {
  const { repository, engines, needs } = options;
  const runs = createOperationRuns(options);
  let closing = false;

  const refuseIfTaken = (serverId: string, isNew: boolean) => {
    if (isNew && needs.serverExists(serverId)) {
      throw problem('SERVER_002', {
        detail: `A server is called "${serverId}" already.`,
        next: 'Choose another name, or remove that server first.',
      });
    }
    if (runs.isBusy(serverId)) {
      throw problem('INSTALL_009', {
        detail: `"${serverId}" is being installed or changed.`,
        next: 'Wait for it, cancel it, or choose another name.',
      });
    }
  };
  const refuseIfClosing = () => {
    if (closing) throw problem('DAEMON_003', { detail: 'The daemon is stopping.', next: 'Try again when it is back.' });
  };

  const installOrderOf = async (
    input: Extract<NewOperation, { kind: 'install' }>,
    isInstalled: boolean,
  ): Promise<Omit<NewRun, 'request'>> => {
    const { from } = input;
    if ('package' in from) return packageOrder(planPackage(input, from), engines.process, needs);
    if ('image' in from) {
      const { docker, engine } = dockerOf(needs, engines.docker);
      return installOrder(await planImage(input, from.image, docker, isInstalled), engine, needs, docker);
    }
    const entry = await needs.catalogEntry(from.catalogEntry);
    if (entry.engine === 'process') return packageOrder(await planEntry(input, entry, needs), engines.process, needs);
    const { docker, engine } = dockerOf(needs, engines.docker);
    const place = docker.place(entry.id);
    if (!place) throw notInCatalog(entry.title);
    return installOrder(
      await planDockerEntry(input, entry, place.catalogRef, docker, isInstalled),
      engine,
      needs,
      docker,
    );
  };

  const begin = async (input: NewOperation, wasInstalled: boolean): Promise<Operation> => {
    refuseIfClosing();
    const request: KeptRequest = { input, installed: wasInstalled, retried: false };
    if (input.kind !== 'install') {
      const { docker, engine } = dockerOf(needs, engines.docker);
      const order = replaceOrder(input.kind, input.serverId, engine, needs, docker);
      refuseIfTaken(input.serverId, false);
      return runs.start({ ...order, request });
    }
    const order = await installOrderOf(input, wasInstalled);
    if (order.serverId !== null) refuseIfTaken(order.serverId, !wasInstalled);
    return runs.start({ ...order, request });
  };

  const get = (id: string): Operation => {
    const operation = runs.find(id);
    if (operation) return operation;
    throw problem('OPERATION_001', {
      detail: `No operation has the id "${id}".`,
      next: 'The list of operations shows the ids.',
    });
  };

  return {
    create: input => begin(input, false),
    runOperation({ kind, title, serverId }, work) {
      refuseIfClosing();
      const request = { input: null, installed: false, retried: false };
      return runs.start({
        ...{ kind, title, serverId, request, steps: [], minutes: minutesOfOthers, done: 'Done' },
        work: context => work(context, context.signal),
      });
    },
    list(query) {
      const page = repository.list(query);
      return { ...page, items: page.items.map(item => runs.find(item.id) ?? item) };
    },
    get,
    async cancel(id) {
      const { title } = get(id);
      if (!(await runs.cancel(id))) {
        throw problem('OPERATION_002', {
          detail: `"${title}" has ended; there is nothing to cancel.`,
          next: 'Remove the server if you do not want it.',
        });
      }
      return get(id);
    },
    async retry(id) {
      const operation = get(id);
      if (!hasEnded(operation) || !operation.canRetry) throw cannotRetry(operation);
      const again = runs.again(id);
      if (again) return runs.start(again);
      const kept = repository.request(id);
      if (!kept?.input) throw cannotRetry(operation);
      const isThere = operation.serverId !== null && needs.serverExists(operation.serverId);
      const input = named(kept.input, operation.serverId);
      const next = await begin(input, kept.installed && isThere);
      repository.saveRequest(id, { ...kept, retried: true });
      return next;
    },
    get running() {
      return runs.running;
    },
    async close() {
      closing = true;
      await runs.close();
    },
  };
}

const notInCatalog = (title: string) =>
  problem('CATALOG_001', {
    detail: `${title} is in no catalog of Docker any more.`,
    next: 'Look at the catalog again.',
  });

/** A retry is of the same server, also where its name was chosen for it. */
const named = (input: NewOperation, serverId: string | null): NewOperation =>
  input.kind === 'install' && serverId !== null ? { ...input, serverId } : input;

const cannotRetry = ({ title, state }: Operation) =>
  problem('OPERATION_003', {
    detail:
      state === 'running' || state === 'cancelling'
        ? `"${title}" still runs.`
        : state === 'succeeded'
          ? `"${title}" has succeeded; there is nothing left to do.`
          : `"${title}" has been tried again already, or what it was is not known any more.`,
    next: 'The list of operations shows what happened.',
  });

// Keeps what we show of Docker's profiles the same as what they are: read at the start, after each change of ours, and when somebody
// else has changed them. While Docker is away, what is known stays, with the reason.
import { isProblemError, type Problem, toProblem } from '../../../shared/api/problem.ts';
import type { DockerEngine, ProfileOfDocker } from '../docker-engine.ts';

export interface Inventory {
  /** Reads in the background and follows what changes. A machine without Docker costs one look at PATH. */
  start(): void;
  /** Reads now; what was changed before this call is seen. Never rejects: why it cannot be read is told. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface InventoryOptions {
  engine: Pick<DockerEngine, 'profiles' | 'status' | 'look' | 'onStatusChange'>;
  /** Makes what we have the same as what was read. */
  apply(found: ProfileOfDocker[]): Promise<void>;
  /** Why nothing can be read; null: it can. */
  onProblem(problem: Problem | null): void;
  onFailure(error: unknown): void;
  /** How long until a Docker that is away is looked for again, in milliseconds. */
  lookMs?: number;
}

const usualLookMs = 15_000;

export function createInventory(options: InventoryOptions): Inventory {
  const { engine, apply, onProblem, onFailure } = options;
  let closed = false;
  let started = false;
  let running: Promise<void> | undefined;
  /** The reading that begins when the one that runs has ended. */
  let next: Promise<void> | undefined;
  let stopWatching: (() => void) | undefined;
  let stopListening: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;

  const read = async (): Promise<void> => {
    if (closed) return;
    try {
      const found = await engine.profiles.list();
      if (closed) return;
      onProblem(null);
      await apply(found);
      watch();
    } catch (error) {
      if (closed) return;
      if (!isProblemError(error)) onFailure(error);
      onProblem(isProblemError(error) ? error.problem : unreadable);
      await lookLater();
    }
  };
  const watch = (): void => {
    if (started && !closed) stopWatching ??= engine.profiles.onForeignChange(() => void refresh());
  };
  /** Where there is no docker command at all, nothing is looked for by itself. */
  const lookLater = async (): Promise<void> => {
    const { docker } = await engine.status();
    if (closed || !started || docker.path === null) return;
    clearTimeout(timer);
    timer = setTimeout(() => void again().catch(onFailure), options.lookMs ?? usualLookMs).unref();
  };
  const again = async (): Promise<void> => {
    const { available } = await engine.look();
    if (available) await refresh();
    else await lookLater();
  };
  const run = (): Promise<void> => {
    running = read().finally(() => {
      running = undefined;
    });
    return running;
  };
  const refresh = async (): Promise<void> => {
    if (!running) return await run();
    next ??= running.then(() => {
      next = undefined;
      return run();
    });
    await next;
  };
  const begin = async (): Promise<void> => {
    const status = await engine.status();
    if (closed) return;
    stopListening = engine.onStatusChange(({ available, problem }) => {
      if (available) void refresh();
      else onProblem(problem);
    });
    if (status.available) return await refresh();
    onProblem(status.problem);
    await lookLater();
  };

  return {
    start() {
      if (started) return;
      started = true;
      begin().catch(onFailure);
    },
    refresh,
    async close() {
      closed = true;
      clearTimeout(timer);
      stopWatching?.();
      stopListening?.();
      await running?.catch(() => {});
    },
  };
}

const unreadable = toProblem('DOCKER_015', {
  detail: 'What docker mcp says of the profiles could not be taken over.',
  next: 'Look at the log of Quayside.',
});

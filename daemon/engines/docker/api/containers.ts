// Knows the containers of MCP servers by the engine's own events: listed once, then followed, and found again by itself when
// the engine goes and comes back. Nothing is polled, and the docker command line is never run.
import { setTimeout as pause } from 'node:timers/promises';
import type { Problem } from '../../../../shared/api/problem.ts';
import { type Clock, systemClock } from '../../../platform/clock.ts';
import type { ContainerWatch, ServerContainer, WatchState } from './container-control.ts';
import { inspectContainer, readInspection, serverLabel } from './container-inspection.ts';
import { readContainerLogs } from './container-logs.ts';
import { createStatsLease } from './container-stats.ts';
import { endContainer, removeContainer } from './end-container.ts';
import type { EngineApi } from './engine-api.ts';
import { openEvents } from './engine-events.ts';
import { isNotFound } from './engine-problems.ts';

export interface ContainerWatchOptions {
  api: EngineApi;
  clock?: Clock;
  /** Milliseconds of the first and the longest pause before the engine is looked for again. */
  firstPause?: number;
  longestPause?: number;
  /** How long statistics go on after somebody asked. */
  statsLeaseMs?: number;
}

/** More than any person has; a hostile engine fills no memory. */
const mostContainers = 1_000;
const inspectedAtOnce = 8;

export function createContainerWatch(options: ContainerWatchOptions): ContainerWatch {
  const { api, clock = systemClock, firstPause = 250, longestPause = 10_000, statsLeaseMs } = options;
  const containers = new Map<string, ServerContainer>();
  const listeners = new Set<() => void>();
  const stats = createStatsLease(api, clock, statsLeaseMs);
  const closing = new AbortController();
  let state: WatchState = { kind: 'idle' };
  let following: Promise<void> | undefined;
  let hurry = new AbortController();
  /** While somebody waits for the outcome of an attempt. */
  let settling: PromiseWithResolvers<void> | undefined = Promise.withResolvers();

  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const settle = (): void => {
    settling?.resolve();
    settling = undefined;
  };
  const lose = (problem: Problem): void => {
    const was = state;
    state = { kind: 'lost', problem };
    const hadSome = containers.size > 0;
    containers.clear();
    stats.close();
    settle();
    if (hadSome || was.kind !== 'lost' || was.problem.code !== problem.code) tell();
  };
  const look = createLook(api, containers, tell, closing.signal);

  /** Until the connection ends. Events are heard before the list is read, so that nothing falls between. */
  const followOnce = async (): Promise<void> => {
    const events = await openEvents(api, closing.signal);
    const ended = events.follow(({ id, action }) => {
      if (action === 'destroy') {
        look.forget(id);
        if (containers.delete(id)) tell();
      } else look.at(id);
    });
    // Its failure is heard below, but it may come while the list is being read.
    ended.catch(() => {});
    try {
      await look.all();
      state = { kind: 'connected' };
      settle();
      tell();
      await ended;
    } finally {
      events.close();
    }
  };

  const follow = async (): Promise<void> => {
    let wait = 0;
    while (!closing.signal.aborted) {
      if (wait > 0)
        await pause(wait * (0.75 + Math.random() / 2), undefined, { signal: anyOf(closing, hurry) }).catch(() => {});
      if (closing.signal.aborted) break;
      const startedAt = clock.now();
      const error: unknown = await followOnce().then(
        () => undefined,
        failure => failure,
      );
      if (closing.signal.aborted) break;
      // Of a connection that was only cut nobody notices: the next one follows at once. Twice in a moment is a loss.
      const wasShort = clock.now() - startedAt < 1_000;
      if (state.kind === 'connected' && !wasShort) {
        wait = 0;
        state = { kind: 'connecting' };
        continue;
      }
      lose((await api.explain(error ?? new Error('the connection was cut'), 'tell its events')).problem);
      wait = wait === 0 ? firstPause : Math.min(longestPause, wait * 2);
    }
  };

  const watch: ContainerWatch = {
    start() {
      if (following || closing.signal.aborted) return;
      state = { kind: 'connecting' };
      following = follow();
    },
    async close() {
      closing.abort();
      listeners.clear();
      stats.close();
      settle();
      await following;
      containers.clear();
    },
    state: () => state,
    async settled() {
      watch.start();
      if (state.kind === 'lost' && !closing.signal.aborted) {
        // Who asks wants to know how it is now, and not how it was some seconds ago.
        settling ??= Promise.withResolvers();
        hurry.abort();
        hurry = new AbortController();
      }
      await settling?.promise;
    },
    list: () => [...containers.values()],
    refresh: () => look.all(),
    async stats() {
      const running = watch.list().filter(each => each.state === 'running');
      return stats.read(running.map(({ id }) => id));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    logs: (id, { tail = 200 } = {}) => readContainerLogs(api, id, tail),
    stop: (id, signal = 'SIGTERM') => endContainer(api, id, signal),
    remove: id => removeContainer(api, id),
  };
  return watch;
}

const anyOf = (...controllers: AbortController[]): AbortSignal =>
  AbortSignal.any(controllers.map(({ signal }) => signal));

/** Looks at containers one by one; events that come while one is being looked at make it be looked at once more. */
function createLook(api: EngineApi, containers: Map<string, ServerContainer>, tell: () => void, signal: AbortSignal) {
  const looking = new Map<string, { again: boolean }>();
  const gone = new Set<string>();

  /** True if something is other than before. */
  const inspect = async (id: string): Promise<boolean> => {
    const answer = await api
      .raw(scope => inspectContainer(scope, id), { signal })
      .catch((error: unknown) => {
        if (isNotFound(error)) return undefined;
        throw error;
      });
    const inspected = readInspection(answer);
    if (!inspected || gone.has(id)) return containers.delete(id);
    const before = containers.get(id);
    if (!before && containers.size >= mostContainers) return false;
    containers.set(id, inspected.container);
    return JSON.stringify(before) !== JSON.stringify(inspected.container);
  };

  const at = (id: string): void => {
    const now = looking.get(id);
    if (now) {
      now.again = true;
      return;
    }
    const mine = { again: false };
    looking.set(id, mine);
    inspect(id)
      .then(isOther => isOther && tell())
      // The connection has failed, then: the events end as well, and all is read again.
      .catch(() => {})
      .finally(() => {
        looking.delete(id);
        gone.delete(id);
        if (mine.again && !signal.aborted) at(id);
      });
  };

  return {
    at,
    forget(id: string) {
      if (looking.has(id)) gone.add(id);
    },
    /** Reads the list anew. Errors: those of the connection. */
    async all() {
      const filters = { label: [`${serverLabel}=true`] };
      const rows = await api.raw(
        ({ docker, abortSignal }) => docker.listContainers({ all: true, filters, abortSignal }),
        { signal },
      );
      const ids = new Set(rows.slice(0, mostContainers).map(({ Id }) => Id));
      for (const id of containers.keys()) if (!ids.has(id)) containers.delete(id);
      gone.clear();
      const queue = [...ids];
      const work = async () => {
        for (let id = queue.shift(); id !== undefined; id = queue.shift()) await inspect(id);
      };
      await Promise.all(Array.from({ length: inspectedAtOnce }, work));
    },
  };
}

// The window's one connection to the daemon: finds or starts it when it is needed, and notices when it goes.
import { request } from 'node:http';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, type Carrier, createApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { isProblemError, type Problem, problem, toProblem } from '../../shared/api/problem.ts';
import type { Discovery } from '../../shared/domain/discovery.ts';
import { HostProblem } from '../platform/host-problem.ts';
import { createSignal, type Disposable, type Signal } from '../platform/signal.ts';
import { type AttachOptions, findUsableDaemon, getDaemon, isAnswering, stopAndWait } from './attach.ts';
import { followDaemon } from './event-follower.ts';
import { type LinkState, pauseAfterCrash } from './link-state.ts';
import { guardCarrier } from './trust-guard.ts';

export interface DaemonLinkOptions {
  /** Asked at each connect, because settings change. */
  attach: () => AttachOptions;
  isTrusted: () => boolean;
  log: (message: string) => void;
}

export interface DaemonLink extends Disposable {
  readonly state: LinkState;
  readonly onDidChangeState: Signal<LinkState>;
  readonly onEvent: Signal<DaemonEvent>;
  /** The daemon ended without being asked. Fired once for each time. */
  readonly onCrash: Signal<Problem>;
  /** Each call finds or starts the daemon first. */
  readonly api: ApiClient;
  readonly carrier: Carrier;
  /** Errors: ProblemError, or HostProblem `restricted` in a window that is not trusted and where no daemon runs. */
  connect(): Promise<Discovery>;
  /** Uses a daemon that runs already; never starts one. */
  attachIfRunning(): Promise<boolean>;
  stop(): Promise<void>;
  restart(): Promise<void>;
}

const watchPause = 3_000;

export function createDaemonLink(options: DaemonLinkOptions): DaemonLink {
  const { log } = options;
  const listenerFailed = (error: unknown) => log(`A listener failed: ${String(error)}`);
  const states = createSignal<LinkState>(listenerFailed);
  const events = createSignal<DaemonEvent>(listenerFailed);
  const crashes = createSignal<Problem>(listenerFailed);
  const crashTimes: number[] = [];
  let state: LinkState = { kind: 'idle' };
  let pending: Promise<Discovery> | undefined;
  let following: AbortController | undefined;
  let timer: NodeJS.Timeout | undefined;
  let disposed = false;
  let stoppingFor: string | undefined;

  const setState = (next: LinkState) => {
    state = next;
    if (!disposed) states.fire(next);
  };

  const later = (milliseconds: number, act: () => Promise<unknown>) => {
    clearTimeout(timer);
    if (disposed) return;
    timer = setTimeout(() => void act().catch(error => log(String(error))), milliseconds);
    timer.unref();
  };

  const socketOf = (daemon: Discovery) => ({ socketPath: daemon.socket, token: daemon.token });

  const follow = (daemon: Discovery) => {
    following?.abort();
    const controller = new AbortController();
    following = controller;
    stoppingFor = undefined;
    const carrier = socketCarrier({ request, endpoint: async () => socketOf(daemon) });
    const onEvent = (event: DaemonEvent) => {
      if (event.type === 'daemon.stopping') stoppingFor = event.reason;
      events.fire(event);
    };
    void followDaemon({ daemon, carrier, signal: controller.signal, onEvent }).then(end => {
      if (end === 'gone' && following === controller) lose();
    });
  };

  const use = (daemon: Discovery): Discovery => {
    clearTimeout(timer);
    log(`Connected to the daemon ${daemon.version}, process ${daemon.pid}.`);
    setState({ kind: 'connected', daemon });
    if (!disposed) follow(daemon);
    return daemon;
  };

  /** The daemon is gone: either somebody asked it to end, or it crashed and is started again with a growing pause. */
  const lose = () => {
    following?.abort();
    following = undefined;
    if (stoppingFor !== undefined) {
      log(`The daemon has ended: ${stoppingFor}.`);
      setState({ kind: 'stopped', reason: stoppingFor });
      return later(watchPause, watch);
    }
    crashTimes.push(Date.now());
    const pause = pauseAfterCrash(crashTimes, Date.now());
    const reason = crashProblem(pause !== null);
    setState(pause === null ? { kind: 'failed', problem: reason } : { kind: 'connecting' });
    crashes.fire(reason);
    if (pause === null) return later(watchPause, watch);
    later(pause, () => (options.isTrusted() ? connect() : watch()));
  };

  /** Waits for a daemon that somebody else starts, such as another window or the terminal. */
  const watch = async (): Promise<void> => {
    if (pending || state.kind === 'connected') return;
    if (!(await attachIfRunning()) && !disposed) later(watchPause, watch);
  };

  const attachIfRunning = async (): Promise<boolean> => {
    const daemon = await findUsableDaemon(options.attach());
    if (!daemon || disposed || pending) return state.kind === 'connected';
    if (state.kind !== 'connected') use(daemon);
    return true;
  };

  const find = async (): Promise<Discovery> => {
    if (options.isTrusted()) return await getDaemon(options.attach());
    const daemon = await findUsableDaemon(options.attach());
    if (daemon) return daemon;
    throw new HostProblem('restricted');
  };

  const connect = (): Promise<Discovery> => {
    if (state.kind === 'connected') return Promise.resolve(state.daemon);
    pending ??= (async () => {
      setState({ kind: 'connecting' });
      try {
        return use(await find());
      } catch (error) {
        setState(toFailedState(error));
        if (!options.isTrusted()) later(watchPause, watch);
        throw error;
      } finally {
        pending = undefined;
      }
    })();
    return pending;
  };

  const toDaemon = socketCarrier({ request, endpoint: async () => socketOf(await connect()) });
  // Connecting comes before the carrier, which would take a reason not to connect for an unreachable daemon.
  const connectFirst: Carrier = {
    ...toDaemon,
    async send(asked) {
      await connect();
      return await toDaemon.send(asked);
    },
  };
  const carrier = reconnectingCarrier(guardCarrier(connectFirst, options.isTrusted), async () => {
    if (state.kind === 'connected' && !(await isAnswering(state.daemon))) lose();
  });

  const stopCurrent = async (reason: string): Promise<void> => {
    if (!options.isTrusted()) throw new HostProblem('restricted');
    const daemon = state.kind === 'connected' ? state.daemon : await findUsableDaemon(options.attach());
    stoppingFor = reason;
    if (daemon) await stopAndWait(daemon, reason);
    following?.abort();
    following = undefined;
  };

  return {
    get state() {
      return state;
    },
    onDidChangeState: states.signal,
    onEvent: events.signal,
    onCrash: crashes.signal,
    api: createApiClient(carrier),
    carrier,
    connect,
    attachIfRunning,
    async stop() {
      await stopCurrent('stopped from the editor');
      setState({ kind: 'stopped', reason: 'stopped from the editor' });
      later(watchPause, watch);
    },
    async restart() {
      setState({ kind: 'connecting' });
      try {
        await stopCurrent('restarted from the editor');
      } catch (error) {
        setState(toFailedState(error));
        throw error;
      }
      crashTimes.length = 0;
      await connect();
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
      following?.abort();
      for (const each of [states, events, crashes]) each.dispose();
    },
  };
}

/** A request that found nobody at the socket was never received, so it is safe to find the daemon again and repeat it once. */
function reconnectingCarrier(carrier: Carrier, onUnreachable: () => Promise<void>): Carrier {
  return {
    ...carrier,
    async send(request) {
      try {
        return await carrier.send(request);
      } catch (error) {
        if (!wasNeverReceived(error)) throw error;
        await onUnreachable();
        return await carrier.send(request);
      }
    },
  };
}

function wasNeverReceived(error: unknown): boolean {
  if (!isProblemError(error) || error.code !== 'DAEMON_002') return false;
  const cause = error.cause;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED');
}

function toFailedState(error: unknown): LinkState {
  if (error instanceof HostProblem && error.kind === 'restricted') return { kind: 'restricted' };
  if (isProblemError(error)) return { kind: 'failed', problem: error.problem };
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', problem: toProblem('DAEMON_002', { detail, next: 'The log says more.' }) };
}

const crashProblem = (startsAgain: boolean): Problem =>
  problem('DAEMON_002', {
    detail: 'The daemon ended without being asked.',
    next: startsAgain
      ? 'It is being started again, and with it the servers that ran.'
      : 'It has ended several times within five minutes and is not started again by itself. The log says more.',
  }).problem;

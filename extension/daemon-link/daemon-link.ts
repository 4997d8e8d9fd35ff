// The window's one connection to the daemon: requests and events for everything else in the extension.
import { request } from 'node:http';
import { socketCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, type Carrier, createApiClient } from '../../shared/api/client.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { isProblemError, type Problem, problem } from '../../shared/api/problem.ts';
import type { Discovery } from '../../shared/domain/discovery.ts';
import type { Disposable, Signal } from '../platform/signal.ts';
import { DaemonSession, type DaemonSessionOptions, socketOf } from './daemon-session.ts';
import type { LinkState } from './link-state.ts';
import { guardCarrier } from './trust-guard.ts';

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

export function createDaemonLink(options: DaemonSessionOptions): DaemonLink {
  const session = new DaemonSession(options);
  const carrier = reconnecting(guardCarrier(connectFirst(session), options.isTrusted), session);
  return {
    get state() {
      return session.state;
    },
    onDidChangeState: session.states.signal,
    onEvent: session.events.signal,
    onCrash: session.crashes.signal,
    api: createApiClient(carrier),
    carrier,
    connect: () => session.connect(),
    attachIfRunning: () => session.attachIfRunning(),
    stop: () => session.stop(),
    restart: () => session.restart(),
    dispose: () => session.dispose(),
  };
}

/** Connecting comes before the socket's carrier, which would take a reason not to connect for an unreachable daemon. */
function connectFirst(session: DaemonSession): Carrier {
  const toDaemon = socketCarrier({ request, endpoint: async () => socketOf(await session.connect()) });
  return {
    ...toDaemon,
    async send(asked) {
      if (session.isEnding) throw ending();
      await session.connect();
      return await toDaemon.send(asked);
    },
  };
}

/** A request that found nobody at the socket was never received, so it is safe to find the daemon and repeat it once. */
function reconnecting(carrier: Carrier, session: DaemonSession): Carrier {
  return {
    ...carrier,
    async send(asked) {
      try {
        return await carrier.send(asked);
      } catch (error) {
        if (!wasNeverReceived(error)) throw error;
        await session.loseIfGone();
        if (session.isEnding || session.state.kind === 'stopped') throw error;
        return await carrier.send(asked);
      }
    },
  };
}

const ending = () =>
  problem('DAEMON_003', {
    detail: 'The daemon is being stopped from this window.',
    next: 'Start it when you need it.',
  });

function wasNeverReceived(error: unknown): boolean {
  if (!isProblemError(error) || error.code !== 'DAEMON_002') return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED');
}

// Calls that somebody watches: their progress and log messages go out as events, slowed down to what a person can follow.
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { UpstreamCall, WireNotification } from '../../supervision/upstream.ts';

export interface WatchedCall {
  callId: string;
  serverId: string;
  /** Who watches it: kind and id of the principal. */
  by: string;
  /** Ends with the call. */
  signal: AbortSignal;
}

export interface Watch {
  readonly call: WatchedCall;
  onNotification(notification: WireNotification): void;
  /** To be called when the request is made: what the server asks within it is asked of who watches. */
  isOf(upstreamCall: UpstreamCall): void;
  end(): void;
}

export interface CallWatches {
  /** Errors: REQUEST_001 if a call of this id is under way. */
  begin(call: Omit<WatchedCall, 'signal'>): Watch;
  /** The watched call that a request of a server belongs to. */
  of(upstreamCall: UpstreamCall): WatchedCall | undefined;
  /** All that one principal watches now. */
  ofCaller(by: string): WatchedCall[];
}

const progressEveryMs = 100;
const mostLogsPerSecond = 20;
const mostLogBytes = 8_192;

export function createCallWatches(publish: (event: DaemonEvent) => void): CallWatches {
  const running = new Map<string, WatchedCall>();
  const byUpstreamCall = new WeakMap<UpstreamCall, WatchedCall>();

  return {
    begin(wanted) {
      if (running.has(wanted.callId)) throw alreadyUsed();
      const ended = new AbortController();
      const call = { ...wanted, signal: ended.signal };
      running.set(call.callId, call);
      const { callId, serverId, by } = call;
      const progress = createSlowed(progressEveryMs, (params: Record<string, unknown>) =>
        publish({ type: 'call.progress', callId, by, serverId, ...toProgress(params) }),
      );
      const mayLog = createPace(mostLogsPerSecond);
      return {
        call,
        onNotification({ method, params = {} }) {
          if (method === 'notifications/progress') progress.add(params);
          if (method === 'notifications/message' && mayLog())
            publish({ type: 'call.log', callId, by, serverId, ...toLog(params) });
        },
        isOf: upstreamCall => void byUpstreamCall.set(upstreamCall, call),
        end() {
          progress.end();
          ended.abort(new Error('The call has ended.'));
          running.delete(callId);
        },
      };
    },
    of: upstreamCall => byUpstreamCall.get(upstreamCall),
    ofCaller: by => [...running.values()].filter(call => call.by === by),
  };
}

const alreadyUsed = () =>
  problem('REQUEST_001', {
    detail: 'A call with this id is under way.',
    next: 'Make a new id for each call.',
    errors: [{ path: '/body/callId', message: 'This id is in use.' }],
  });

const numberOr = (value: unknown, otherwise: number | null) =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

const toProgress = ({ progress, total, message }: Record<string, unknown>) => ({
  progress: numberOr(progress, 0) ?? 0,
  total: numberOr(total, null),
  message: typeof message === 'string' ? message.slice(0, 2_000) : null,
});

function toLog({ level, logger, data }: Record<string, unknown>) {
  const text = JSON.stringify(data) ?? 'null';
  return {
    level: typeof level === 'string' ? level.slice(0, 20) : 'info',
    logger: typeof logger === 'string' ? logger.slice(0, 200) : null,
    data: text.length > mostLogBytes ? text.slice(0, mostLogBytes) : (data ?? null),
  };
}

/** Hands on the first at once and then the last one of each span, the very last included. */
function createSlowed<T>(everyMs: number, handOn: (value: T) => void): { add(value: T): void; end(): void } {
  let waiting: { value: T } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const next = (): void => {
    timer = undefined;
    if (!waiting) return;
    const { value } = waiting;
    waiting = undefined;
    handOn(value);
    timer = setTimeout(next, everyMs).unref();
  };
  return {
    add(value) {
      waiting = { value };
      if (!timer) next();
    },
    end() {
      clearTimeout(timer);
      if (waiting) handOn(waiting.value);
      waiting = undefined;
    },
  };
}

function createPace(perSecond: number): () => boolean {
  let second = 0;
  let count = 0;
  return () => {
    const now = Math.floor(performance.now() / 1_000);
    if (now !== second) {
      second = now;
      count = 0;
    }
    count += 1;
    return count <= perSecond;
  };
}

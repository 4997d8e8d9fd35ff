// The calls that wait for a person, in memory: each ends once, by a decision, its time, or its caller going away.

export type WaitingEnd =
  | { kind: 'approved'; by: string }
  | { kind: 'denied'; by: string | null; why: string }
  | { kind: 'expired' }
  | { kind: 'withdrawn' };

export interface WaitingCall {
  id: string;
  callerId: string;
  sessionId: string | null;
  digest: string;
  /** Epoch milliseconds. */
  expiresAt: number;
}

export interface WaitingCalls {
  /** Resolves when it has ended, whichever way. */
  wait(call: WaitingCall, signal: AbortSignal): Promise<WaitingEnd>;
  find(id: string): WaitingCall | undefined;
  /** False: it has ended before. */
  end(id: string, how: WaitingEnd): boolean;
  /** Whether one more of this caller may wait. */
  hasRoom(callerId: string): boolean;
  withdrawAll(): void;
}

const mostOfCaller = 10;
const mostOfAll = 200;

/** `after`: calls back after so many milliseconds, and returns the way to stop it. */
export type After = (milliseconds: number, act: () => void) => () => void;

export const realAfter: After = (milliseconds, act) => {
  const timer = setTimeout(act, milliseconds).unref();
  return () => clearTimeout(timer);
};

export function createWaitingCalls(now: () => number, after: After = realAfter): WaitingCalls {
  const waiting = new Map<string, { call: WaitingCall; end: (how: WaitingEnd) => void }>();
  const end = (id: string, how: WaitingEnd): boolean => {
    const found = waiting.get(id);
    if (!found) return false;
    waiting.delete(id);
    found.end(how);
    return true;
  };
  return {
    wait: (call, signal) =>
      new Promise(resolve => {
        if (signal.aborted) return resolve({ kind: 'withdrawn' });
        const leave = () => end(call.id, { kind: 'withdrawn' });
        const stop = after(call.expiresAt - now(), () => end(call.id, { kind: 'expired' }));
        signal.addEventListener('abort', leave, { once: true });
        waiting.set(call.id, {
          call,
          end(how) {
            stop();
            signal.removeEventListener('abort', leave);
            resolve(how);
          },
        });
      }),
    find: id => waiting.get(id)?.call,
    end,
    hasRoom: callerId =>
      waiting.size < mostOfAll &&
      [...waiting.values()].filter(({ call }) => call.callerId === callerId).length < mostOfCaller,
    withdrawAll() {
      for (const id of [...waiting.keys()]) end(id, { kind: 'withdrawn' });
    },
  };
}

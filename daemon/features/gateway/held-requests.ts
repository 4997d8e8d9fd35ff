// Requests of clients without a session whose server asks something back. The client is told `input_required`, the
// request at the server is held, and the client's next try with the answers takes it up where it was
// (revision 2026-07-28, "Multi Round-Trip Requests").
import { createHash, randomBytes } from 'node:crypto';
import { toCanonicalJson } from '../../platform/canonical.ts';
import { WireError, type WireObject, type WireRequest } from '../../supervision/upstream.ts';
import { isObject, rpcCodes } from './wire.ts';

/** Where the client waits now. */
export interface Round {
  finish(result: string | Buffer): void;
  fail(error: unknown): void;
  /** Calls back if the client goes away before it was answered. */
  onLeft(listener: () => void): void;
}

export interface HeldRequest {
  /** A question of the server. Resolves with the client's answer. */
  ask(request: WireRequest, signal: AbortSignal): Promise<WireObject>;
  /** The server has answered at last. */
  finish(result: string | Buffer): void;
  fail(error: unknown): void;
  /** True while the client has been told to come back. No getter: each object with one of its own has a shape of its own. */
  isHeld(): boolean;
}

export interface HeldRequests {
  /** `abandon` is called if the client does not come back. */
  begin(key: RequestKey, round: Round, abandon: () => void): HeldRequest;
  /** True if the state is one of ours, whether or not it still leads to a request. */
  isOurs(state: unknown): state is string;
  /** Goes on with a request. Errors: WireError if the state leads to none of this client and these arguments. */
  resume(state: string, key: RequestKey, answers: unknown, round: Round): void;
  close(): void;
}

export interface RequestKey {
  owner: string;
  place: string;
  method: string;
  params: WireObject;
}

const most = { held: 256, perOwner: 32, asks: 16 };
/** Milliseconds for a person to answer. */
const heldMs = 600_000;
const prefix = 'quayside.';

interface Ask {
  request: WireRequest;
  resolve(answer: WireObject): void;
}

interface Held {
  owner: string;
  digest: string;
  resume(answers: WireObject, round: Round): void;
  abandon(): void;
  timer: NodeJS.Timeout;
}

export function createHeldRequests(): HeldRequests {
  const held = new Map<string, Held>();
  const drop = (state: string) => {
    clearTimeout(held.get(state)?.timer);
    held.delete(state);
  };

  const begin: HeldRequests['begin'] = (key, first, abandon) => {
    const asks = new Map<string, Ask>();
    /** Worked out with the first question: most requests are never held. */
    let digest: string | undefined;
    let round: Round | undefined;
    let outcome: ((to: Round) => void) | undefined;
    let state: string | undefined;
    let asked = 0;
    let isToldSoon = false;

    /** Who goes away while the server has the word will not come back: only a question brings a state to come back with. */
    const enter = (to: Round) => {
      round = to;
      to.onLeft(() => {
        if (round === to) abandon();
      });
    };
    const resume = (answers: WireObject, to: Round) => {
      state = undefined;
      enter(to);
      if (outcome) return outcome(to);
      for (const [name, { resolve }] of [...asks]) {
        const answer = answers[name];
        if (!isObject(answer)) continue;
        asks.delete(name);
        resolve(answer);
      }
      // What was not answered is asked again, now; otherwise the server has the word.
      if (asks.size > 0) tell();
    };
    const hold = (digest: string): string => {
      const fresh = `${prefix}${randomBytes(24).toString('base64url')}`;
      const timer = setTimeout(() => {
        held.delete(fresh);
        abandon();
      }, heldMs);
      timer.unref();
      held.set(fresh, { owner: key.owner, digest, resume, abandon, timer });
      return fresh;
    };
    const tell = () => {
      if (!round || digest === undefined || asks.size === 0) return;
      const to = round;
      round = undefined;
      state = hold(digest);
      const inputRequests = Object.fromEntries(
        [...asks].map(([name, { request }]) => [name, { method: request.method, params: request.params ?? {} }]),
      );
      to.finish(JSON.stringify({ resultType: 'input_required', inputRequests, requestState: state }));
    };
    const settle = (how: (to: Round) => void) => {
      asks.clear();
      if (round) how(round);
      else outcome = how;
    };

    enter(first);
    return {
      isHeld: () => state !== undefined,
      ask(request, signal) {
        const ofOwner = [...held.values()].filter(({ owner }) => owner === key.owner).length;
        if (asks.size >= most.asks || held.size >= most.held || ofOwner >= most.perOwner)
          return Promise.reject(new WireError(rpcCodes.internal, 'Too many questions wait for this client.'));
        try {
          digest ??= digestOf(key);
        } catch {
          return Promise.reject(new WireError(rpcCodes.internal, 'The request is nested too deeply to be held.'));
        }
        asked += 1;
        const name = `question_${asked}`;
        return new Promise((resolve, reject) => {
          const onAbort = () => {
            asks.delete(name);
            reject(signal.reason);
          };
          if (signal.aborted) return onAbort();
          signal.addEventListener('abort', onAbort, { once: true });
          asks.set(name, {
            request,
            resolve(answer) {
              signal.removeEventListener('abort', onAbort);
              resolve(answer);
            },
          });
          if (isToldSoon) return;
          isToldSoon = true;
          // Questions that a server asks side by side go out together.
          setImmediate(() => {
            isToldSoon = false;
            tell();
          });
        });
      },
      finish: result => settle(to => to.finish(result)),
      fail: error => settle(to => to.fail(error)),
    };
  };

  return {
    begin,
    isOurs: (state): state is string => typeof state === 'string' && state.startsWith(prefix),
    resume(state, key, answers, round) {
      const one = held.get(state);
      if (!one || one.owner !== key.owner || one.digest !== digestOf(key))
        throw new WireError(
          rpcCodes.invalidParams,
          'requestState leads to no request of this client and these arguments.',
        );
      if (answers !== undefined && !isObject(answers))
        throw new WireError(rpcCodes.invalidParams, 'inputResponses must be an object.');
      drop(state);
      one.resume(answers ?? {}, round);
    },
    close() {
      for (const [state, { abandon }] of [...held]) {
        drop(state);
        abandon();
      }
    },
  };
}

/** The same request again has the same digest, in whatever order its members stand. */
function digestOf({ place, method, params }: RequestKey): string {
  const { _meta, inputResponses, requestState, ...rest } = params;
  return createHash('sha256')
    .update(toCanonicalJson([place, method, rest]))
    .digest('base64url');
}

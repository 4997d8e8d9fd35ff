// Questions of servers to a client with a session: sampling, elicitation, roots. The ids are ours.
import { randomBytes } from 'node:crypto';
import { WireError, type WireObject, type WireRequest } from '../../supervision/upstream.ts';
import type { ResponseMessage } from './wire.ts';
import { isObject, rpcCodes, toNotificationText, toRequestText } from './wire.ts';

/** What a question needs of the client, by its method. */
const needed: Readonly<Record<string, string>> = {
  'sampling/createMessage': 'sampling',
  'elicitation/create': 'elicitation',
  'roots/list': 'roots',
};

/** The capability that a client lacks for a question, or undefined if it may be asked. Methods of extensions may always. */
export function missingCapability({ method, params }: WireRequest, capabilities: WireObject): string | undefined {
  const name = needed[method];
  if (name === undefined || method === 'ping') return undefined;
  const declared = capabilities[name];
  if (!isObject(declared)) return name;
  if (method !== 'elicitation/create') return undefined;
  const mode = params?.['mode'] === 'url' ? 'url' : 'form';
  // Bare `elicitation: {}` is what clients said before there were modes: it means forms.
  const isBare = declared['form'] === undefined && declared['url'] === undefined;
  return declared[mode] !== undefined || (mode === 'form' && isBare) ? undefined : `elicitation.${mode}`;
}

export const refuseQuestion = (method: string, capability: string): WireError =>
  new WireError(rpcCodes.methodNotFound, `The client does not offer ${capability}, so ${method} cannot be asked.`);

export interface Asks {
  readonly open: number;
  /** Sends a question by `send` and resolves with the client's result. Errors: WireError of the client, or the signal's reason. */
  ask(request: WireRequest, signal: AbortSignal, send: (message: string, isKept: boolean) => void): Promise<WireObject>;
  /** Whether somebody waited for it. */
  answer(response: ResponseMessage): boolean;
  /** Nobody will answer any more. */
  end(): void;
}

const mostAsks = 64;

export function createAsks(): Asks {
  const waiting = new Map<string, { resolve(result: WireObject): void; reject(error: unknown): void }>();
  // A client that is carried over into another session may still answer what it was asked in the one before.
  const prefix = `quayside-${randomBytes(6).toString('hex')}`;
  let last = 0;
  return {
    get open() {
      return waiting.size;
    },
    ask({ method, params }, signal, send) {
      if (waiting.size >= mostAsks)
        return Promise.reject(new WireError(rpcCodes.internal, 'Too many questions wait for this client.'));
      if (signal.aborted) return Promise.reject(signal.reason);
      last += 1;
      const id = `${prefix}-${last}`;
      const { promise, resolve, reject } = Promise.withResolvers<WireObject>();
      const onAbort = () => {
        waiting.delete(id);
        send(toNotificationText('notifications/cancelled', { requestId: id }), false);
        reject(signal.reason);
      };
      const settle = () => signal.removeEventListener('abort', onAbort);
      signal.addEventListener('abort', onAbort, { once: true });
      waiting.set(id, {
        resolve: result => {
          settle();
          resolve(result);
        },
        reject: error => {
          settle();
          reject(error);
        },
      });
      send(toRequestText(id, method, params), true);
      return promise;
    },
    answer({ id, result, error }) {
      const one = typeof id === 'string' ? waiting.get(id) : undefined;
      if (!one || typeof id !== 'string') return false;
      waiting.delete(id);
      if (result) one.resolve(result);
      else one.reject(new WireError(error?.code ?? rpcCodes.internal, error?.message ?? 'No answer.', error?.data));
      return true;
    },
    end() {
      for (const { reject } of waiting.values()) reject(new WireError(rpcCodes.internal, 'The client has left.'));
      waiting.clear();
    },
  };
}

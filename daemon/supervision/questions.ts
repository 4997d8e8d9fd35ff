// Requests of a server: each goes to the one client that it can be for, or is refused with the reason.
import { type CallsUnderWay, type CallUnderWay, endOf } from './calls-under-way.ts';
import type { Losses } from './losses.ts';
import { type DownstreamClient, WireError, type WireObject, type WireRequest } from './upstream.ts';
import { isObject, rpcCodes } from './wire-message.ts';

export interface QuestionsOptions {
  calls: CallsUnderWay;
  /** Who is connected. */
  clients(): Iterable<DownstreamClient>;
  losses: Losses;
}

export interface Questions {
  /** `origin`: the call on whose stream it came. Errors: WireError. */
  ask(request: WireRequest, signal: AbortSignal, origin: CallUnderWay | undefined): Promise<WireObject>;
  /** Whose page it is that a server says is done; undefined: nobody knows. */
  askerOf(elicitationId: string): DownstreamClient | undefined;
  left(client: DownstreamClient): void;
}

/** What a question needs of the client. */
const needed: ReadonlyMap<string, string> = new Map([
  ['sampling/createMessage', 'sampling'],
  ['elicitation/create', 'elicitation'],
  ['roots/list', 'roots'],
]);

export const isQuestion = (method: string): boolean => needed.has(method);

/** A question that belongs to no call waits no longer than this for its answer: milliseconds. */
const patience = 600_000;
/** Pages that are open at the same time and remembered. */
const mostPages = 1_000;

export function offersAnswer({ capabilities }: DownstreamClient, { method, params }: WireRequest): boolean {
  const declared = capabilities[needed.get(method) ?? ''];
  if (!isObject(declared)) return false;
  if (method !== 'elicitation/create') return true;
  // Without a word of modes it means forms, as clients had them first.
  const isBare = declared['form'] === undefined && declared['url'] === undefined;
  return params?.['mode'] === 'url' ? declared['url'] !== undefined : isBare || declared['form'] !== undefined;
}

export function createQuestions({ calls, clients, losses }: QuestionsOptions): Questions {
  const pages = new Map<string, DownstreamClient>();

  const refuse = (
    method: string,
    reason: 'client-does-not-offer' | 'no-client' | 'more-than-one-client',
  ): WireError => {
    losses.count(method, reason);
    return new WireError(
      reason === 'client-does-not-offer' ? rpcCodes.methodNotFound : rpcCodes.internal,
      words[reason],
    );
  };

  /** Errors: WireError. */
  const addressee = (
    request: WireRequest,
    origin: CallUnderWay | undefined,
  ): [DownstreamClient, CallUnderWay | undefined] => {
    const at = origin ?? calls.only();
    if (at) {
      if (!offersAnswer(at.call.client, request)) throw refuse(request.method, 'client-does-not-offer');
      return [at.call.client, at];
    }
    const connected = [...clients()];
    const able = connected.filter(client => offersAnswer(client, request));
    const [only, ...others] = able;
    if (only && others.length === 0) return [only, calls.latestOf(only)];
    if (only) throw refuse(request.method, 'more-than-one-client');
    throw refuse(request.method, connected.length === 0 ? 'no-client' : 'client-does-not-offer');
  };

  return {
    async ask(request, signal, origin) {
      const [client, at] = addressee(request, origin);
      const { params } = request;
      const page = params?.['mode'] === 'url' ? params['elicitationId'] : undefined;
      if (typeof page === 'string') {
        const [oldest] = pages.keys();
        if (oldest !== undefined && pages.size >= mostPages) pages.delete(oldest);
        pages.set(page, client);
      }
      const limit = at ? endOf(at) : AbortSignal.timeout(patience);
      return await client.ask(request, { signal: AbortSignal.any([signal, limit]), within: at?.call });
    },
    askerOf: id => pages.get(id),
    left(client) {
      for (const [id, one] of pages) if (one === client) pages.delete(id);
    },
  };
}

const words = {
  'client-does-not-offer': 'The client behind this call does not offer this.',
  'no-client': 'No client is connected that could answer.',
  'more-than-one-client':
    'Several clients use this server, and nobody can tell which one this is for. Give it a session for each client.',
} as const;

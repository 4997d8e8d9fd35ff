// One client's session (revisions up to 2025-11-25): its streams, its requests under way, and the questions to it.
import { PassingMap } from '../../platform/passing-map.ts';
import type { DownstreamClient, WireNotification, WireObject } from '../../supervision/upstream.ts';
import { createAsks, missingCapability, refuseQuestion } from './asks.ts';
import { isClientCall, type Waiting } from './client-call.ts';
import type { Entry } from './entry.ts';
import type { Leaving } from './leaving.ts';
import { isWanted } from './log-level.ts';
import { createOutboundStream, type OutboundStream } from './outbound-stream.ts';
import type { Place } from './places.ts';
import { createReply, type Reply } from './reply.ts';
import { type SessionRevision, takesPrimingEvent } from './revisions.ts';
import { type RequestId, type ResponseMessage, toErrorText, toNotificationText } from './wire.ts';

export interface SessionFacts {
  /** The secret that the client sends with each request. */
  id: string;
  /** What it is called in lists. */
  handle: string;
  /** Whose it is: `key:ID`. */
  owner: string;
  /** The id alone, as in its calls. */
  callerId: string;
  /** For records. */
  principal: string;
  place: Place;
  /** Which servers it is shown, as of its last request: what somebody may see can change. */
  maySee(serverId: string): boolean;
  revision: SessionRevision;
  info: WireObject;
  capabilities: WireObject;
  /** Epoch milliseconds. */
  createdAt: number;
}

export interface StreamTimes {
  /** Milliseconds for which a stream that broke can be taken up again; after that its request is cancelled. */
  graceMs: number;
  retryMs: number;
  patienceMs: number;
}

export interface Session extends SessionFacts {
  readonly client: DownstreamClient;
  lastUsedAt: number;
  calls: number;
  logLevel: string | undefined;
  readonly openStreams: number;
  /** A stream is open or a request is under way: nobody has left. */
  readonly isBusy: boolean;
  /** Begins the answer to a request; undefined if its id is in use or too many are under way. */
  begin(id: RequestId, leaving: Pick<Entry, 'signal' | 'dismissal'>): { reply: Reply; waiting: Waiting } | undefined;
  /** A request whose answer waits with others: what is told meanwhile goes out on the session's own stream. */
  wait(dismissal: Leaving): { waiting: Waiting; done(): void };
  /** The request has been answered. */
  done(id: RequestId): void;
  cancel(id: RequestId): void;
  /** True if the client had said that it wants no answer. */
  wasCancelled(id: RequestId): boolean;
  answer(response: ResponseMessage): void;
  /** The stream for what belongs to no request; undefined if there are too many. */
  listen(signal: Leaving): ReadableStream<Uint8Array> | undefined;
  /** A stream that broke, from where it was left; undefined if it is not known any more. */
  resume(lastEventId: string, signal: Leaving): ReadableStream<Uint8Array> | undefined;
  tell(notification: WireNotification): void;
  keepAlive(): void;
  end(): void;
}

const mostInFlight = 256;
const fewInFlight = 8;
const mostListening = 4;
/** There may be as many of them as there are sessions, and nobody waits for what is on them. */
const keptForListener = 65_536;
/** Messages that wait for a client which has not opened its stream yet. */
const mostPending = 32;

interface InFlight {
  controller: AbortController;
  reply: Reply;
  wasCancelled: boolean;
  /** Lets go of whoever might be dismissed. */
  release(): void;
}

export function createSession(facts: SessionFacts, { graceMs, retryMs, patienceMs }: StreamTimes): Session {
  const inFlight = new PassingMap<RequestId, InFlight>();
  const streams = new Map<string, OutboundStream>();
  const graces = new Map<string, NodeJS.Timeout>();
  const listening = new Set<OutboundStream>();
  const pending: string[] = [];
  let pendingSize = 0;
  const asks = createAsks();
  const ending = new AbortController();
  const primes = takesPrimingEvent(facts.revision);
  const headers = { 'mcp-session-id': facts.id };
  let lastStream = 0;
  let logLevel: string | undefined;

  const forget = (id: string) => {
    clearTimeout(graces.get(id));
    graces.delete(id);
    streams.delete(id);
  };
  const options = (onForgotten: () => void) => {
    lastStream += 1;
    const id = lastStream.toString(36);
    return {
      id,
      resumable: { primes, retryMs },
      onDone: () => forget(id),
      onLost() {
        const timer = setTimeout(() => {
          forget(id);
          onForgotten();
        }, graceMs);
        timer.unref();
        graces.set(id, timer);
      },
    };
  };
  const listener = (): OutboundStream | undefined => {
    for (const stream of listening) if (stream.isOpen) return stream;
    return listening.values().next().value;
  };
  const sendUnrelated = (message: string, isKept = false) => {
    const stream = listener();
    if (stream) return stream.send(message, isKept);
    pending.push(message);
    pendingSize += message.length;
    while (pending.length > mostPending || pendingSize > keptForListener) pendingSize -= pending.shift()?.length ?? 0;
  };
  const tell = (notification: WireNotification) => {
    if (!isWanted(notification, logLevel)) return;
    sendUnrelated(toNotificationText(notification.method, notification.params));
  };
  /** Where a question goes that does not say which request it belongs to: to the only one, or to the open stream. */
  const placeOfAsk = (): ((message: string, isKept: boolean) => void) | undefined => {
    if (listener()?.isOpen) return sendUnrelated;
    const [only, ...others] = inFlight.all();
    return only && others.length === 0 ? only[1].reply.send : undefined;
  };

  const client: DownstreamClient = {
    id: facts.handle,
    info: facts.info,
    capabilities: facts.capabilities,
    async ask(request, { signal, within }) {
      const missing = missingCapability(request, facts.capabilities);
      if (missing) throw refuseQuestion(request.method, missing);
      const send = isClientCall(within) ? within.waiting.send : placeOfAsk();
      if (!send) throw refuseQuestion(request.method, 'a stream on which it can be asked');
      return await asks.ask(request, signal, send);
    },
    tell(notification) {
      // Told when the gateway itself knows the new list: a client asks for it at once.
      if (!notification.method.endsWith('/list_changed')) tell(notification);
    },
  };

  return {
    ...facts,
    client,
    lastUsedAt: facts.createdAt,
    calls: 0,
    get logLevel() {
      return logLevel;
    },
    set logLevel(level) {
      logLevel = level;
    },
    get openStreams() {
      let open = 0;
      for (const stream of streams.values()) if (stream.isOpen) open += 1;
      return open;
    },
    get isBusy() {
      return inFlight.size > 0 || this.openStreams > 0;
    },
    begin(id, { signal, dismissal }) {
      if (inFlight.has(id) || inFlight.size >= mostInFlight) return undefined;
      const controller = new AbortController();
      const abandon = () => controller.abort(new Error('The client has gone.'));
      const reply = createReply({
        stream: options(abandon),
        headers,
        // With much under way a document is worth more than that it can be taken up again: it costs less.
        patienceMs: inFlight.size < fewInFlight ? patienceMs : patienceMs * 10,
        signal,
        onGone: abandon,
        onStream: stream => void streams.set(stream.id, stream),
      });
      // Its stream could be taken up again for a while; who is not let in any more has nothing to come back to.
      const release = whenDismissed(dismissal, abandon);
      inFlight.set(id, { controller, reply, wasCancelled: false, release });
      const waiting: Waiting = {
        client,
        signal: controller.signal,
        takesInputRequired: false,
        note(notification) {
          if (isWanted(notification, logLevel))
            reply.send(toNotificationText(notification.method, notification.params));
        },
        send: reply.send,
      };
      return { reply, waiting };
    },
    wait(dismissal) {
      const dismissed = new AbortController();
      const done = whenDismissed(dismissal, () => dismissed.abort(new Error('The client has gone.')));
      const signal = AbortSignal.any([ending.signal, dismissed.signal]);
      return { waiting: { client, signal, takesInputRequired: false, note: tell, send: sendUnrelated }, done };
    },
    done(id) {
      inFlight.delete(id)?.release();
    },
    cancel(id) {
      const one = inFlight.get(id);
      if (!one) return;
      one.wasCancelled = true;
      one.controller.abort(new Error('The client has cancelled the request.'));
    },
    wasCancelled: id => inFlight.get(id)?.wasCancelled === true,
    answer: response => void asks.answer(response),
    listen(signal) {
      for (const stream of listening) {
        // Who opens a new stream without a last id begins anew.
        if (stream.isOpen) continue;
        listening.delete(stream);
        forget(stream.id);
      }
      if (listening.size >= mostListening) return undefined;
      // A stream without a request waits for its reader as long as the session lives.
      const { id, resumable } = options(() => {});
      const stream = createOutboundStream({
        id,
        resumable,
        keptBytes: keptForListener,
        onLost: () => {},
        onDone: () => {},
      });
      listening.add(stream);
      streams.set(id, stream);
      for (const message of pending.splice(0)) stream.send(message);
      pendingSize = 0;
      return stream.open(undefined, signal);
    },
    resume(lastEventId, signal) {
      const [id = '', number] = lastEventId.split('_');
      const stream = streams.get(id);
      if (!stream || !/^\d{1,15}$/.test(number ?? '')) return undefined;
      clearTimeout(graces.get(id));
      graces.delete(id);
      return stream.open(Number(number), signal);
    },
    tell,
    keepAlive() {
      for (const stream of streams.values()) stream.keepAlive();
    },
    end() {
      for (const [id, { controller, reply }] of inFlight.all()) {
        controller.abort(new Error('The session has ended.'));
        reply.drop(toErrorText(id, -32_000, 'The session has ended.'));
      }
      asks.end();
      ending.abort(new Error('The session has ended.'));
      for (const stream of streams.values()) {
        stream.finish();
        stream.cut();
      }
      for (const id of [...graces.keys()]) forget(id);
      streams.clear();
      listening.clear();
    },
  };
}

/** Returns the way to stop waiting for it. */
function whenDismissed(dismissal: Leaving, act: () => void): () => void {
  if (dismissal.aborted) queueMicrotask(act);
  dismissal.addEventListener('abort', act, { once: true });
  return () => dismissal.removeEventListener('abort', act);
}

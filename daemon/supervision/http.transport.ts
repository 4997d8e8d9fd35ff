// MCP over streamable HTTP, as a client of it: each message a request of its own, bounded in size, pace and time, whatever
// the server sends. Sessions as revisions up to 2025-11-25 have them; with revision 2026-07-28 there are none.

import { PassingMap } from '../platform/passing-map.ts';
import { createEventStreamReader } from './event-stream.ts';
import { failedAnswer, LostAnswer, OversizedAnswer } from './failed-answer.ts';
import { cancelledIdOf, parseMessages, readText, statelessHeaders, TooLong } from './http-messages.ts';
import { createMessagePace, type MessagePace } from './message-pace.ts';
import { createPatientFetch } from './patient-fetch.ts';
import { isObject, type WireMessage, type WireTransport } from './wire-message.ts';

export interface HttpTransportOptions {
  url: string;
  headers: Record<string, string>;
  messageBytes: number;
  /** A message was longer than allowed and was not taken. */
  onOversized: (bytes: number) => void;
  /** The server cannot be reached any more, or has forgotten the session. */
  onLost: (reason: string) => void;
  pace?: MessagePace;
}

export interface HttpTransport extends WireTransport {
  /** What was agreed on: from now on every request says so. */
  open(agreed: { protocolVersion: string; isStateless: boolean }): void;
  /** Headers of one request more, by its message: what a tool wants of its arguments. */
  headersOf: ((message: WireMessage) => Record<string, string>) | undefined;
}

/** The server refused a request, or answered with what is not MCP. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Milliseconds for the server to end a stream by itself after the answer. */
const courtesy = 1_000;
/** Messages that want no answer: so many may be on their way, each for so long. */
const others = { atOnce: 256, milliseconds: 60_000 } as const;
/** A server may say when to come back, but neither a thousand times a second nor never. */
const reconnection = { soonest: 1_000, latest: 60_000, tries: 3, growth: 1.5 } as const;
const mostRedirects = 5;

interface Exchange {
  readonly controller: AbortController;
  /** Its answer comes on a stream, which may go on after it. */
  isStream: boolean;
  courtesy: NodeJS.Timeout | undefined;
}

/** Where a stream is, so that it can be taken up again. */
interface Place {
  lastEventId: string | undefined;
  retry: number;
}

export function createHttpTransport(options: HttpTransportOptions): HttpTransport {
  const { headers, messageBytes, onOversized, onLost, pace = createMessagePace() } = options;
  const url = new URL(options.url);
  const patientFetch = createPatientFetch();
  const exchanges = new PassingMap<number, Exchange>();
  const over = new AbortController();
  let underWay = 0;
  let sessionId: string | undefined;
  let agreed: { protocolVersion: string; isStateless: boolean } | undefined;

  const deliver = (message: WireMessage, origin: number | undefined): void => {
    if (message.method === undefined && typeof message.id === 'number') answered(message.id);
    transport.onmessage?.(message, origin);
  };
  const answered = (id: number): void => {
    const exchange = exchanges.get(id);
    if (!exchange) return;
    exchanges.delete(id);
    if (!exchange.isStream) return;
    exchange.courtesy = setTimeout(() => exchange.controller.abort(), courtesy);
    exchange.courtesy.unref();
  };
  const fail = (id: number, why: OversizedAnswer | LostAnswer): void => {
    if (exchanges.has(id)) deliver(failedAnswer(id, why), id);
  };

  const headersFor = (message: WireMessage | undefined): Record<string, string> => ({
    ...headers,
    ...(sessionId === undefined ? {} : { 'mcp-session-id': sessionId }),
    ...(agreed === undefined || agreed.isStateless ? {} : { 'mcp-protocol-version': agreed.protocolVersion }),
    ...(message === undefined ? {} : statelessHeaders(message)),
    ...(message === undefined ? {} : transport.headersOf?.(message)),
  });

  /** Redirects stay on the origin that the headers are meant for. */
  const request = async (init: RequestInit, send: typeof fetch): Promise<Response> => {
    let target = url;
    for (let redirects = 0; ; redirects++) {
      const response = await send(target, { ...init, redirect: 'manual' });
      const location = response.headers.get('location');
      if (![307, 308].includes(response.status) || location === null) return response;
      await response.body?.cancel().catch(() => {});
      const next = new URL(location, target);
      if (next.origin !== url.origin || redirects >= mostRedirects)
        throw new HttpFailure(response.status, `It wants to send us on to ${next.origin}.`);
      target = next;
    }
  };

  const post = async (message: WireMessage, signal: AbortSignal): Promise<void> => {
    const id = message.method !== undefined && typeof message.id === 'number' ? message.id : undefined;
    if (id !== undefined) pace.expect();
    const init = {
      method: 'POST',
      body: JSON.stringify(message),
      headers: {
        ...headersFor(message),
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      signal,
    };
    let response: Response;
    try {
      response = await request(init, patientFetch);
    } catch (error) {
      if (agreed && !(error instanceof HttpFailure) && !init.signal.aborted) onLost('It cannot be reached any more.');
      throw error;
    }
    if (message.method === 'initialize') sessionId = response.headers.get('mcp-session-id') ?? sessionId;
    if (!response.ok) return await refused(response, id);
    if (id === undefined || response.status === 202) {
      await response.body?.cancel().catch(() => {});
      if (id !== undefined) throw new HttpFailure(202, 'It took the request and gave no answer.');
      return;
    }
    const type = response.headers.get('content-type') ?? '';
    if (type.includes('text/event-stream')) void readAnswers(response, id);
    else if (type.includes('application/json')) void readDocument(response, id).catch(() => fail(id, lost));
    else {
      await response.body?.cancel().catch(() => {});
      throw new HttpFailure(response.status, `Unexpected content type: ${type.slice(0, 100)}`);
    }
  };

  /** An error of JSON-RPC may come with a status of its own. Errors: HttpFailure. */
  const refused = async (response: Response, id: number | undefined): Promise<void> => {
    const { status } = response;
    const text = await readText(response, 65_536).catch(() => '');
    if (status === 404 && sessionId !== undefined) onLost('It has ended our session.');
    const [message] = parseMessages(text);
    const isAnswer =
      id !== undefined && message !== undefined && isObject(message.error) && message.method === undefined;
    if (!isAnswer || (message.id !== id && message.id !== null))
      throw new HttpFailure(status, `The status is ${status}.`);
    if (sessionId !== undefined && status === 404) throw new HttpFailure(status, `The status is ${status}.`);
    deliver({ ...message, id }, id);
  };

  const readDocument = async (response: Response, id: number): Promise<void> => {
    const text = await readText(response, messageBytes).catch(error => {
      if (!(error instanceof TooLong)) throw error;
      onOversized(error.bytes);
      fail(id, new OversizedAnswer(error.bytes, messageBytes));
    });
    if (text === undefined) return;
    for (const message of parseMessages(text)) deliver(message, id);
    fail(id, lost);
  };

  /** The stream of an answer: it may end before the answer, to be taken up again. */
  const readAnswers = async (first: Response, id: number): Promise<void> => {
    const place: Place = { lastEventId: undefined, retry: reconnection.soonest };
    const exchange = exchanges.get(id);
    const signal = exchange?.controller.signal ?? over.signal;
    if (exchange) exchange.isStream = true;
    let response: Response | undefined = first;
    for (let tries = 0; response && tries < reconnection.tries; tries++) {
      const end = await readStream(response, id, place).catch(() => 'broken' as const);
      if (end === 'oversized') return fail(id, new OversizedAnswer(messageBytes + 1, messageBytes));
      if (!exchanges.has(id) || signal.aborted) return clearTimeout(exchange?.courtesy);
      if (place.lastEventId === undefined || agreed?.isStateless !== false) break;
      await pause(clamp(place.retry), signal);
      if (signal.aborted) return;
      response = await openStream(place, signal).catch(() => undefined);
    }
    fail(id, lost);
  };

  const openStream = async (place: Place, signal: AbortSignal): Promise<Response | undefined> => {
    const last = place.lastEventId === undefined ? {} : { 'last-event-id': place.lastEventId };
    const given = {
      method: 'GET',
      headers: { ...headersFor(undefined), ...last, accept: 'text/event-stream' },
      signal,
    };
    const response = await request(given, fetch);
    if (response.ok && response.headers.get('content-type')?.includes('text/event-stream')) return response;
    await response.body?.cancel().catch(() => {});
    if (response.status === 405 || response.ok) return undefined;
    throw new HttpFailure(response.status, `The status is ${response.status}.`);
  };

  /** `origin`: of an answer's stream. */
  const readStream = async (
    response: Response,
    origin: number | undefined,
    place: Place,
  ): Promise<'ended' | 'oversized'> => {
    let events = 0;
    let oversized = false;
    const reader = createEventStreamReader({
      limit: messageBytes + 64,
      onMessage(data) {
        events += 1;
        for (const message of parseMessages(data)) deliver(message, origin);
      },
      onOversized(bytes) {
        onOversized(bytes);
        oversized = true;
      },
      onId: id => {
        place.lastEventId = id;
      },
      onRetry: milliseconds => {
        place.retry = milliseconds;
      },
    });
    let unfinished = 0;
    for await (const piece of response.body ?? []) {
      const before = events;
      reader.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      unfinished = events === before ? unfinished + piece.byteLength : 0;
      // What would never end is not read to its end: an answer that is too long is known before it is there.
      if (origin !== undefined && (oversized || unfinished > messageBytes + 65_536)) {
        if (!oversized) onOversized(unfinished);
        return 'oversized';
      }
      const wait = pace.take(events - before);
      if (wait > 0) await pause(wait, over.signal);
    }
    return 'ended';
  };

  /** What belongs to no request comes on a stream of its own, if the server has one. */
  const listen = async (): Promise<void> => {
    const place: Place = { lastEventId: undefined, retry: reconnection.soonest };
    for (let failures = 0; !over.signal.aborted; ) {
      try {
        const response = await openStream(place, over.signal);
        if (!response) return;
        failures = 0;
        await readStream(response, undefined, place);
      } catch {
        failures += 1;
        if (over.signal.aborted) return;
        if (failures >= reconnection.tries) return onLost('The connection was lost and could not be made again.');
      }
      await pause(clamp(place.retry * reconnection.growth ** failures), over.signal);
    }
  };

  const sendOther = async (message: WireMessage): Promise<void> => {
    if (underWay >= others.atOnce) throw new Error('The server does not take what it is sent.');
    underWay += 1;
    try {
      await post(message, AbortSignal.any([AbortSignal.timeout(others.milliseconds), over.signal]));
    } finally {
      underWay -= 1;
    }
  };

  const transport: HttpTransport = {
    headersOf: undefined,
    async start() {},
    open(what) {
      agreed = what;
      if (!what.isStateless) void listen();
    },
    async send(message) {
      if (over.signal.aborted) throw new Error('The connection was closed.');
      if (message.method === undefined || typeof message.id !== 'number') {
        const cancelled = cancelledIdOf(message);
        if (cancelled !== undefined) {
          exchanges.get(cancelled)?.controller.abort();
          exchanges.delete(cancelled);
          // Without sessions the end of the request says it.
          if (agreed?.isStateless) return;
        }
        return await sendOther(message);
      }
      const exchange: Exchange = { controller: new AbortController(), isStream: false, courtesy: undefined };
      exchanges.set(message.id, exchange);
      try {
        await post(message, exchange.controller.signal);
      } catch (error) {
        exchanges.delete(message.id);
        throw error;
      }
    },
    async close() {
      if (over.signal.aborted) return;
      // A courtesy to the server, which may keep sessions: not worth waiting for.
      if (sessionId !== undefined) {
        const signal = AbortSignal.timeout(courtesy);
        const response = await request({ method: 'DELETE', headers: headersFor(undefined), signal }, fetch).catch(
          () => {},
        );
        await response?.body?.cancel().catch(() => {});
      }
      over.abort();
      for (const [id, { controller }] of exchanges.all()) {
        controller.abort();
        exchanges.delete(id);
      }
      transport.onclose?.();
    },
  };
  return transport;
}

const lost = new LostAnswer('The connection ended before the answer came.');

const clamp = (milliseconds: number): number =>
  Math.max(reconnection.soonest, Math.min(milliseconds, reconnection.latest));

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    timer.unref();
    signal.addEventListener('abort', done, { once: true });
  });
}

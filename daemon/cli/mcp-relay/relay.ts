// `quayside mcp`: what a client writes on a line goes to the daemon, and what the daemon tells goes back. The client
// keeps its session when the daemon is restarted: it is begun again with what the client said at first.
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { relayHeader } from '../../../shared/api/mcp.ts';
import { BrokenExchange, type Endpoint, exchange, type Incoming, type TakeMessage } from './exchange.ts';
import { readLines } from './lines.ts';
import { headersOf, RelayedMessage, revisionOf, toAnswer, toError, toInterrupted, tryJson } from './messages.ts';

export interface RelayOptions {
  input: Readable;
  /** Writes one message; resolves when there is room for more. */
  write(text: string): Promise<void>;
  /** Where the daemon is; undefined if there is none and it must not be started for this. */
  open(mayStart: boolean): Promise<Endpoint | undefined>;
  signal: AbortSignal;
  notice(text: string): void;
}

interface Session {
  endpoint: Endpoint;
  id: string | undefined;
  revision: string;
  end: AbortController;
}

const drainMilliseconds = 10_000;
const restartMilliseconds = 30_000;
const pauses = { first: 100, most: 2_000 };
const whyInterrupted = 'Quayside was restarted while this ran, so it is not known whether it was done. Try again.';

export async function relay(options: RelayOptions): Promise<void> {
  const { input, write, signal, notice } = options;
  const underWay = new Map<string | number, AbortController>();
  const running = new Set<Promise<void>>();
  /** What the client has said once, and each new session must hear again. */
  const said: { initialize?: RelayedMessage; level?: RelayedMessage; subscriptions: Map<string, RelayedMessage> } = {
    subscriptions: new Map(),
  };
  let session: Promise<Session> | undefined;

  const openEndpoint = async (): Promise<Endpoint> => {
    const limit = Date.now() + restartMilliseconds;
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.most)) {
      try {
        const endpoint = await options.open(true);
        if (endpoint) return endpoint;
      } catch (error) {
        if (signal.aborted || Date.now() > limit) throw error;
      }
      await sleep(pause, undefined, { signal });
    }
  };
  const forget = (old: Session) => {
    old.end.abort();
    void session?.then(
      now => {
        if (now === old) session = undefined;
      },
      () => {},
    );
  };

  /** Begins a session at the daemon; the first one also answers the client. */
  const begin = async (message: RelayedMessage, isFirst: boolean): Promise<Session> => {
    const endpoint = await openEndpoint();
    let text = '';
    const body = JSON.stringify(message);
    const { status, sessionId } = await exchange(endpoint, { method: 'POST', body, signal }, answer => {
      text = answer;
    });
    const id = message.id ?? 0;
    if (isFirst) await write(toAnswer(id, status, text));
    if (status !== 200) throw new Error(isFirst ? '' : `The daemon refuses a new session (${status}).`);
    const begun: Session = { endpoint, id: sessionId, revision: revisionIn(text), end: new AbortController() };
    if (!isFirst) await repeat(begun);
    return begun;
  };
  const repeat = async (to: Session) => {
    await send(to, { jsonrpc: '2.0', method: 'notifications/initialized' }, () => {});
    for (const message of [said.level, ...said.subscriptions.values()]) if (message) await send(to, message, () => {});
    void listen(to);
    for (const what of ['tools', 'resources', 'prompts'])
      await write(JSON.stringify({ jsonrpc: '2.0', method: `notifications/${what}/list_changed` }));
    notice('Quayside was restarted; the session goes on.');
  };
  const current = (): Promise<Session> => {
    if (session) return session;
    const { initialize } = said;
    const fresh: Promise<Session> = initialize
      ? begin(initialize, false)
      : openEndpoint().then(endpoint => ({ endpoint, id: undefined, revision: '', end: new AbortController() }));
    session = fresh;
    fresh.catch(() => {
      if (session === fresh) session = undefined;
    });
    return fresh;
  };

  const headersFor = ({ id, revision }: Session, message: RelayedMessage | undefined): Record<string, string> => {
    const own = message && revisionOf(message);
    if (message && own !== undefined) return { ...headersOf(message, own), [relayHeader]: 'stdio' };
    return { ...(id ? { 'mcp-session-id': id } : {}), ...(revision ? { 'mcp-protocol-version': revision } : {}) };
  };
  const send = (
    to: Session,
    message: RelayedMessage,
    onMessage: TakeMessage,
    ending: AbortSignal = signal,
  ): Promise<Incoming> =>
    exchange(
      to.endpoint,
      { method: 'POST', headers: headersFor(to, message), body: JSON.stringify(message), signal: ending },
      onMessage,
    );

  /** The stream for what belongs to no request. It also tells when the daemon ends, and keeps it from ending. */
  const listen = async (to: Session): Promise<void> => {
    let last: string | undefined;
    const ending = AbortSignal.any([signal, to.end.signal]);
    while (!ending.aborted) {
      try {
        const headers = { ...headersFor(to, undefined), ...(last ? { 'last-event-id': last } : {}) };
        const { status, lastEventId, retryMs } = await exchange(
          to.endpoint,
          { method: 'GET', headers, signal: ending },
          text => write(text),
        );
        if (status !== 200) break;
        last = lastEventId ?? last;
        await sleep(retryMs ?? pauses.first, undefined, { signal: ending });
      } catch {
        break;
      }
    }
    if (ending.aborted) return;
    forget(to);
    // Nobody starts a daemon that a person has ended: it is waited for until the client wants something.
    while (!signal.aborted && !session) {
      await sleep(pauses.most, undefined, { signal }).catch(() => {});
      const isThere = await options.open(false).catch(() => undefined);
      if (isThere && !session && !signal.aborted) await current().catch(() => {});
    }
  };

  const remember = (message: RelayedMessage) => {
    const uri = message.params?.['uri'];
    const again = { ...message, id: `quayside-${message.method}-${String(uri)}` };
    if (message.method === 'logging/setLevel') said.level = again;
    if (message.method === 'resources/subscribe' && typeof uri === 'string') said.subscriptions.set(uri, again);
    if (message.method === 'resources/unsubscribe' && typeof uri === 'string') said.subscriptions.delete(uri);
  };

  /** Sends a request and writes all that comes back. Once more if the daemon did not get it, or has forgotten the session. */
  const ask = async (message: RelayedMessage, id: string | number, ending: AbortSignal): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      let isAnswered = false;
      let refusal = '';
      const to = await current();
      const take: TakeMessage = (text, status) => {
        refusal = text;
        if (status !== 200) return;
        const parsed = RelayedMessage.safeParse(tryJson(text));
        const isAnswer = parsed.success && parsed.data.method === undefined && parsed.data.id === id;
        if (!parsed.success || (parsed.data.method === undefined && !isAnswer)) return;
        isAnswered ||= isAnswer;
        return write(text);
      };
      const again = attempt === 0 && !ending.aborted;
      try {
        let came = await send(to, message, take, ending);
        if (came.status === 404 && to.id && again && !isAnswered) {
          forget(to);
          session = undefined;
          continue;
        }
        // A stream that ended early is taken up again where it was.
        for (let more = 0; !isAnswered && came.status === 200 && came.lastEventId && more < 5; more++) {
          await sleep(came.retryMs ?? pauses.first, undefined, { signal: ending });
          const headers = { ...headersFor(to, undefined), 'last-event-id': came.lastEventId };
          came = await exchange(to.endpoint, { method: 'GET', headers, signal: ending }, take);
        }
        if (!isAnswered && came.status !== 202)
          await write(
            came.status === 200 ? toInterrupted(message, whyInterrupted) : toAnswer(id, came.status, refusal),
          );
        return;
      } catch (error) {
        if (ending.aborted || isAnswered) return;
        if (!(error instanceof BrokenExchange)) throw error;
        forget(to);
        session = undefined;
        if (!error.wasSent && again) continue;
        await write(toInterrupted(message, whyInterrupted));
        return;
      }
    }
  };

  const request = async (message: RelayedMessage, id: string | number): Promise<void> => {
    const controller = new AbortController();
    underWay.set(id, controller);
    try {
      await ask(message, id, AbortSignal.any([signal, controller.signal]));
      remember(message);
    } catch (error) {
      if (!signal.aborted) await write(toError(id, -32_000, error instanceof Error ? error.message : String(error)));
    } finally {
      underWay.delete(id);
    }
  };

  /** Notifications, and answers to questions: they go out in their order, and are lost with the daemon that they were for. */
  const tell = async (message: RelayedMessage): Promise<void> => {
    const cancelled = message.params?.['requestId'];
    const isStateless = said.initialize === undefined;
    if (message.method === 'notifications/cancelled' && isStateless) {
      // Without a session a request is given up by closing its connection.
      if (typeof cancelled === 'string' || typeof cancelled === 'number') underWay.get(cancelled)?.abort();
      return;
    }
    try {
      const to = await current();
      await send(to, message, () => {});
      if (message.method === 'notifications/initialized') void listen(to);
    } catch (error) {
      // Nobody waits for an answer to it, and what is asked next is told why there is no daemon.
      if (error instanceof BrokenExchange || signal.aborted) return;
      notice(`What the client told was not passed on: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  const initialize = async (message: RelayedMessage): Promise<void> => {
    said.initialize = message;
    const fresh = begin(message, true);
    session = fresh;
    await fresh.catch(async error => {
      session = undefined;
      delete said.initialize;
      const why = error instanceof Error ? error.message : String(error);
      if (why !== '' && !signal.aborted) await write(toError(message.id ?? 0, -32_000, why));
    });
  };

  const take = async (line: string): Promise<void> => {
    const parsed = RelayedMessage.safeParse(tryJson(line));
    if (!parsed.success) {
      const isJson = tryJson(line) !== undefined;
      return await write(
        toError(null, isJson ? -32_600 : -32_700, isJson ? 'This is no message.' : 'This is no JSON.'),
      );
    }
    const message = parsed.data;
    const { id, method } = message;
    if (method === 'initialize' && revisionOf(message) === undefined) return await initialize(message);
    if (method === undefined || id === undefined) return await tell(message);
    const asked = request(message, id);
    running.add(asked);
    void asked.finally(() => running.delete(asked));
  };

  for await (const line of readLines(input, signal)) {
    if (line === undefined) await write(toError(null, -32_600, 'The line is too long.'));
    else if (line.trim() !== '') await take(line);
  }
  // The client has closed its side: it still gets what it asked for.
  await Promise.race([Promise.allSettled([...running]), sleep(drainMilliseconds, undefined, { ref: false })]);
  const last = await session?.catch(() => undefined);
  last?.end.abort();
  if (last?.id && !signal.aborted)
    await exchange(last.endpoint, { method: 'DELETE', headers: headersFor(last, undefined) }, () => {}).catch(() => {});
}

function revisionIn(text: string): string {
  const parsed = RelayedMessage.safeParse(tryJson(text));
  const result = parsed.success ? parsed.data['result'] : undefined;
  const version = typeof result === 'object' && result !== null ? Reflect.get(result, 'protocolVersion') : undefined;
  return typeof version === 'string' ? version : '';
}

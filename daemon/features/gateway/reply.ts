// The answer to one POST: a JSON document if nothing but the result is to be told, a stream from the moment there is more.
import { type Answer, toJsonAnswer, withoutBody } from './exchange.ts';
import type { Leaving } from './leaving.ts';
import { createOutboundStream, type OutboundOptions, type OutboundStream, streamHeaders } from './outbound-stream.ts';

export interface Reply {
  readonly response: Promise<Answer>;
  /** A message before the result. `isKept`: somebody waits for an answer to it. */
  send(message: string, isKept?: boolean): void;
  /** The result or error. `status` counts only while no stream has begun. */
  finish(message: string | Buffer<ArrayBuffer>, status?: number): void;
  /** There will be no answer: the client has said that it wants none. */
  drop(message: string | Buffer<ArrayBuffer>): void;
}

export interface ReplyOptions {
  stream: OutboundOptions;
  headers: Record<string, string>;
  /** Milliseconds after which a stream begins though there is nothing to tell: it can be taken up again, a document cannot. */
  patienceMs: number;
  signal: Leaving;
  /** The client went away while it still waited for a document, of which nothing could be fetched later. */
  onGone(): void;
  /** A stream has begun. */
  onStream(stream: OutboundStream): void;
}

export function createReply({ stream: options, headers, patienceMs, signal, onGone, onStream }: ReplyOptions): Reply {
  let stream: OutboundStream | undefined;
  let isAnswered = false;
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const settle = (response: Answer) => {
    isAnswered = true;
    clearTimeout(patience);
    signal.removeEventListener('abort', leave);
    resolve(response);
  };
  const open = (): OutboundStream => {
    if (stream) return stream;
    stream = createOutboundStream(options);
    onStream(stream);
    const body = stream.open(undefined, signal);
    settle({ status: 200, headers: { ...streamHeaders, ...headers }, body });
    return stream;
  };
  const leave = () => {
    if (isAnswered) return;
    settle(withoutBody(499));
    onGone();
  };
  const patience = setTimeout(open, patienceMs);
  if (signal.aborted) queueMicrotask(leave);
  else signal.addEventListener('abort', leave, { once: true });

  return {
    response: promise,
    send(message, isKept) {
      if (isAnswered && !stream) return;
      open().send(message, isKept);
    },
    finish(message, status = 200) {
      if (stream) stream.finish(String(message));
      else if (!isAnswered) settle(toJsonAnswer(message, status, headers));
    },
    drop(message) {
      // A stream that ends without a last message would be taken up again and again by the official client.
      if (stream) stream.finish(String(message));
      else if (!isAnswered) settle(withoutBody(202, headers));
    },
  };
}

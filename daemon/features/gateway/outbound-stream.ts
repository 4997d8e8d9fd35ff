// One server-sent event stream to a client. What was not read yet waits in a bounded queue, and a stream that broke can
// be taken up again where it was left (Streamable HTTP, "Resumability and Redelivery").
import type { Leaving } from './leaving.ts';

export interface OutboundStream {
  readonly id: string;
  readonly isOpen: boolean;
  readonly isFinished: boolean;
  /** Queues one message. `isKept`: it is not left out when there is too much, because somebody waits for it. */
  send(message: string, isKept?: boolean): void;
  /** Ends it once everything was read, after a last message if there is one. */
  finish(message?: string): void;
  /** A reader: from the begin, or after the event with this number. It takes the place of the one before. */
  open(after: number | undefined, signal?: Leaving): ReadableStream<Uint8Array>;
  /** Ends the reader; it may come back. */
  cut(): void;
  /** A line that says nothing, so that nobody on the way takes the connection for dead. */
  keepAlive(): void;
}

export interface OutboundOptions {
  id: string;
  /** Events have ids, and begin with an empty one that names this many milliseconds for coming back. undefined: no ids. */
  resumable?: { primes: boolean; retryMs: number } | undefined;
  /** Bytes that are kept for a reader who comes back. */
  keptBytes?: number;
  /** The reader went away before the end. */
  onLost(): void;
  /** Everything was handed over: nobody needs the stream any more. */
  onDone(): void;
  /** A message that somebody waits for will not arrive. */
  onDropped?(message: string): void;
}

/** Bytes that may wait for a slow reader before it is cut. */
export const mostUnread = 1_048_576;
const usuallyKept = 262_144;
const mostEvents = 512;
const chunkBytes = 65_536;

interface Event {
  number: number;
  text: string;
  isKept: boolean;
}

interface Reader {
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** The number of the last event that it was given. */
  at: number;
  isWaiting: boolean;
  stop(): void;
}

const encoder = new TextEncoder();

export function createOutboundStream({
  id,
  resumable,
  keptBytes = usuallyKept,
  onLost,
  onDone,
  onDropped,
}: OutboundOptions): OutboundStream {
  const events: Event[] = [];
  let bytes = 0;
  let last = 0;
  let isFinished = false;
  let reader: Reader | undefined;

  const toFrame = (number: number, message: string): string =>
    resumable ? `event: message\nid: ${id}_${number}\ndata: ${message}\n\n` : `event: message\ndata: ${message}\n\n`;

  const detach = (from: Reader): boolean => {
    if (reader !== from) return false;
    reader = undefined;
    from.stop();
    return true;
  };
  const close = (from: Reader) => {
    try {
      from.controller.close();
    } catch {
      // The other side has closed it already.
    }
  };
  const end = (from: Reader) => {
    if (detach(from)) close(from);
    onDone();
  };
  const lose = (from: Reader) => {
    if (!detach(from)) return;
    close(from);
    onLost();
  };

  /** Hands over as much as one write should have. */
  const push = (to: Reader) => {
    let text = '';
    for (let at = firstAfter(events, to.at); at < events.length && text.length < chunkBytes; at++) {
      const event = events[at];
      if (!event) break;
      text += event.text;
      to.at = event.number;
    }
    to.isWaiting = text === '';
    if (text !== '') to.controller.enqueue(encoder.encode(text));
    else if (isFinished) end(to);
  };

  /** Keeps what waits and what is kept for a return within bounds. */
  const trim = () => {
    const read = reader?.at ?? 0;
    if (reader && bytesAfter(events, read) > mostUnread && events.length > 1) lose(reader);
    const most = keptBytes + (reader ? mostUnread : 0);
    for (let at = 0; at < events.length && (bytes > most || events.length > mostEvents); ) {
      const event = events[at];
      if (!event) break;
      const wasRead = event.number <= read;
      if (event.isKept && !wasRead && bytes <= most + mostUnread) at += 1;
      else {
        // The last one is what the whole stream was for.
        if (!wasRead && isFinished && at === events.length - 1) break;
        events.splice(at, 1);
        bytes -= event.text.length;
        if (event.isKept && !wasRead) onDropped?.(event.text);
      }
    }
  };

  const append = (text: string, isKept: boolean) => {
    last += 1;
    events.push({ number: last, text, isKept });
    bytes += text.length;
    if (reader?.isWaiting) push(reader);
    if (bytes > keptBytes || events.length > mostEvents) trim();
  };

  if (resumable?.primes) {
    last = 1;
    const text = `id: ${id}_1\nretry: ${resumable.retryMs}\ndata: \n\n`;
    events.push({ number: 1, text, isKept: false });
    bytes += text.length;
  }

  return {
    id,
    get isOpen() {
      return reader !== undefined;
    },
    get isFinished() {
      return isFinished;
    },
    send(message, isKept = false) {
      if (!isFinished) append(toFrame(last + 1, message), isKept);
    },
    finish(message) {
      if (isFinished) return;
      isFinished = true;
      if (message !== undefined) append(toFrame(last + 1, message), true);
      if (reader?.isWaiting) push(reader);
    },
    open(after, signal) {
      const before = reader;
      if (before && detach(before)) close(before);
      let own: Reader | undefined;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            const onAbort = () => {
              if (own) lose(own);
            };
            const stop = () => signal?.removeEventListener('abort', onAbort);
            own = { controller, at: after ?? 0, isWaiting: false, stop };
            reader = own;
            if (signal?.aborted) lose(own);
            else signal?.addEventListener('abort', onAbort, { once: true });
          },
          pull() {
            if (own && reader === own) push(own);
          },
          cancel() {
            if (own) lose(own);
          },
        },
        { highWaterMark: 1 },
      );
    },
    cut() {
      if (reader) lose(reader);
    },
    keepAlive() {
      if (reader?.isWaiting) reader.controller.enqueue(encoder.encode(': \n\n'));
    },
  };
}

/** The place of the first event with a higher number; most readers are at the end. */
const firstAfter = (events: readonly Event[], number: number): number => {
  let at = events.length;
  while (at > 0 && (events[at - 1]?.number ?? 0) > number) at -= 1;
  return at;
};

const bytesAfter = (events: readonly Event[], number: number): number =>
  events.slice(firstAfter(events, number)).reduce((sum, { text }) => sum + text.length, 0);

/** The headers of a stream; `x-accel-buffering` is for a proxy that would collect it. */
export const streamHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
} as const;

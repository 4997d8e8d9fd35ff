// MCP over a child's standard streams, with limits that hold against a hostile or broken server: a message over the limit
// is skipped without being kept, what is no message is noise, and a server that does not read, or talks without end, is held back.
import type { Readable, Writable } from 'node:stream';
import { failedAnswer, OversizedAnswer } from './failed-answer.ts';
import { createLineReader, type OversizedLine } from './line-reader.ts';
import { createMessagePace, type MessagePace } from './message-pace.ts';
import type { WireMessage, WireTransport } from './wire-message.ts';

export interface StdioTransportOptions {
  stdin: Writable;
  stdout: Readable;
  messageBytes: number;
  /** A line on standard output that is not MCP. */
  onNoise: (line: Buffer) => void;
  onOversized: (line: OversizedLine) => void;
  /** It asks and does not read the answers, and has not for a while. */
  onStuck: () => void;
  /** It sends more than it may, and is read more slowly from now on. Told once. */
  onHaste: () => void;
  pace?: MessagePace;
  /** Milliseconds that it may leave too many answers unread. */
  patience?: number;
}

export interface StdioTransport extends WireTransport {
  /** True once the server has sent one valid message. */
  hasSpoken(): boolean;
}

/** Messages that the server has not read yet may take this much memory. */
const unreadBytes = 16_777_216;

/** Answers to its own requests that a server may leave unread before it is read no further. */
const unreadAnswers = { count: 1_000, bytes: 1_048_576 } as const;

export function createStdioTransport(options: StdioTransportOptions): StdioTransport {
  const { stdin, stdout, messageBytes, onNoise, onOversized, pace = createMessagePace() } = options;
  let spoken = false;
  let closed = false;
  const gate = createGate(stdout);
  const unread = createUnread(gate, options);
  const slowDown = once(options.onHaste);
  const outbox = createOutbox(stdin);

  const close = (): void => {
    if (closed) return;
    closed = true;
    unread.close();
    stdout.removeAllListeners('data');
    // Go on reading, or the server would block on a full pipe while it ends.
    gate.open();
    transport.onclose?.();
  };

  const reader = createLineReader({
    limit: messageBytes,
    onLine(line) {
      if (!looksLikeMessage(line)) return line.length > 0 ? onNoise(line) : undefined;
      const messages = parseMessages(line);
      if (messages.length > 0) spoken = true;
      else onNoise(line);
      const wait = pace.take(Math.max(1, messages.length));
      if (wait > 0 && !closed) {
        slowDown();
        gate.holdFor(wait);
      }
      for (const message of messages) transport.onmessage?.(message);
    },
    onOversized(line) {
      onOversized(line);
      const id = idOfAnswer(line);
      if (id !== undefined) transport.onmessage?.(failedAnswer(id, new OversizedAnswer(line.bytes, messageBytes)));
    },
  });

  const transport: StdioTransport = {
    hasSpoken: () => spoken,
    async start() {
      stdout.on('data', (piece: Buffer) => reader.push(piece));
      stdout.once('end', () => {
        reader.end();
        close();
      });
      // What goes wrong is known by the end of the output, and by what cannot be sent.
      stdout.on('error', () => {});
      stdin.on('error', () => {});
    },
    send(message) {
      if (closed || !stdin.writable) return Promise.reject(new Error('The server does not read its input any more.'));
      if (outbox.size > unreadBytes)
        return Promise.reject(new Error('The server does not read its input: too much is waiting.'));
      const text = toLine(message);
      if (typeof text !== 'string') return Promise.reject(text.error);
      const sent = outbox.add(text);
      if (message.method === undefined) {
        unread.add(text.length);
        const isRead = () => unread.remove(text.length);
        sent.then(isRead, isRead);
      } else if (message.id !== undefined) {
        pace.expect();
      }
      return sent;
    },
    async close() {
      close();
    },
  };
  return transport;
}

interface Outbox {
  /** Characters and bytes that were not taken yet. */
  readonly size: number;
  /** Resolves when it was handed over, with all that is sent in the same turn. Errors: those of the stream. */
  add(text: string): Promise<void>;
}

/** What is sent within one turn of the loop goes to the server in one piece: under load, most of a call is the writing. */
function createOutbox(stdin: Writable): Outbox {
  let waiting = '';
  let handing: PromiseWithResolvers<void> | undefined;
  const hand = (): void => {
    const [text, done] = [waiting, handing];
    waiting = '';
    handing = undefined;
    stdin.write(text, error => (error ? done?.reject(error) : done?.resolve()));
  };
  return {
    get size() {
      return waiting.length + stdin.writableLength;
    },
    add(text) {
      waiting += text;
      if (!handing) {
        handing = Promise.withResolvers();
        setImmediate(hand);
      }
      return handing.promise;
    },
  };
}

interface Gate {
  hold(): void;
  release(): void;
  /** Holds for so many milliseconds, beside any other reason to hold. */
  holdFor(milliseconds: number): void;
  /** Open from now on, whatever is asked. */
  open(): void;
}

/** Whether the server is read: a server whose output is not read is held back by its own full pipe. */
function createGate(stdout: Readable): Gate {
  let isHeld = false;
  let isOpen = false;
  let timer: NodeJS.Timeout | undefined;
  const update = (): void => {
    if (isOpen || (!isHeld && timer === undefined)) stdout.resume();
    else stdout.pause();
  };
  return {
    hold() {
      isHeld = true;
      update();
    },
    release() {
      isHeld = false;
      update();
    },
    holdFor(milliseconds) {
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        update();
      }, milliseconds);
      timer.unref();
      update();
    },
    open() {
      isOpen = true;
      clearTimeout(timer);
      update();
    },
  };
}

/** The answers that wait for the server to read them: too many close the gate, and for too long they are its end. */
function createUnread(gate: Gate, { onStuck, patience = 3_000 }: StdioTransportOptions) {
  let count = 0;
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  return {
    add(size: number): void {
      count += 1;
      bytes += size;
      if (timer !== undefined || (count <= unreadAnswers.count && bytes <= unreadAnswers.bytes)) return;
      gate.hold();
      timer = setTimeout(onStuck, patience);
    },
    remove(size: number): void {
      count -= 1;
      bytes -= size;
      if (timer === undefined || count > unreadAnswers.count / 2 || bytes > unreadAnswers.bytes / 2) return;
      stop();
      gate.release();
    },
    close: stop,
  };
}

/** What is nested beyond what can be written is not sent. */
function toLine(message: WireMessage): string | { error: unknown } {
  try {
    return `${JSON.stringify(message)}\n`;
  } catch (error) {
    return { error };
  }
}

const once = (act: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
};

/** Cheaper than to parse every line that a server prints by mistake. */
const looksLikeMessage = ([first]: Buffer): boolean =>
  first === 0x7b || first === 0x5b || first === 0x20 || first === 0x09;

/** More than anybody has a reason to send in one line. */
const largestBatch = 1_000;

/** The messages in a line: one, or several as an older revision of the protocol has it. None if it is noise. */
function parseMessages(line: Buffer): WireMessage[] {
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'));
    const all = Array.isArray(parsed) ? parsed : [parsed];
    return all.length <= largestBatch && all.every(isMessage) ? all : [];
  } catch {
    return [];
  }
}

/** Enough of JSON-RPC to tell a message from other JSON; the client checks the rest. */
function isMessage(value: unknown): value is WireMessage {
  if (typeof value !== 'object' || value === null || !('jsonrpc' in value) || value.jsonrpc !== '2.0') return false;
  if ('method' in value) return typeof value.method === 'string';
  return 'id' in value && ('result' in value || 'error' in value);
}

/**
 * The id of the answer in a line that was skipped: a member of its own at the start or at the end. Inside a string the
 * quotes would be escaped, and inside another object the end would be two braces.
 */
export function idOfAnswer({ head, tail }: OversizedLine): number | undefined {
  const start = /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d{1,15})\s*,/.exec(head);
  const end = /,\s*"id"\s*:\s*(\d{1,15})\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail);
  const found = start?.[1] ?? end?.[1];
  return found === undefined ? undefined : Number(found);
}

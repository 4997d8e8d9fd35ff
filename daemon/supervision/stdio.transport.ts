// MCP over a child's standard streams, with limits that hold against a hostile or broken server: a message over the limit
// is skipped without being kept, what is no message is noise, and a server that does not read is noticed.
import type { Readable, Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { failedAnswer, OversizedAnswer } from './failed-answer.ts';
import { createLineReader, type OversizedLine } from './line-reader.ts';

export interface StdioTransportOptions {
  stdin: Writable;
  stdout: Readable;
  messageBytes: number;
  /** A line on standard output that is not MCP. */
  onNoise: (line: Buffer) => void;
  onOversized: (line: OversizedLine) => void;
}

export interface StdioTransport extends Transport {
  /** True once the server has sent one valid message. */
  hasSpoken(): boolean;
}

/** Messages that the server has not read yet may take this much memory. */
const unreadBytes = 67_108_864;

export function createStdioTransport(options: StdioTransportOptions): StdioTransport {
  const { stdin, stdout, messageBytes, onNoise, onOversized } = options;
  let spoken = false;
  let closed = false;

  const close = (): void => {
    if (closed) return;
    closed = true;
    stdout.removeAllListeners('data');
    // Go on reading, or the server would block on a full pipe while it ends.
    stdout.resume();
    transport.onclose?.();
  };

  const reader = createLineReader({
    limit: messageBytes,
    onLine(line) {
      const messages = parseMessages(line);
      if (messages.length > 0) spoken = true;
      else if (line.length > 0) onNoise(line);
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
      stdout.on('error', error => transport.onerror?.(error));
      stdin.on('error', error => transport.onerror?.(error));
    },
    async send(message) {
      if (closed || !stdin.writable) throw new Error('The server does not read its input any more.');
      if (stdin.writableLength > unreadBytes)
        throw new Error('The server does not read its input: too much is waiting.');
      await new Promise<void>((resolve, reject) => {
        stdin.write(`${JSON.stringify(message)}\n`, error => (error ? reject(error) : resolve()));
      });
    },
    async close() {
      close();
    },
  };
  return transport;
}

/** The messages in a line: one, or several as an older revision of the protocol has it. None if it is noise. */
function parseMessages(line: Buffer): JSONRPCMessage[] {
  // Cheaper than to parse every line that a server prints by mistake.
  const first = line[0];
  if (first !== 0x7b && first !== 0x5b && !isSpace(first)) return [];
  try {
    const parsed: unknown = JSON.parse(line.toString('utf8'));
    const all = Array.isArray(parsed) ? parsed : [parsed];
    return all.every(isMessage) ? all : [];
  } catch {
    return [];
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

/** Enough of JSON-RPC to tell a message from other JSON; the client checks the rest. */
function isMessage(value: unknown): value is JSONRPCMessage {
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

// JSON-RPC messages as transports carry them. Every member may be anything: whoever takes one looks at it first.
import type { WireObject } from './upstream.ts';

export interface WireMessage {
  jsonrpc: '2.0';
  id?: unknown;
  method?: unknown;
  params?: unknown;
  result?: unknown;
  error?: unknown;
}

export interface WireTransport {
  /** `origin`: the request of ours on whose own stream it came, if the transport has such streams. */
  onmessage?: ((message: WireMessage, origin?: number) => void) | undefined;
  onclose?: (() => void) | undefined;
  start(): Promise<void>;
  /** Rejects if the message could not be handed over. */
  send(message: WireMessage): Promise<void>;
  close(): Promise<void>;
}

export const isObject = (value: unknown): value is WireObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const rpcCodes = {
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
} as const;

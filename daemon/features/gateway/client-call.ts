// A client's request on its way to a server, with the way back to where the client waits for it.
import type { DownstreamClient, UpstreamCall, WireNotification } from '../../supervision/upstream.ts';

/** Where a client waits for one of its requests. */
export interface Waiting {
  readonly client: DownstreamClient;
  readonly signal: AbortSignal;
  /** The client may be told `input_required`. */
  readonly takesInputRequired: boolean;
  /** Tells the client something before the result. */
  note(notification: WireNotification): void;
  /** Of the stream on which the client waits. */
  send(message: string, isKept?: boolean): void;
}

export interface ClientCall extends UpstreamCall {
  readonly waiting: Waiting;
}

export const toClientCall = (waiting: Waiting, timeoutSeconds: number): ClientCall => ({
  waiting,
  client: waiting.client,
  signal: waiting.signal,
  timeoutSeconds,
  takesInputRequired: waiting.takesInputRequired,
  onNotification: notification => waiting.note(notification),
});

export const isClientCall = (call: UpstreamCall | undefined): call is ClientCall =>
  call !== undefined && 'waiting' in call;

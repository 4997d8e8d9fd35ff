// fetch for remote servers: bodies are bounded while they stream, and a request whose answer will never come is told at once.
import { createMessagePace, type MessagePace } from './message-pace.ts';
import { createPatientFetch } from './patient-fetch.ts';

export interface GuardedFetchOptions {
  messageBytes: number;
  /** A message was longer than allowed. `id`: of the request that it would have answered, if that is known. */
  onOversized: (id: number | string | undefined, bytes: number) => void;
  /** The answer's stream has ended; the request may still be without an answer. */
  onUnanswered: (id: number | string) => void;
  /** The server cannot be reached any more, or has forgotten the session. */
  onLost: (reason: string) => void;
}

export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** An answer takes a moment from the end of its stream to the client. */
const settleMilliseconds = 250;

export function createGuardedFetch({
  messageBytes,
  onOversized,
  onUnanswered,
  onLost,
}: GuardedFetchOptions): FetchLike {
  const patientFetch = createPatientFetch();
  const pace = createMessagePace();
  return async (url, init = {}) => {
    const isPost = init.method === 'POST';
    const id = isPost ? requestId(init.body) : undefined;
    const hadSession = new Headers(init.headers).has('mcp-session-id');
    if (id !== undefined) pace.expect();
    let response: Response;
    try {
      // A request ends with its own time limit. The event stream has none: Node's tells of a connection that is dead.
      response = await (id === undefined ? fetch : patientFetch)(url, init);
    } catch (error) {
      if (isPost && hadSession && !init.signal?.aborted) onLost('It cannot be reached any more.');
      throw error;
    }
    if (isPost && hadSession && response.status === 404) onLost('It has ended our session.');
    if (!response.body) return response;
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') ?? false;
    const guarded = response.body.pipeThrough(
      boundMessages({
        limit: messageBytes,
        perEvent: isStream,
        pace,
        onOversized: bytes => onOversized(id, bytes),
        onEnd: resumable => {
          if (id !== undefined && isStream && !resumable)
            setTimeout(() => onUnanswered(id), settleMilliseconds).unref();
        },
      }),
    );
    const { status, statusText, headers } = response;
    return new Response(guarded, { status, statusText, headers });
  };
}

function requestId(body: unknown): number | string | undefined {
  if (typeof body !== 'string') return undefined;
  const message: unknown = JSON.parse(body);
  if (typeof message !== 'object' || message === null || !('method' in message) || !('id' in message)) return undefined;
  return typeof message.id === 'number' || typeof message.id === 'string' ? message.id : undefined;
}

interface BoundOptions {
  limit: number;
  /** Count each event of a stream by itself, or the whole body. */
  perEvent: boolean;
  /** What comes too fast is read later. */
  pace: MessagePace;
  onOversized: (bytes: number) => void;
  /** `resumable`: the stream gave an event id, so that the client will ask for the rest. */
  onEnd: (resumable: boolean) => void;
}

function boundMessages({
  limit,
  perEvent,
  pace,
  onOversized,
  onEnd,
}: BoundOptions): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  let lineBytes = 0;
  let events = 0;
  let resumable = false;
  const count = (piece: Buffer): void => {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end !== -1; end = piece.indexOf(0x0a, from)) {
      const line = lineBytes + end - from;
      bytes += end - from + 1;
      const isBlank = line === 0 || (line === 1 && piece[end - 1] === 0x0d);
      if (isBlank) {
        bytes = 0;
        events += 1;
      }
      if (lineBytes === 0 && piece.subarray(from, from + 3).toString('latin1') === 'id:') resumable = true;
      lineBytes = 0;
      from = end + 1;
    }
    bytes += piece.length - from;
    lineBytes += piece.length - from;
  };
  return new TransformStream<Uint8Array, Uint8Array>({
    async transform(piece, controller) {
      if (perEvent) count(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      else bytes += piece.byteLength;
      if (bytes > limit) {
        onOversized(bytes);
        controller.error(new Error(`A message of more than ${limit} bytes was not taken.`));
        return;
      }
      controller.enqueue(piece);
      const wait = pace.take(events);
      events = 0;
      if (wait > 0) await new Promise<void>(resolve => setTimeout(resolve, wait).unref());
    },
    flush: () => onEnd(resumable),
  });
}

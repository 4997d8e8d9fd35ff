import { toFrame } from '../../shared/api/event-stream.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { EventHub } from './event-hub.ts';

export interface EventStreams {
  /** Ends with the signal. Events that `mayHear` refuses are left out. */
  open(lastEventId: string | undefined, signal: AbortSignal, mayHear?: (event: DaemonEvent) => boolean): Response;
  /** Ends all streams; their clients come back and resume. */
  closeAll(): void;
}

const heartbeatMs = 15_000;
/** How much a slow reader may leave unread before its stream is ended; it resumes with its last id. */
const mostUnread = 1_048_576;

export function createEventStreams(hub: EventHub): EventStreams {
  const ends = new Set<() => void>();

  const open: EventStreams['open'] = (lastEventId, signal, mayHear) => {
    let end = () => {};
    const body = new ReadableStream<Uint8Array>(
      {
        start(controller) {
          const encoder = new TextEncoder();
          const send = (text: string) => {
            controller.enqueue(encoder.encode(text));
            if ((controller.desiredSize ?? 0) <= 0) end();
          };
          let stop = () => {};
          end = () => {
            if (!ends.delete(end)) return;
            clearInterval(heartbeat);
            stop();
            signal.removeEventListener('abort', end);
            try {
              controller.close();
            } catch {
              // The reader has closed it from its side.
            }
          };
          const heartbeat = setInterval(() => send(': \n\n'), heartbeatMs);
          ends.add(end);
          signal.addEventListener('abort', end, { once: true });
          stop = hub.subscribe(lastEventId, numbered => {
            if (!mayHear || mayHear(numbered.event)) send(toFrame(numbered));
          });
          // It may have been aborted before anybody listened for it.
          if (signal.aborted) end();
        },
        cancel: () => end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: mostUnread }),
    );
    return new Response(body, {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
  };

  return {
    open,
    closeAll() {
      for (const end of [...ends]) end();
    },
  };
}

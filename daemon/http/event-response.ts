import { toFrame } from '../../shared/api/event-stream.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { problem } from '../../shared/api/problem.ts';
import type { EventHub } from './event-hub.ts';

export interface EventStreams {
  /** Ends with the signal. Errors: REQUEST_005 for an owner who has as many as there may be. */
  open(lastEventId: string | undefined, signal: AbortSignal, listener: EventListener): Response;
  /** Ends all streams; their clients come back and resume. */
  closeAll(): void;
}

export interface EventListener {
  owner: string;
  /** What it refuses is left out; undefined: nothing is. */
  mayHear: ((event: DaemonEvent) => boolean) | undefined;
}

/** A window has one, and so has a page: nobody needs this many. */
const mostPerOwner = 64;
const heartbeatMs = 15_000;
/** How much a slow reader may leave unread before its stream is ended; it resumes with its last id. */
const mostUnread = 1_048_576;

export function createEventStreams(hub: EventHub): EventStreams {
  /** How each of them is ended, and whose it is. */
  const ends = new Map<() => void, string>();

  const open: EventStreams['open'] = (lastEventId, signal, { owner, mayHear }) => {
    if ([...ends.values()].filter(each => each === owner).length >= mostPerOwner) throw tooMany();
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
          ends.set(end, owner);
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
      for (const end of [...ends.keys()]) end();
    },
  };
}

const tooMany = () =>
  problem('REQUEST_005', {
    detail: `You follow ${mostPerOwner} streams of events already.`,
    next: 'Close a window, a page or a program that follows them.',
  });

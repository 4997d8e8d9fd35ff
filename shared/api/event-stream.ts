// Server-sent events as text: how the daemon writes them and how every carrier reads them.
import { DaemonEvent, type NumberedEvent } from './events.ts';

/** One event as the bytes of the stream. JSON has no raw line breaks, so one data line is enough. */
export const toFrame = ({ id, event }: NumberedEvent): string =>
  `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** Reads a stream in pieces of any size. Unknown events (of a newer daemon) and comments are passed over. */
export function createFrameReader(onEvent: (event: NumberedEvent) => void): (piece: string) => void {
  let rest = '';
  return piece => {
    rest += piece;
    const frames = rest.split(/\r?\n\r?\n/);
    rest = frames.pop() ?? '';
    for (const frame of frames) {
      const event = parseFrame(frame);
      if (event) onEvent(event);
    }
  };
}

function parseFrame(frame: string): NumberedEvent | undefined {
  let id = '';
  let data = '';
  for (const line of frame.split(/\r?\n/)) {
    if (line.startsWith('id:')) id = line.slice(3).trim();
    else if (line.startsWith('data:')) data += line.slice(5).trimStart();
  }
  return data === '' ? undefined : toNumberedEvent(id, data);
}

/** One event from its id and its data. Returns undefined for what is no event of ours. */
export function toNumberedEvent(id: string, data: string): NumberedEvent | undefined {
  try {
    const event = DaemonEvent.safeParse(JSON.parse(data));
    return event.success ? { id, event: event.data } : undefined;
  } catch {
    return undefined;
  }
}

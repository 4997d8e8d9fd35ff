// Reads a `text/event-stream` (WHATWG HTML, server-sent events) without ever holding more of one event than its limit.
import { createLineReader, type LineReader } from './line-reader.ts';

export interface EventStreamOptions {
  /** Bytes of one event. */
  limit: number;
  /** The data of a `message` event. */
  onMessage: (data: string) => void;
  /** An event was longer than the limit and is not given. */
  onOversized: (bytes: number) => void;
  /** Where the stream can be taken up again. */
  onId: (id: string) => void;
  /** Milliseconds after which the server wants to be asked again. */
  onRetry: (milliseconds: number) => void;
}

export function createEventStreamReader(options: EventStreamOptions): LineReader {
  const { limit, onMessage, onOversized, onId, onRetry } = options;
  let data: string[] = [];
  let bytes = 0;
  let type = '';

  const dispatch = (): void => {
    const [text, size, kind] = [data, bytes, type];
    data = [];
    bytes = 0;
    type = '';
    if (size > limit) onOversized(size);
    else if (text.length > 0 && (kind === '' || kind === 'message'))
      onMessage(text.length === 1 ? (text[0] ?? '') : text.join('\n'));
  };

  const onField = (name: string, value: () => string): void => {
    if (name === 'data') {
      if (bytes <= limit) data.push(value());
      else data = [];
    } else if (name === 'event') type = value();
    else if (name === 'id') {
      if (!value().includes('\0')) onId(value());
    } else if (name === 'retry' && /^\d{1,9}$/.test(value())) onRetry(Number(value()));
  };

  return createLineReader({
    limit,
    onLine(line) {
      const end = line.at(-1) === 0x0d ? line.length - 1 : line.length;
      if (end === 0) return dispatch();
      bytes += end;
      const colon = line.indexOf(0x3a);
      if (colon === 0) return;
      const name = line.toString('latin1', 0, colon === -1 ? end : Math.min(colon, end));
      const from = colon === -1 ? end : colon + (line[colon + 1] === 0x20 ? 2 : 1);
      onField(name, () => line.toString('utf8', from, end));
    },
    onOversized(line) {
      bytes += line.bytes;
      data = [];
    },
  });
}

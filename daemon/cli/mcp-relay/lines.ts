// Lines of JSON from a client, one message each. Bounded: a client that never ends its line is not collected for ever.
import type { Readable } from 'node:stream';
import { limits } from '../../../shared/domain/limits.ts';

/** The lines of a stream; undefined for one that was too long. Ends with the stream or the signal. */
export async function* readLines(input: Readable, signal: AbortSignal): AsyncGenerator<string | undefined> {
  let pieces: Buffer[] = [];
  let bytes = 0;
  const take = (last: Buffer): string | undefined => {
    const isTooLong = bytes + last.length > limits.message.default;
    const line = isTooLong ? undefined : Buffer.concat([...pieces, last]).toString('utf8');
    pieces = [];
    bytes = 0;
    return line;
  };
  const stop = () => input.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const piece of input) {
      let rest = Buffer.from(piece);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield take(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      }
      bytes += rest.length;
      if (bytes <= limits.message.default) pieces.push(rest);
      else pieces = [];
    }
    if (pieces.length > 0) yield take(Buffer.alloc(0));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

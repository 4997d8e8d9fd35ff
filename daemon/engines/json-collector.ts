// Parses JSON while it comes: each entry of a large list as soon as it is complete, so that neither its text is kept nor the
// daemon stands still for it.
import { randomBytes } from 'node:crypto';

export interface JsonCollector {
  /** False once there is more than the limit: nothing is kept any more. */
  add(piece: Buffer): boolean;
  /** The beginning of the text, for whoever wants to know what it is instead. */
  head(): string;
  /** The whole value. Errors: SyntaxError if it is no JSON. */
  value(): unknown;
}

/** Of the text, as much as a help text needs. */
const headBytes = 4_096;

const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = Buffer.from('"\\{}[]');

/**
 * Containers two levels down, and those that are entries of a list at the top, are parsed on their own; what is around them
 * is small, and is parsed at the end with a mark in the place of each.
 */
export function createJsonCollector(limit: number): JsonCollector {
  const mark = randomBytes(12).toString('hex');
  let head = Buffer.alloc(0);
  let bytes = 0;
  let failure: SyntaxError | undefined;
  const frame: Buffer[] = [];
  let entry: Buffer[] = [];
  const entries: unknown[] = [];
  let depth = 0;
  /** The depth around the entry that is being read; 0: none is. */
  let around = 0;
  let isListAtTop = false;
  let inText = false;
  let escaped = false;

  const complete = (): void => {
    frame.push(Buffer.from(`"${mark}${entries.length}"`));
    entries.push(JSON.parse(Buffer.concat(entry).toString('utf8')));
    entry = [];
    around = 0;
  };

  /** Takes note of one byte; true if an entry begins with it, false if one ends with it. */
  const step = (byte: number): boolean | undefined => {
    if (inText) {
      if (escaped) escaped = false;
      else if (byte === backslash) escaped = true;
      else if (byte === quote) inText = false;
      return undefined;
    }
    if (byte === quote) inText = true;
    else if (byte === openBrace || byte === openBracket) {
      if (depth === 0) isListAtTop = byte === openBracket;
      depth += 1;
      if (around === 0 && (depth === 3 || (depth === 2 && isListAtTop))) {
        around = depth - 1;
        return true;
      }
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (around > 0 && depth === around) return false;
    }
    return undefined;
  };

  const read = (piece: Buffer): void => {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const turn = step(piece[at] ?? 0);
      if (turn === undefined) continue;
      const to = turn ? at : at + 1;
      // Copies of the frame alone: it is small, and the piece it came in is not.
      if (turn) frame.push(Buffer.from(piece.subarray(from, to)));
      else {
        entry.push(piece.subarray(from, to));
        complete();
      }
      from = to;
    }
    const rest = piece.subarray(from);
    if (around > 0) entry.push(rest);
    else frame.push(Buffer.from(rest));
  };

  const drop = (): void => {
    for (const kept of [frame, entry, entries]) kept.length = 0;
  };

  return {
    add(piece) {
      if (head.length < headBytes) head = Buffer.concat([head, piece.subarray(0, headBytes - head.length)]);
      bytes += piece.length;
      if (bytes > limit) drop();
      else if (!failure) {
        try {
          read(piece);
        } catch (error) {
          failure = error instanceof SyntaxError ? error : new SyntaxError(String(error));
          drop();
        }
      }
      return bytes <= limit;
    },
    head: () => head.toString('utf8'),
    value() {
      if (failure) throw failure;
      let found = 0;
      const whole: unknown = JSON.parse(
        Buffer.concat([...frame, ...entry]).toString('utf8'),
        (_key, value: unknown) => {
          if (typeof value !== 'string' || !value.startsWith(mark)) return value;
          found += 1;
          return entries[Number(value.slice(mark.length))];
        },
      );
      // An entry in the place of a key is no JSON, although its mark would be.
      if (found !== entries.length) throw new SyntaxError('A container stands in the place of a key.');
      return whole;
    },
  };
}

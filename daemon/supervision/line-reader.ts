// Cuts a byte stream into lines without ever holding more of one line than its limit.

export interface OversizedLine {
  bytes: number;
  /** The first and the last bytes of the line, to tell what it was. */
  head: string;
  tail: string;
}

export interface LineReaderOptions {
  limit: number;
  onLine: (line: Buffer) => void;
  /** A line that was longer than the limit, once its end is reached. */
  onOversized: (line: OversizedLine) => void;
}

export interface LineReader {
  push(piece: Buffer): void;
  /** The stream is over: what is left is a line as well. */
  end(): void;
}

const kept = 1_024;
const newline = 0x0a;
const empty = Buffer.alloc(0);

export function createLineReader({ limit, onLine, onOversized }: LineReaderOptions): LineReader {
  let pieces: Buffer[] = [];
  let bytes = 0;
  /** Set while the rest of a line is skipped. */
  let skipped: { head: Buffer; tail: Buffer } | undefined;

  const add = (piece: Buffer): void => {
    bytes += piece.length;
    if (skipped) {
      skipped.tail = lastBytes(skipped.tail, piece);
    } else if (bytes > limit) {
      const all = Buffer.concat([...pieces, piece]);
      // Copies, so that the large buffer can go.
      skipped = { head: Buffer.from(all.subarray(0, kept)), tail: lastBytes(empty, all) };
      pieces = [];
    } else if (piece.length > 0) {
      pieces.push(piece);
    }
  };

  const finish = (): void => {
    const [line, was, size] = [pieces, skipped, bytes];
    pieces = [];
    bytes = 0;
    skipped = undefined;
    if (was) onOversized({ bytes: size, head: was.head.toString('utf8'), tail: was.tail.toString('utf8') });
    else onLine(line.length === 1 && line[0] ? line[0] : Buffer.concat(line));
  };

  return {
    push(piece) {
      let from = 0;
      for (let end = piece.indexOf(newline); end !== -1; end = piece.indexOf(newline, from)) {
        add(piece.subarray(from, end));
        finish();
        from = end + 1;
      }
      if (from < piece.length) add(piece.subarray(from));
    },
    end() {
      if (bytes > 0) finish();
    },
  };
}

const lastBytes = (before: Buffer, piece: Buffer): Buffer => {
  if (piece.length >= kept) return Buffer.from(piece.subarray(piece.length - kept));
  const both = Buffer.concat([before, piece]);
  return both.subarray(Math.max(0, both.length - kept));
};

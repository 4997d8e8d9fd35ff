// What a server prints, made fit for people: cut, cleaned of control characters, bounded, and told in batches.
import { stripVTControlCharacters } from 'node:util';
import { limits } from '../../shared/domain/limits.ts';
import { createLineReader, type LineReader } from './line-reader.ts';

export interface Output {
  /** A reader for one of the server's streams. */
  reader(): LineReader;
  add(line: string): void;
  lines(): string[];
  /** Tells what has come since the last batch, now. */
  flush(): void;
  close(): void;
}

export interface OutputOptions {
  /** At most one batch in `batchMilliseconds`. */
  onBatch: (lines: string[]) => void;
  batchMilliseconds?: number;
  /** Takes secrets out of a line. */
  redact: (line: string) => string;
}

/** A line longer than this many bytes is cut before it is decoded. */
const lineBytes = limits.outputLine * 4;

export function createOutput({ onBatch, batchMilliseconds = 100, redact }: OutputOptions): Output {
  let ring: string[] = [];
  let batch: string[] = [];
  let leftOut = 0;
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (batch.length === 0) return;
    const told = leftOut === 0 ? batch : [...batch, `… ${leftOut} more lines came too fast and were left out`];
    ring = [...ring, ...told].slice(-limits.outputLines);
    batch = [];
    leftOut = 0;
    onBatch(told);
  };

  const add = (line: string): void => {
    // A flood costs no more than this: beyond what can be shown, lines are only counted.
    if (batch.length >= limits.outputLines) leftOut += 1;
    else batch.push(redact(cleanLine(line)));
    timer ??= setTimeout(flush, batchMilliseconds);
  };

  return {
    reader: () =>
      createLineReader({
        limit: lineBytes,
        onLine: line => {
          if (batch.length >= limits.outputLines) add('');
          else if (line.length > 0) add(line.toString('utf8'));
        },
        onOversized: ({ head, bytes }) => add(`${head}… (${bytes} bytes in one line)`),
      }),
    add,
    lines: () => [...ring, ...batch].slice(-limits.outputLines),
    flush,
    close() {
      flush();
    },
  };
}

/** Without colours and other control characters, and not longer than a line may be. */
export function cleanLine(line: string): string {
  const plain = stripVTControlCharacters(line.slice(0, limits.outputLine * 2)).replace(/\p{Cc}/gu, character =>
    character === '\t' ? '  ' : '',
  );
  return plain.length > limits.outputLine ? `${plain.slice(0, limits.outputLine - 1)}…` : plain;
}

// What a server prints, made fit for people: cut, cleaned of control characters, bounded, and told in batches.
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
  /** Takes secrets out of a line. Of one that is cut, the last characters may be the start of a secret. */
  redact: (line: string, isCut: boolean) => string;
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

  /** `rest`: what is said of the part that was not kept. */
  const add = (line: string, rest?: string): void => {
    // A flood costs no more than this: beyond what can be shown, lines are only counted.
    if (batch.length >= limits.outputLines) leftOut += 1;
    else {
      const isCut = rest !== undefined || line.length > lineBytes;
      batch.push(shorten(redact(cleanLine(line.slice(0, lineBytes)), isCut)) + (rest ?? ''));
    }
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
        onOversized: ({ head, bytes }) => add(head, `… (${bytes} bytes in one line)`),
      }),
    add: line => add(line),
    lines: () => [...ring, ...batch].slice(-limits.outputLines),
    flush,
    close() {
      flush();
    },
  };
}

/**
 * What terminals take for commands: titles and links up to their end, colours and moves, and the short ones. No part of
 * it can run over the start of the next, so that a line full of beginnings takes no more time than another.
 */
const commands =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[@-OQ-WYZ\\]/g;

/** Without colours and other control characters. */
export const cleanLine = (line: string): string =>
  line.replace(commands, '').replace(/\p{Cc}/gu, character => (character === '\t' ? '  ' : ''));

/** Not longer than a line may be. After redacting: half a secret is not known as one. */
const shorten = (line: string): string =>
  line.length > limits.outputLine ? `${line.slice(0, limits.outputLine - 1)}…` : line;

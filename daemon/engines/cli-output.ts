// What a program prints, kept within bounds: its answer up to a limit, of its complaints the last part.
import { cleanLine } from '../supervision/output.ts';
import type { CliOutput } from './cli-command.ts';
import { createJsonCollector } from './json-collector.ts';

export interface AnswerCollector {
  /** False once there is more than the limit: nothing is kept any more. */
  add(piece: Buffer): boolean;
  answer(): Pick<CliOutput, 'stdout' | 'json'>;
}

export function createAnswerCollector(limit: number, format: 'json' | undefined): AnswerCollector {
  if (format === undefined) return createTextCollector(limit);
  const { add, head, value } = createJsonCollector(limit);
  return { add, answer: () => ({ stdout: head(), json: value }) };
}

function createTextCollector(limit: number): AnswerCollector {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return {
    add(piece) {
      bytes += piece.length;
      if (bytes > limit) pieces = [];
      else pieces.push(piece);
      return bytes <= limit;
    },
    answer: () => ({ stdout: Buffer.concat(pieces).toString('utf8') }),
  };
}

export interface TailCollector {
  add(piece: Buffer): void;
  /** Without control characters other than line ends. */
  text(): string;
}

/** Keeps at least the last `limit` bytes, and never more than twice as many: a failure is told at the end. */
export function createTailCollector(limit: number): TailCollector {
  let pieces: Buffer[] = [];
  let bytes = 0;
  return {
    add(piece) {
      pieces.push(piece.length > limit ? piece.subarray(piece.length - limit) : piece);
      bytes += pieces.at(-1)?.length ?? 0;
      if (bytes <= limit * 2) return;
      // A copy, so that the large pieces can go.
      const rest = Buffer.from(Buffer.concat(pieces).subarray(bytes - limit));
      pieces = [rest];
      bytes = rest.length;
    },
    text: () => cleanText(Buffer.concat(pieces).toString('utf8')),
  };
}

/** Without colours and control characters, line by line. */
export const cleanText = (text: string): string => text.split(/\r?\n/).map(cleanLine).join('\n');

/** The end of a text, which is where programs say what went wrong. */
export const cutToEnd = (text: string, characters: number): string =>
  text.length > characters ? `…${text.slice(text.length - characters + 1)}` : text;

// A program that runs until it is stopped, heard line by line.
import { setTimeout as pause } from 'node:timers/promises';
import { limits } from '../../shared/domain/limits.ts';
import { createLineReader, type LineReader } from '../supervision/line-reader.ts';
import { cleanLine } from '../supervision/output.ts';
import type { CliLaunch, StreamedProcess } from './cli-command.ts';
import type { CliTeller } from './cli-teller.ts';

export interface CliChild {
  pid: number;
  stdin: NodeJS.WritableStream | null;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** After it has ended by itself: waits for what it has written, and kills what it has left behind. */
  finish(): Promise<void>;
  /** Ends it with everything that it has started. */
  end(patience: number): Promise<void>;
}

/** Hears the pieces of its output as they come, and the end of each of the two streams. */
export interface Ears {
  stdout: LineReader;
  stderr: LineReader;
}

/** A gateway waits five seconds for each container that it releases (CONTRACT section 6). */
const stopPatience = 10_000;

export async function startStream(
  launch: CliLaunch,
  teller: CliTeller,
  start: (ears: Ears) => Promise<CliChild>,
): Promise<StreamedProcess> {
  const readToEnd = Promise.withResolvers<void>();
  let open = 2;
  const untilEnd = (reader: LineReader): LineReader => ({
    push: piece => reader.push(piece),
    end() {
      reader.end();
      open -= 1;
      if (open === 0) readToEnd.resolve();
    },
  });
  const child = await start({ stdout: untilEnd(answerReader(launch)), stderr: untilEnd(errorReader(launch, teller)) });
  let asked = false;
  const ended = child.exited.then(async ({ code, signal }) => {
    const wasAsked = asked;
    // What it has forked may hold its output open for ever.
    await Promise.race([readToEnd.promise, pause(1_000, undefined, { ref: false })]);
    return { exitCode: code, signal, asked: wasAsked };
  });
  return {
    pid: child.pid,
    argv: teller.argv,
    write: text => void child.stdin?.write(text),
    endInput: () => void child.stdin?.end(),
    ended,
    stop(patience = stopPatience) {
      asked = true;
      return child.end(patience);
    },
  };
}

const answerReader = ({ onOutput }: CliLaunch): LineReader =>
  createLineReader({
    limit: limits.message.default,
    onLine: line => onOutput?.(line.toString('utf8')),
    onOversized: () => {},
  });

const errorReader = ({ onError }: CliLaunch, { redact }: CliTeller): LineReader =>
  createLineReader({
    limit: limits.outputLine * 4,
    onLine: line => onError?.(shorten(redact(cleanLine(line.toString('utf8'))))),
    onOversized: ({ head, bytes }) =>
      onError?.(`${shorten(redact(cleanLine(head), true))}… (${bytes} bytes in one line)`),
  });

const shorten = (line: string): string =>
  line.length > limits.outputLine ? `${line.slice(0, limits.outputLine - 1)}…` : line;

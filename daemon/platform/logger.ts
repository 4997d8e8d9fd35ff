// The daemon's own log: JSON lines in one file of limited size. pino's transports do not survive bundling, so it writes to a plain stream.
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import { pino } from 'pino';

export type Logger = pino.Logger;

const largestFile = 5_242_880;

export interface LoggerOptions {
  file: string;
  alsoToOutput: boolean;
}

/** The log keeps one older file beside it (`daemon.log.1`). Failing to write it never stops the daemon. */
export function createLogger({ file, alsoToOutput }: LoggerOptions): { logger: Logger; close: () => Promise<void> } {
  const target = createLimitedFile(file);
  const logger = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['token', '*.token', 'headers', '*.headers', 'environment', '*.environment'],
        censor: '[redacted]',
      },
    },
    {
      write(line: string) {
        target.write(line);
        if (alsoToOutput) process.stderr.write(line);
      },
    },
  );
  return { logger, close: target.close };
}

function createLimitedFile(path: string) {
  let size = sizeOf(path);
  let stream = open(path);
  const rotate = () => {
    stream.end();
    try {
      renameSync(path, `${path}.1`);
    } catch {
      // Without the older file the log is only shorter.
    }
    stream = open(path);
    size = 0;
  };
  return {
    write(line: string) {
      if (size > largestFile) rotate();
      size += Buffer.byteLength(line);
      stream.write(line);
    },
    close: () => new Promise<void>(resolve => stream.end(resolve)),
  };
}

function open(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
  stream.on('error', () => {});
  return stream;
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
}

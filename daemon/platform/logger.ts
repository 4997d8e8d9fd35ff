// The daemon's own log: JSON lines in one file of limited size. pino's transports do not survive bundling, so it writes to a plain stream.
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs';
import { pino } from 'pino';

export type Logger = pino.Logger;

const largestFile = 5_242_880;

export interface LoggerOptions {
  file: string;
  alsoToOutput: boolean;
  level?: pino.LevelWithSilent | undefined;
  /** Takes secrets out of a line that tells of trouble: errors of libraries may quote what they were given. */
  hide?: (line: string) => string;
}

/** pino's number of `warn`: what is below tells of our own facts alone. */
const leastHidden = 40;

/** The log keeps one older file beside it (`daemon.log.1`). Failing to write it never stops the daemon. */
export function createLogger({ file, alsoToOutput, level = 'info', hide = line => line }: LoggerOptions): {
  logger: Logger;
  close: () => Promise<void>;
} {
  const target = createLimitedFile(file);
  const logger = pino(
    {
      base: null,
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: ['token', '*.token', 'headers', '*.headers', 'environment', '*.environment'],
        censor: '[redacted]',
      },
    },
    {
      write(written: string) {
        const line = levelOf(written) < leastHidden ? written : hide(written);
        target.write(line);
        if (alsoToOutput) process.stderr.write(line);
      },
    },
  );
  return { logger, close: target.close };
}

/** pino begins each line with its level. */
const levelOf = (line: string): number => Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? leastHidden);

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

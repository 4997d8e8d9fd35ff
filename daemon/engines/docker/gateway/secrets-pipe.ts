// A pipe with a name, in a folder that only this user can open. The gateway reads it as its secrets file: when it starts, and at
// each reload. What is written there stands on no disk, and is gone when it is read.
import { constants } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

export interface SecretsPipe {
  readonly path: string;
  /** What the next reader gets. */
  set(text: string): void;
  /** A reader is expected soon: looks often for a while. */
  expectReader(): void;
  /** How often it was read. */
  readonly fed: number;
  close(): Promise<void>;
}

/** Milliseconds. */
export interface PipeTimes {
  often: number;
  rarely: number;
  /** For so long after a start or an edit it looks often. */
  alert: number;
  /** A reader gets so long to see the end before the pipe is opened again: else it would read everything twice. */
  settle: number;
  /** A reader that reads no further is left alone after this. */
  patience: number;
}

const usualTimes: PipeTimes = { often: 25, rarely: 1_000, alert: 15_000, settle: 300, patience: 5_000 };

/**
 * `makeFifo` makes the pipe, with mode 0600, in a folder of mode 0700. Rejects with what it rejects with: a system without
 * such pipes.
 */
export async function createSecretsPipe(
  path: string,
  makeFifo: (path: string) => Promise<void>,
  times: PipeTimes = usualTimes,
): Promise<SecretsPipe> {
  await makeFifo(path);
  let text = '';
  let fed = 0;
  let closed = false;
  let alertUntil = 0;
  let wake = Promise.withResolvers<void>();

  const feedOnce = async (): Promise<boolean> => {
    const file = await openForReader(path);
    if (!file) return false;
    try {
      await writeAll(file, text, times.patience);
      fed += 1;
    } finally {
      await file.close().catch(() => {});
    }
    return true;
  };

  const feed = async (): Promise<void> => {
    while (!closed) {
      const wasFed = await feedOnce().catch(() => false);
      const wait = wasFed ? times.settle : Date.now() < alertUntil ? times.often : times.rarely;
      await Promise.race([pause(wait, undefined, { ref: false }), wasFed ? never : wake.promise]);
    }
  };
  const feeding = feed();

  const rouse = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  return {
    path,
    get fed() {
      return fed;
    },
    set(next) {
      text = next;
    },
    expectReader() {
      alertUntil = Date.now() + times.alert;
      rouse();
    },
    async close() {
      closed = true;
      text = '';
      rouse();
      await Promise.race([feeding, pause(times.settle + times.patience, undefined, { ref: false })]);
      await rm(path, { force: true });
    },
  };
}

const never = new Promise<never>(() => {});

/** The open end of the pipe if somebody reads it now. Never waits for a reader: that would hold one of Node's few threads. */
async function openForReader(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === 'ENXIO') return undefined;
    throw error;
  }
}

async function writeAll(file: FileHandle, text: string, patience: number): Promise<void> {
  const bytes = Buffer.from(text);
  const until = Date.now() + patience;
  let at = 0;
  while (at < bytes.length && Date.now() < until) {
    try {
      const { bytesWritten } = await file.write(bytes, at, bytes.length - at);
      at += bytesWritten;
    } catch (error) {
      // Full: the reader is slow, or has gone.
      if (codeOf(error) !== 'EAGAIN') throw error;
      await pause(5, undefined, { ref: false });
    }
  }
}

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

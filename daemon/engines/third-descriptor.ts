// The descriptor 3 that a child inherits: a text that it can read, and that stands on no disk and in no argument.
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { type Readable, Writable } from 'node:stream';
import { createMemoryFile } from './memory-file.ts';

export interface ThirdDescriptor {
  /** What comes fourth in the child's stdio; nothing if there is no text. */
  stdio: [] | [Readable] | ['pipe'];
  /** Writes the text into our end, if it is a pipe. */
  feed(end: unknown): void;
  /** The child has its own copy now. */
  close(): Promise<void>;
}

export async function openThird(
  text: string | undefined,
  { platform, environment }: { platform: NodeJS.Platform; environment: Readonly<Record<string, string>> },
): Promise<ThirdDescriptor | 'impossible'> {
  if (text === undefined) return { stdio: [], feed() {}, async close() {} };
  if (platform !== 'linux') return { stdio: ['pipe'], feed: end => writeTo(end, text), async close() {} };
  // On Linux a socket, which is what Node makes of a pipe, cannot be opened as /dev/fd/3; a file can.
  const file = await createMemoryFile(text, ['/dev/shm', environment['XDG_RUNTIME_DIR']]);
  return file ? fromFile(file) : 'impossible';
}

/** The stream is never read: it only carries the descriptor. */
const fromFile = (file: FileHandle): ThirdDescriptor => ({
  stdio: [createReadStream('', { fd: file.fd, autoClose: false })],
  feed() {},
  close: () => file.close(),
});

function writeTo(end: unknown, text: string): void {
  if (!(end instanceof Writable)) return;
  end.on('error', () => {});
  end.end(text);
}

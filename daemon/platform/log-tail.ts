// The end of a log file, read from its end: a log may be large.
import { open } from 'node:fs/promises';

const mostBytes = 1_048_576;

/** At most the last mebibyte, from the first whole line on. Empty if there is no such file. Never rejects. */
export async function readLastLines(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - mostBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } catch {
    return '';
  } finally {
    await file.close().catch(() => {});
  }
}

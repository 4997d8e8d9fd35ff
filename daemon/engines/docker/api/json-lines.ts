// Follows an answer of the engine that is one JSON object after another: events, statistics, the progress of a pull.
import { createLineReader } from '../../../supervision/line-reader.ts';

const longestLine = 1_048_576;

/**
 * Calls back with each object, in order. Resolves when the stream has ended well, rejects with its error. What is no
 * JSON, or longer than a megabyte, is left out.
 */
export function followJsonLines(stream: NodeJS.ReadableStream, onObject: (value: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = createLineReader({
      limit: longestLine,
      onOversized: () => {},
      onLine: line => {
        if (line.length === 0) return;
        const value = parse(line);
        if (value !== undefined) onObject(value);
      },
    });
    stream.on('data', (piece: Buffer) => {
      try {
        reader.push(piece);
      } catch (error) {
        reject(error);
      }
    });
    stream.on('error', reject);
    // An answer that is cut ends with "close" alone.
    stream.once('close', () => reject(Object.assign(new Error('the connection was cut'), { code: 'ECONNRESET' })));
    stream.once('end', () => {
      reader.end();
      resolve();
    });
  });
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

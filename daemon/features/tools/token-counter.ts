// Counts the tokens of texts in another thread, which lives only as long as there is something to count.
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface TokenCounter {
  /** The counts in order. Rejects if the thread fails or takes too long. */
  count(texts: readonly string[]): Promise<number[]>;
  close(): void;
}

/** Told in every answer, because other models count otherwise. */
export const countedWith = 'o200k_base; other models differ by some per cent';

const secondsForAll = 60;

/** A bundle has the thread's program beside it. */
const ownProgram = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './token-worker.ts' : './token-worker.mjs', import.meta.url));

export function createTokenCounter(program: string = ownProgram()): TokenCounter {
  const running = new Set<Worker>();
  return {
    async count(texts) {
      if (texts.length === 0) return [];
      const worker = new Worker(program, { resourceLimits: { maxOldGenerationSizeMb: 512 } });
      running.add(worker);
      worker.unref();
      try {
        return await new Promise<number[]>((resolve, reject) => {
          const counts: number[] = [];
          const timer = setTimeout(
            () => reject(new Error('To count tokens took too long.')),
            secondsForAll * 1_000,
          ).unref();
          worker.on('message', (count: unknown) => {
            if (typeof count !== 'number') return;
            counts.push(count);
            if (counts.length === texts.length) {
              clearTimeout(timer);
              resolve(counts);
            }
          });
          worker.once('error', reject);
          worker.once('exit', () => reject(new Error('The thread that counts tokens has ended.')));
          worker.postMessage(texts);
        });
      } finally {
        running.delete(worker);
        void worker.terminate();
      }
    },
    close() {
      for (const worker of running) void worker.terminate();
    },
  };
}

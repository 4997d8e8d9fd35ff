// Makes pipes with a name. Node cannot; every Unix has a program that can.
import type { ChildMarker } from '../../../supervision/child-marker.ts';
import type { Guardian } from '../../../supervision/guardian.ts';
import { createCliRunner } from '../../run.ts';

export interface FifoMaker {
  /** Mode 0600. Rejects where there are no such pipes. */
  make(path: string): Promise<void>;
  close(): Promise<void>;
}

export function createFifoMaker(options: {
  environment: Readonly<Record<string, string>>;
  marker: ChildMarker;
  guardian: Guardian;
  platform?: NodeJS.Platform;
}): FifoMaker {
  const runner = createCliRunner({
    ...options,
    program: 'mkfifo',
    classify: ({ exitCode, stderr }) => (exitCode === 0 ? undefined : { failure: 'unknown', subject: stderr.trim() }),
    allowed: [{ words: ['-m', '600'], flags: ['-m'] }],
  });
  return {
    async make(path) {
      if ((options.platform ?? process.platform) === 'win32') throw new Error('Windows has no such pipes.');
      const args = ['-m', '600', path];
      await runner.run({ operation: 'make a pipe', args, kind: 'mutation', time: 'quick', parse: () => {} });
    },
    close: () => runner.close(),
  };
}

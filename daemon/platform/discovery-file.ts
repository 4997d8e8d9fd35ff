import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Discovery } from '../../shared/domain/discovery.ts';
import { writePrivateFile } from './private-file.ts';

export interface DiscoveryFile {
  write(discovery: Discovery): void;
  /** Removes the file if it is still this process's own. */
  remove(): void;
}

export function createDiscoveryFile(home: string): DiscoveryFile {
  const path = join(home, 'daemon.json');
  return {
    write: discovery => writePrivateFile(path, `${JSON.stringify(discovery, null, 2)}\n`),
    remove() {
      try {
        const found = Discovery.safeParse(JSON.parse(readFileSync(path, 'utf8')));
        if (found.success && found.data.pid === process.pid) rmSync(path, { force: true });
      } catch {
        // Not there, or not ours to judge: whoever reads it checks it anyway.
      }
    },
  };
}

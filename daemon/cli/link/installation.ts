// Where this program is installed, and what lies beside it: the daemon and perhaps a Node that can run it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const Manifest = z.object({ name: z.string(), version: z.string() });

export interface Installation {
  /** The folder of package.json. */
  root: string;
  version: string;
  /** The daemon's entry: the bundle for a bundle, the source for a source. */
  daemonEntry: string;
}

export function readManifest(file: string): z.infer<typeof Manifest> | undefined {
  try {
    const manifest = Manifest.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return manifest.success ? manifest.data : undefined;
  } catch {
    return undefined;
  }
}

/** `moduleUrl` is the address of any module of this program. */
export function findInstallation(moduleUrl: string): Installation {
  const fromSource = moduleUrl.endsWith('.ts');
  const start = dirname(fileURLToPath(moduleUrl));
  for (let folder = start; ; folder = dirname(folder)) {
    const manifest = readManifest(join(folder, 'package.json'));
    if (manifest?.name === 'quayside') {
      const daemonEntry = fromSource ? join(folder, 'daemon', 'main.ts') : join(folder, 'dist', 'daemon.mjs');
      return { root: folder, version: manifest.version, daemonEntry };
    }
    if (folder === dirname(folder)) break;
  }
  return { root: start, version: '0.0.0', daemonEntry: join(start, 'daemon.mjs') };
}

export const isComplete = ({ daemonEntry }: Installation): boolean => existsSync(daemonEntry);

// Packs the one universal VSIX into artifacts/quayside.vsix.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { artifactsFolder } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
export const vsixFile = join(artifactsFolder, 'quayside.vsix');

/** Builds for production (the script vscode:prepublish) and packs; resolves to the size in bytes. */
export async function packExtension(): Promise<number> {
  await mkdir(artifactsFolder, { recursive: true });
  await createVSIX({
    cwd: root,
    packagePath: vsixFile,
    // Everything is bundled; what is not lies in dist/node_modules.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  return (await stat(vsixFile)).size;
}

if (import.meta.main) console.log(`${vsixFile}: ${((await packExtension()) / 1_048_576).toFixed(1)} MB`);

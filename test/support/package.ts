// Packs the one universal VSIX into artifacts/quayside.vsix.
import { execFile } from 'node:child_process';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { artifactsFolder } from './browser.ts';

const root = join(import.meta.dirname, '..', '..');
export const vsixFile = join(artifactsFolder, 'quayside.vsix');

/** Builds for production and packs; resolves to the size in bytes. */
export async function packExtension(): Promise<number> {
  await mkdir(artifactsFolder, { recursive: true });
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const options = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsixFile,
  ];
  await promisify(execFile)(process.execPath, [vsce, ...options], {
    cwd: root,
    timeout: 5 * 60_000,
    maxBuffer: 16_777_216,
  });
  return (await stat(vsixFile)).size;
}

if (import.meta.main) console.log(`${vsixFile}: ${((await packExtension()) / 1_048_576).toFixed(1)} MB`);

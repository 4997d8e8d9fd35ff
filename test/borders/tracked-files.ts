import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The files that are in git or would be added to it, from the root, with forward slashes. */
export async function listFiles(root: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    {
      cwd: root,
      maxBuffer: 16_777_216,
      timeout: 20_000,
    },
  );
  return [...new Set(stdout.split('\0'))].filter(path => path !== '' && existsSync(join(root, path)));
}

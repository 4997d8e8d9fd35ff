// Runs the protocol's own suites against an address and reads what they found.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { endWithUs } from './processes.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** `old`: version 0.1.16. The others: 0.2.0-alpha.12, for one revision of the protocol each. */
export const suites = ['old', '2025-11-25', '2026-07-28'] as const;
export type Suite = (typeof suites)[number];

const Check = z.object({
  id: z.string(),
  status: z.enum(['SUCCESS', 'FAILURE', 'WARNING', 'INFO', 'SKIPPED']),
  errorMessage: z.string().optional(),
  details: z.unknown().optional(),
});
export type Check = z.infer<typeof Check>;

const packages = join(import.meta.dirname, '..', '..', 'node_modules');
const limitMs = 60_000;

const commandOf = (suite: Suite, url: string, folder: string): string[] => [
  join(packages, suite === 'old' ? 'conformance-2025' : 'conformance-2026', 'dist', 'index.js'),
  ...['server', '--url', url, '--suite', 'all', '--output-dir', folder],
  ...(suite === 'old' ? [] : ['--spec-version', suite]),
];

/** The checks of each scenario by its name. Errors: one that says how the suite ended, if it left nothing behind. */
export async function runConformance(suite: Suite, url: string): Promise<Map<string, Check[]>> {
  const folder = await createTemporaryFolder('conformance');
  try {
    const child = endWithUs(
      spawn(process.execPath, commandOf(suite, url, folder.path), { stdio: ['ignore', 'pipe', 'pipe'] }),
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece: string) => {
        output = (output + piece).slice(-4_000);
      });
    const timer = setTimeout(() => child.kill('SIGKILL'), limitMs);
    await new Promise(resolve => child.once('close', resolve));
    clearTimeout(timer);
    const found = await readChecks(folder.path);
    if (found.size === 0) throw new Error(`The suite ${suite} left no results. ${output}`);
    return found;
  } finally {
    await folder.remove();
  }
}

async function readChecks(folder: string): Promise<Map<string, Check[]>> {
  const found = new Map<string, Check[]>();
  for (const name of await readdir(folder)) {
    const scenario = /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1];
    if (scenario === undefined) continue;
    const text = await readFile(join(folder, name, 'checks.json'), 'utf8');
    found.set(scenario, z.array(Check).parse(JSON.parse(text)));
  }
  return found;
}

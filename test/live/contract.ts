// Runs the contract suite in a mocha of its own and adds its counts to the report.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { endWithUs, stopProcessGroup } from '../support/processes.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import type { Report } from './report.ts';

const root = join(import.meta.dirname, '..', '..');
const Counts = z.object({ passed: z.int(), failed: z.int(), skipped: z.int() });
const limitMilliseconds = 20 * 60_000;

/** One test after another, each in a home of its own. */
export async function runContract(report: Report): Promise<void> {
  await using folder = await createTemporaryFolder('live-contract');
  const results = join(folder.path, 'results.json');
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = join(root, 'test', 'support', 'counting-reporter.cjs');
  const words = ['--no-config', '--timeout', '120000', '--exit', '--reporter', reporter];
  const child = endWithUs(
    spawn(process.execPath, [mocha, ...words, join(import.meta.dirname, 'engine.live.ts')], {
      cwd: root,
      env: { ...process.env, QUAYSIDE_TEST_RESULTS: results },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    }),
  );
  const timer = setTimeout(() => void stopProcessGroup(child), limitMilliseconds);
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  clearTimeout(timer);
  const text = await readFile(results, 'utf8').catch(() => undefined);
  if (text === undefined) return report.cannotRun(`The contract suite gave no results; it ended with ${code}.`);
  const counts = Counts.parse(JSON.parse(text));
  report.add(counts);
  if (counts.passed + counts.failed === 0) report.cannotRun('The contract suite has run no test.');
}

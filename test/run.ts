// Runs the suites one after another, also after a failed one, and closes with one line for all: node test/run.ts unit host ui crash
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { artifactsFolder } from './support/browser.ts';
import type { SuiteResults } from './support/code-server/host-suite.ts';
import { ensureCodeServer } from './support/code-server/install.ts';
import { runExtensionSuite } from './support/extension-suite.ts';
import { packExtension } from './support/package.ts';
import { endWithUs, stopProcessGroup } from './support/processes.ts';

const root = join(import.meta.dirname, '..');

interface Outcome extends SuiteResults {
  /** True if the suite as a whole went wrong, whatever its tests said. */
  broken: boolean;
}

const mochaConfig = {
  unit: '.mocharc.json',
  ui: 'test/end-to-end/ui.mocharc.json',
  crash: 'test/end-to-end/crash.mocharc.json',
};

const mochaMilliseconds = 20 * 60_000;
const lingerMilliseconds = 15_000;

/** A suite that has its results but does not end has left something running: it is ended, and that is a failure. */
async function waitForEnd(child: ChildProcess, resultsFile: string): Promise<number | null> {
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve());
  });
  const limit = Date.now() + mochaMilliseconds;
  let resultsSince: number | undefined;
  while (child.exitCode === null && child.signalCode === null) {
    await Promise.race([ended, pause(500)]);
    if (resultsSince === undefined && existsSync(resultsFile)) resultsSince = Date.now();
    if (resultsSince !== undefined && Date.now() - resultsSince > lingerMilliseconds) {
      console.error('The tests have ended, but something that they started keeps running.');
      await stopProcessGroup(child);
    } else if (Date.now() > limit) {
      console.error(`The suite took longer than ${mochaMilliseconds / 60_000} minutes.`);
      await stopProcessGroup(child);
    }
  }
  await ended;
  return child.exitCode;
}

async function runMocha(name: keyof typeof mochaConfig, more: string[]): Promise<Outcome> {
  const file = join(artifactsFolder, 'results', `${name}.json`);
  await rm(file, { force: true });
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = join(root, 'test', 'support', 'counting-reporter.cjs');
  const child = endWithUs(
    spawn(process.execPath, [mocha, '--config', mochaConfig[name], '--reporter', reporter, ...more], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, QUAYSIDE_TEST_RESULTS: file },
      detached: true,
    }),
  );
  const code = await waitForEnd(child, file);
  if (!existsSync(file)) {
    console.error(`The suite "${name}" gave no results (it ended with ${code ?? 'its time limit'}).`);
    return { passed: 0, failed: 0, skipped: 0, broken: true };
  }
  const counts: SuiteResults = JSON.parse(await readFile(file, 'utf8'));
  return { ...counts, broken: code !== 0 || counts.passed + counts.failed === 0 };
}

async function runHost(): Promise<Outcome> {
  const { passed, failed, skipped, troubles } = await runExtensionSuite();
  for (const trouble of troubles) console.error(trouble);
  return { passed, failed, skipped, broken: failed > 0 || troubles.length > 0 || passed === 0 };
}

const suites = {
  unit: (more: string[]) => runMocha('unit', more),
  host: async () => {
    await ensureCodeServer(console.log);
    return await runHost();
  },
  ui: async (more: string[]) => {
    await ensureCodeServer(console.log);
    await packExtension();
    return await runMocha('ui', more);
  },
  crash: (more: string[]) => runMocha('crash', more),
} satisfies Record<string, (more: string[]) => Promise<Outcome>>;

const isSuite = (name: string): name is keyof typeof suites => Object.hasOwn(suites, name);

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(1));

const names = process.argv.slice(2).filter(isSuite);
const more = process.argv.slice(2).filter(argument => !isSuite(argument));
await mkdir(join(artifactsFolder, 'results'), { recursive: true });

const total = { passed: 0, failed: 0, skipped: 0, broken: names.length === 0 };
for (const name of names) {
  console.log(`\n=== ${name} ===`);
  const started = performance.now();
  const outcome = await suites[name](more).catch((error: unknown): Outcome => {
    console.error(error);
    return { passed: 0, failed: 0, skipped: 0, broken: true };
  });
  console.log(
    `${name}: ${outcome.passed} passing, ${outcome.failed} failing, ${outcome.skipped} pending, in ${Math.round((performance.now() - started) / 1000)} s${outcome.broken ? ': NOT GOOD' : ''}`,
  );
  total.passed += outcome.passed;
  total.failed += outcome.failed;
  total.skipped += outcome.skipped;
  total.broken ||= outcome.broken;
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.broken || total.passed === 0 ? 1 : 0;

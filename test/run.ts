// Runs the suites one after another, also after a failed one, and closes with one line for all: node test/run.ts unit docker host ui crash
// There are two lanes that take about as long: the unit tests, those in the editor's host and the crashes in one, whose output is
// shown; in the other what waits for engines and browsers most of its time, told when all is done.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { artifactsFolder } from './support/browser.ts';
import { noResults, type SuiteResults } from './support/code-server/host-suite.ts';
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
  docker: 'test/docker.mocharc.json',
  ui: 'test/end-to-end/ui.mocharc.json',
  crash: 'test/end-to-end/crash.mocharc.json',
};

/** Hundreds of commands and daemons are started from their sources: what one has compiled, the next one reads. */
const compileCache = join(artifactsFolder, 'compile-cache');

/**
 * On two busy cores one of some thousand tests with real children, engines and browsers may miss its time. A failed test is
 * tried once more and told as unsteady at the end; more of them than this are a fault, and fail the run.
 */
const mostUnsteady = 2;
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

async function runMocha(name: keyof typeof mochaConfig, more: string[], log?: string): Promise<Outcome> {
  const file = join(artifactsFolder, 'results', `${name}.json`);
  await rm(file, { force: true });
  const output = log === undefined ? 'inherit' : openSync(log, 'w');
  const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = join(root, 'test', 'support', 'counting-reporter.cjs');
  const child = endWithUs(
    spawn(process.execPath, [mocha, '--config', mochaConfig[name], '--reporter', reporter, '--retries', '1', ...more], {
      cwd: root,
      stdio: ['ignore', output, output],
      env: { ...process.env, QUAYSIDE_TEST_RESULTS: file, NODE_COMPILE_CACHE: compileCache },
      detached: true,
    }),
  );
  const code = await waitForEnd(child, file);
  if (typeof output === 'number') closeSync(output);
  if (!existsSync(file)) {
    const failure = `The suite "${name}" gave no results (it ended with ${code ?? 'its time limit'}).`;
    console.error(failure);
    return { ...noResults, failures: [failure], broken: true };
  }
  const counts: SuiteResults = JSON.parse(await readFile(file, 'utf8'));
  return { ...counts, broken: code !== 0 || counts.passed + counts.failed === 0 };
}

async function runHost(): Promise<Outcome> {
  const { passed, failed, skipped, failures, unsteady, troubles } = await runExtensionSuite();
  for (const trouble of troubles) console.error(trouble);
  return {
    passed,
    failed,
    skipped,
    failures: [...failures, ...troubles],
    unsteady,
    broken: failed > 0 || troubles.length > 0 || passed === 0,
  };
}

/** Installed once, though both lanes want it. */
let installing: ReturnType<typeof ensureCodeServer> | undefined;
const codeServer = async () => {
  installing ??= ensureCodeServer(console.log);
  return await installing;
};

const suites = {
  unit: (more: string[]) => runMocha('unit', more),
  docker: (more: string[]) => runMocha('docker', more, logOf('docker')),
  host: async () => {
    await codeServer();
    return await runHost();
  },
  ui: async (more: string[]) => {
    await codeServer();
    return await runMocha('ui', more, logOf('ui'));
  },
  crash: (more: string[]) => runMocha('crash', more),
} satisfies Record<string, (more: string[]) => Promise<Outcome>>;

const logOf = (name: string): string => join(artifactsFolder, 'results', `${name}.log`);
const quiet: readonly string[] = ['docker', 'ui'] satisfies (keyof typeof suites)[];

const isSuite = (name: string): name is keyof typeof suites => Object.hasOwn(suites, name);

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(1));

const names = process.argv.slice(2).filter(isSuite);
const more = process.argv.slice(2).filter(argument => !isSuite(argument));
await mkdir(join(artifactsFolder, 'results'), { recursive: true });

const total = { ...noResults, failures: [] as string[], unsteady: [] as string[], broken: names.length === 0 };

async function runSuite(name: keyof typeof suites): Promise<void> {
  const started = performance.now();
  const outcome = await suites[name](more).catch((error: unknown): Outcome => {
    console.error(error);
    return { ...noResults, failures: [String(error)], broken: true };
  });
  const seconds = Math.round((performance.now() - started) / 1000);
  const { passed, failed, skipped, failures, unsteady, broken } = outcome;
  console.log(
    `${name}: ${passed} passing, ${failed} failing, ${skipped} pending, in ${seconds} s${broken ? ': NOT GOOD' : ''}`,
  );
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  total.failures.push(...failures.map(failure => `${name}: ${failure}`));
  total.unsteady.push(...unsteady.map(failure => `${name}: ${failure}`));
  total.broken ||= broken;
}

const shown = names.filter(name => !quiet.includes(name));
const told = names.filter(name => quiet.includes(name));

async function runLane(lane: readonly (keyof typeof suites)[], isShown: boolean): Promise<void> {
  for (const name of lane) {
    if (isShown) console.log(`\n=== ${name} ===`);
    await runSuite(name);
  }
}

// Packing builds everything anew, so it is done before anything uses what is built.
if (names.includes('ui')) await packExtension();
await Promise.all([runLane(shown, true), runLane(told, false)]);
for (const name of told) console.log(`\n=== ${name} ===\n${await readFile(logOf(name), 'utf8').catch(String)}`);
// Said again where it is read even if only the end of the output was kept.
for (const failure of total.failures) console.log(`\nFailed in ${failure}`);
for (const failure of total.unsteady) console.log(`\nUnsteady, passed when tried once more, in ${failure}`);
if (total.unsteady.length > mostUnsteady)
  console.log(`\nMore than ${mostUnsteady} tests are unsteady: the run has failed.`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.broken || total.passed === 0 || total.unsteady.length > mostUnsteady ? 1 : 0;

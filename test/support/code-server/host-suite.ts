// Runs mocha inside code-server's extension host and brings its results out.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as esbuild from 'esbuild';
import type { Page } from 'playwright-core';
import { artifactsFolder, launchBrowser } from '../browser.ts';
import { findProcessesOf, signal, waitForNoProcessOf } from '../processes.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { offlineGallery, startCodeServer } from './server.ts';

export interface HostSuiteOptions {
  /** The folder of the extension under test: the repository, or an unpacked package. */
  extension: string;
  /** The TypeScript entry that exports `run()` and writes its results to the path in QUAYSIDE_TEST_RESULTS. */
  entry: string;
  milliseconds?: number;
  environment?: Record<string, string>;
  /** Gets the report of the tests; prints it without one. */
  say?: (report: string) => void;
}

export interface SuiteResults {
  passed: number;
  failed: number;
  skipped: number;
  /** A text for each failed test. */
  failures: string[];
  /** A text for each test that failed at first and passed when it was tried once more. */
  unsteady: string[];
}

export interface HostSuiteOutcome extends SuiteResults {
  /** What went wrong outside of the tests themselves; empty if nothing did. */
  troubles: string[];
}

export const noResults: SuiteResults = { passed: 0, failed: 0, skipped: 0, failures: [], unsteady: [] };

const hostMilliseconds = 5 * 60_000;

/** The test entry as one CommonJS file, because the extension host loads it by `require`. */
export async function bundleEntry(entry: string, name: string): Promise<string> {
  const outfile = join(artifactsFolder, 'host', `${name}.cjs`);
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22.15',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
    // The repository says "module"; what a test asks of import.meta is where the tests are.
    define: {
      'import.meta.dirname': JSON.stringify(join(entry, '..')),
      'import.meta.url': JSON.stringify(`file://${entry}`),
    },
  });
  return outfile;
}

/** Opens a window with the tests and resolves to the exit code that the extension host gives, or undefined after the limit. */
async function runWindow(page: Page, url: string, milliseconds: number): Promise<number | undefined> {
  const ended = Promise.withResolvers<number | undefined>();
  await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
    if (process.env['QUAYSIDE_TEST_VERBOSE']) console.error('[editor]', type, ...args);
  });
  await page.exposeFunction('codeAutomationExit', (code: number) => ended.resolve(code));
  const limit = new AbortController();
  void pause(milliseconds, undefined, { signal: limit.signal }).then(
    () => ended.resolve(undefined),
    () => undefined,
  );
  try {
    await page.goto(url, { timeout: 60_000 });
    return await ended.promise;
  } finally {
    limit.abort();
  }
}

const windowUrl = (origin: string, port: number, workspace: string, parameters: Record<string, string>): string => {
  const remote = (path: string) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = Object.entries(parameters).map(([key, value]) => [key, key.endsWith('Path') ? remote(value) : value]);
  return `${origin}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
};

/** Runs the suite once, in fresh folders, and checks that nothing of it is left running. */
export async function runHostSuite(options: HostSuiteOptions): Promise<HostSuiteOutcome> {
  const { extension, entry, milliseconds = hostMilliseconds } = options;
  const name = basename(entry, '.ts');
  const tests = await bundleEntry(entry, name);
  await using folder = await createTemporaryFolder('host');
  const resultsFile = join(artifactsFolder, 'results', `host-${name}.json`);
  await mkdir(join(artifactsFolder, 'results'), { recursive: true });
  await rm(resultsFile, { force: true });
  const workspace = join(folder.path, 'workspace');
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, 'hello.txt'), 'hello\n');
  const environment = {
    QUAYSIDE_HOME: join(folder.path, 'home'),
    QUAYSIDE_TEST_RESULTS: resultsFile,
    QUAYSIDE_TEST_LOG: join(artifactsFolder, 'results', `host-${name}.log`),
    ...options.environment,
  };
  const code = await runInCodeServer({ folder: folder.path, environment, workspace, extension, tests, milliseconds });
  const report = await readFile(environment.QUAYSIDE_TEST_LOG, 'utf8').catch(() => '');
  (options.say ?? console.log)(report);
  const troubles =
    code === 0 || code === 1 ? [] : [`The extension host gave no result within ${milliseconds / 1000} seconds.`];
  const results = await readResults(resultsFile);
  if (!results) troubles.push('The tests wrote no results: they could not be loaded, or the extension host ended.');
  if (results && code === 1 && results.failed === 0) troubles.push('The extension host failed though no test did.');
  troubles.push(...(await endDaemon(folder.path)));
  return { ...(results ?? noResults), troubles };
}

interface WindowRun {
  folder: string;
  environment: Record<string, string>;
  workspace: string;
  extension: string;
  tests: string;
  milliseconds: number;
}

async function runInCodeServer({ folder, environment, workspace, extension, tests, milliseconds }: WindowRun) {
  await rm(environment['QUAYSIDE_TEST_LOG'] ?? '', { force: true });
  await using server = await startCodeServer({
    folder: join(folder, 'code-server'),
    environment: { ...environment, ...offlineGallery },
    testDriver: true,
  });
  await using browser = await launchBrowser();
  const url = windowUrl(server.origin, server.port, workspace, {
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    skipWelcome: 'true',
    skipReleaseNotes: 'true',
    extensionEnvironment: JSON.stringify(environment),
  });
  return await runWindow(browser.page, url, milliseconds);
}

async function readResults(file: string): Promise<SuiteResults | undefined> {
  try {
    const { passed, failed, skipped, failures, unsteady }: SuiteResults = JSON.parse(await readFile(file, 'utf8'));
    return { passed, failed, skipped, failures, unsteady };
  } catch {
    return undefined;
  }
}

/** A daemon outlives its windows for some minutes on purpose: it is asked to end here, and must take everything along. */
export async function endDaemon(folder: string): Promise<string[]> {
  for (const { pid, command } of findProcessesOf(folder)) if (/daemon\.mjs/.test(command)) signal(pid, 'SIGTERM');
  const left = await waitForNoProcessOf(folder, 15_000);
  for (const { pid } of left) signal(pid, 'SIGKILL');
  return left.map(({ pid, command }) => `Process ${pid} was left running: ${command.slice(0, 200)}`);
}

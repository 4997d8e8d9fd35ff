// Runs mocha inside the extension host: the one way for results to get out is a file, so they are written there.
import { appendFileSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { describeFailure } from '../describe-failure.ts';

const environment = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start the suite with "npm run test:host".`);
  return value;
};

/**
 * Defines the tests by `load`, runs them and writes counts and failures to QUAYSIDE_TEST_RESULTS and a report to QUAYSIDE_TEST_LOG.
 * Rejects if a test fails or if there is none.
 */
export async function runMocha(load: () => void | Promise<void>): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: Mocha.reporters.Base, forbidOnly: true, retries: 1 });
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await load();
  const log = environment('QUAYSIDE_TEST_LOG');
  const say = (line: string) => appendFileSync(log, `${line}\n`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const first: { title: string; text: string }[] = [];
  const passed = new Set<string>();
  await new Promise<void>(resolve => {
    const runner = mocha.run(() => resolve());
    runner.on('suite', suite => say(`${'  '.repeat(depth(suite))}${suite.title}`));
    runner.on('pass', test => {
      counts.passed++;
      passed.add(test.fullTitle());
      say(`${'  '.repeat(depth(test.parent) + 1)}✔ ${test.title} (${test.duration}ms)`);
    });
    runner.on('pending', test => {
      counts.skipped++;
      say(`${'  '.repeat(depth(test.parent) + 1)}- ${test.title}`);
    });
    runner.on('retry', (test, error) => {
      first.push({ title: test.fullTitle(), text: describeFailure(test, error) });
      say(`${'  '.repeat(depth(test.parent) + 1)}? ${test.title}: is tried once more\n${error.stack ?? error.message}`);
    });
    runner.on('fail', (test, error) => {
      counts.failed++;
      failures.push(describeFailure(test, error));
      say(`${'  '.repeat(depth(test.parent) + 1)}✖ ${test.title}\n${error.stack ?? error.message}`);
    });
  });
  say(`\n  ${counts.passed} passing\n  ${counts.failed} failing\n  ${counts.skipped} pending`);
  const unsteady = first.filter(({ title }) => passed.has(title)).map(({ text }) => text);
  writeFileSync(environment('QUAYSIDE_TEST_RESULTS'), JSON.stringify({ ...counts, failures, unsteady }));
  if (counts.failed > 0) throw new Error(`${counts.failed} tests failed.`);
  if (counts.passed === 0) throw new Error('No test ran.');
}

const depth = (suite: Mocha.Suite | undefined): number => (suite?.parent ? 1 + depth(suite.parent) : 0);

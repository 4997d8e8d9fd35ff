// Mocha's usual report, and in a file, QUAYSIDE_TEST_RESULTS: its counts, its failures, and what passed only at a second try.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');
const { describeFailure } = require('./describe-failure.ts');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    const first = [];
    // What went wrong at first may be the cause, and what goes wrong then only what was left of it.
    runner.on('fail', (test, error) => {
      const before = first.find(({ title }) => title === test.fullTitle());
      failures.push(`${describeFailure(test, error)}${before ? `\nAt first: ${before.text}` : ''}`);
    });
    runner.on('retry', (test, error) => first.push({ title: test.fullTitle(), text: describeFailure(test, error) }));
    const passedTitles = new Set();
    runner.on('pass', test => passedTitles.add(test.fullTitle()));
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const unsteady = first.filter(({ title }) => passedTitles.has(title)).map(({ text }) => text);
      if (process.env.QUAYSIDE_TEST_RESULTS) {
        writeFileSync(
          process.env.QUAYSIDE_TEST_RESULTS,
          JSON.stringify({ passed, failed, skipped, failures, unsteady }),
        );
      }
    });
  }
};

// Mocha's usual report, and its counts and failures in a file: QUAYSIDE_TEST_RESULTS.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');
const { describeFailure } = require('./describe-failure.ts');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const failures = [];
    runner.on('fail', (test, error) => failures.push(describeFailure(test, error)));
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      if (process.env.QUAYSIDE_TEST_RESULTS) {
        writeFileSync(process.env.QUAYSIDE_TEST_RESULTS, JSON.stringify({ passed, failed, skipped, failures }));
      }
    });
  }
};

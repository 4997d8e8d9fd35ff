// Mocha's usual report, and its counts in a file: QUAYSIDE_TEST_RESULTS.
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      if (process.env.QUAYSIDE_TEST_RESULTS) {
        writeFileSync(process.env.QUAYSIDE_TEST_RESULTS, JSON.stringify({ passed, failed, skipped }));
      }
    });
  }
};

import type { Migration } from '../migrate.ts';

/** Runs of test files, results of each test, and calls that were saved. */
export const tests: Migration = {
  number: 8,
  name: 'tests',
  sql: `
    select 1;
  `,
};

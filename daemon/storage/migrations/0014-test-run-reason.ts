import type { Migration } from '../migrate.ts';

/** Why a run of tests ended before its time. */
export const testRunReason: Migration = {
  number: 14,
  name: 'test-run-reason',
  sql: 'alter table test_runs add column reason text;',
};

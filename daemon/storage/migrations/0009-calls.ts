import type { Migration } from '../migrate.ts';

/** Arguments and results of calls, where somebody wants them kept. */
export const calls: Migration = {
  number: 9,
  name: 'calls',
  sql: `
    select 1;
  `,
};

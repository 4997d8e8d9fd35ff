import type { Migration } from '../migrate.ts';

/** What is locked of each server's tools, and who has to be asked before a call. */
export const guards: Migration = {
  number: 7,
  name: 'guards',
  sql: `
    select 1;
  `,
};

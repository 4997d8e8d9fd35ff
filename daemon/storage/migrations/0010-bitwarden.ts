import type { Migration } from '../migrate.ts';

/** The Bitwarden account, what is taken from it, and who may sign in with it. */
export const bitwarden: Migration = {
  number: 10,
  name: 'bitwarden',
  sql: `
    select 1;
  `,
};

import type { Migration } from '../migrate.ts';

/** Secrets that are handed over as files, and what an act has changed. */
export const secretFiles: Migration = {
  number: 11,
  name: 'secret-files',
  sql: `
    select 1;
  `,
};

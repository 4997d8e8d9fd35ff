import type { Migration } from '../migrate.ts';

/** How often the vault makes a new data key by itself; no row: never. */
export const keyRotation: Migration = {
  number: 3,
  name: 'key rotation',
  sql: `
    create table vault_schedule (
      one integer primary key check (one = 1),
      every_days integer not null check (every_days between 1 and 3650)
    ) strict;
  `,
};

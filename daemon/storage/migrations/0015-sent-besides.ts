import type { Migration } from '../migrate.ts';

/** What of a call that waits reaches the server besides its arguments. */
export const sentBesides: Migration = {
  number: 15,
  name: 'sent-besides',
  sql: `alter table approvals add column besides text not null default '';`,
};

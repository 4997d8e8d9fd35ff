import type { Migration } from '../migrate.ts';

/** The audit log without an index that nobody reads: the hashes are random, so that each row changed a page of its own. */
export const recordOrder: Migration = {
  number: 12,
  name: 'record-order',
  sql: `
    create table audit_in_order (
      id integer primary key,
      at text not null,
      principal text not null,
      action text not null,
      resource text,
      outcome text not null check (outcome in ('allowed', 'denied', 'failed')),
      code text,
      request_id text,
      previous_hash text not null,
      hash text not null,
      changes text check (changes is null or json_valid(changes))
    ) strict;
    insert into audit_in_order (id, at, principal, action, resource, outcome, code, request_id, previous_hash, hash, changes)
      select id, at, principal, action, resource, outcome, code, request_id, previous_hash, hash, changes from audit order by id;
    drop table audit;
    alter table audit_in_order rename to audit;
    create trigger audit_is_never_changed before update on audit begin
      select raise(abort, 'the audit log is append-only');
    end;
    create trigger audit_is_never_removed before delete on audit begin
      select raise(abort, 'the audit log is append-only');
    end;
  `,
};

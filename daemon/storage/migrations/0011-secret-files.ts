import type { Migration } from '../migrate.ts';

/** Secrets that are handed over as files or to Docker's own store, what an act has changed, and who has made a key. */
export const secretFiles: Migration = {
  number: 11,
  name: 'secret-files',
  sql: `
    -- The variable holds the path of a file with the value, and not the value.
    alter table secret_references add column as_file integer not null default 0
      check (as_file in (0, 1) and (as_file = 0 or environment_variable is not null));

    -- Names in Docker's own store that we have set, and for whom. No reference to servers: a name outlives its server until it
    -- is removed there.
    create table stored_secrets (
      name text not null,
      server_id text not null,
      variable text not null,
      primary key (name, server_id, variable)
    ) strict, without rowid;

    -- Fields with what they were and are; null: nothing that is told. Covered by the row's hash where it is not null.
    alter table audit add column changes text check (changes is null or json_valid(changes));

    -- A key does not outlive whoever made it. Both null: the owner made it.
    alter table access_keys add column maker_user text references users (id) on delete cascade;
    alter table access_keys add column maker_key text references access_keys (id) on delete cascade;
    create index access_keys_by_user on access_keys (maker_user);
    create index access_keys_by_key on access_keys (maker_key);
    update access_keys set maker_user = (
      select u.id from users u where u.created_at <= access_keys.created_at
        and access_keys.created_by in ('user ' || u.name || ' (session)', 'user ' || u.name || ' (jwt)'));
  `,
};

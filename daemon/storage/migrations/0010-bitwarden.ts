import type { Migration } from '../migrate.ts';

/** The Bitwarden account, what is taken from it, and who may sign in with it. */
export const bitwarden: Migration = {
  number: 10,
  name: 'bitwarden',
  sql: `
    -- The key of state is in the vault; the account's own data never lie on a disk in the clear.
    create table bitwarden (
      one integer primary key check (one = 1),
      server_url text,
      email text,
      key_id text references secrets (id) on delete set null,
      state blob,
      auto_lock_minutes integer check (auto_lock_minutes > 0),
      sync_every_minutes integer check (sync_every_minutes > 0),
      last_sync_at text,
      last_sync text check (last_sync is null or json_valid(last_sync))
    ) strict;
    insert into bitwarden (one, auto_lock_minutes) values (1, 30);

    create table bitwarden_mappings (
      id text primary key,
      item_id text not null,
      item_name text not null,
      part text not null,
      secret_name text not null unique,
      server_id text references servers (id) on delete cascade,
      secret_id text references secrets (id) on delete set null,
      synced_at text,
      state text not null default 'new' check (state in ('new', 'synced', 'gone', 'refused')),
      reason text,
      created_at text not null
    ) strict;

    -- account_id is Bitwarden's own: once it is known, another account with the same address is not taken.
    create table bitwarden_links (
      id text primary key,
      user_id text not null references users (id) on delete cascade,
      server_url text,
      email text not null unique,
      account_id text,
      last_sign_in_at text,
      created_at text not null
    ) strict;

    alter table secrets add column source text check (source in ('bitwarden'));
  `,
};

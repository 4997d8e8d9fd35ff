import type { Migration } from '../migrate.ts';

/** Secrets get values. What there was of them, names and references, is kept. */
export const vault: Migration = {
  number: 2,
  name: 'vault',
  sql: `
    create temporary table old_secrets as select * from secrets;
    create temporary table old_references as select * from secret_references;
    drop table secret_references;
    drop table secrets;

    create table vault (
      one integer primary key check (one = 1),
      id text not null,
      source text not null check (source in ('file', 'editor', 'passphrase', 'environment', 'generated')),
      derivation text check (derivation is null or json_valid(derivation)),
      created_at text not null,
      check ((source = 'passphrase') = (derivation is not null))
    ) strict;

    -- A retired key has no salt, so that it cannot be derived again.
    create table vault_keys (
      id text primary key,
      version integer not null unique,
      salt blob,
      check_value blob,
      created_at text not null,
      retired_at text,
      check ((retired_at is null) = (salt is not null) and (salt is null) = (check_value is null))
    ) strict;

    create table secrets (
      id text primary key,
      name text not null unique,
      server_id text references servers (id) on delete cascade,
      version integer not null,
      algorithm text,
      key_id text references vault_keys (id),
      nonce blob check (length(nonce) = 12),
      tag blob check (length(tag) = 16),
      ciphertext blob,
      sealed_at text,
      value_changed_at text,
      last_used_at text,
      created_at text not null,
      updated_at text not null,
      check ((ciphertext is null) = (nonce is null) and (ciphertext is null) = (tag is null)
        and (ciphertext is null) = (key_id is null) and (ciphertext is null) = (algorithm is null)
        and (ciphertext is null) = (sealed_at is null))
    ) strict;
    create unique index secrets_by_nonce on secrets (key_id, nonce);

    create table secret_references (
      id text primary key,
      configuration_id text not null references configurations (id) on delete cascade,
      secret_id text not null references secrets (id) on delete cascade,
      environment_variable text,
      required integer not null check (required in (0, 1)),
      header text collate nocase,
      check ((environment_variable is null) <> (header is null)),
      unique (configuration_id, environment_variable),
      unique (configuration_id, header)
    ) strict;
    create index secret_references_by_secret on secret_references (secret_id);

    -- No reference to secrets and servers: what was done stays on record.
    create table secret_uses (
      id integer primary key,
      secret_id text not null,
      secret_name text not null,
      server_id text not null,
      caller text not null,
      at text not null,
      outcome text not null check (outcome in ('handed-over', 'missing', 'refused', 'failed')),
      code text
    ) strict;
    create index secret_uses_by_secret on secret_uses (secret_id, id);

    insert into secrets (id, name, server_id, version, created_at, updated_at)
      select id, name, server_id, 0, created_at, updated_at from old_secrets;
    insert into secret_references (id, configuration_id, secret_id, environment_variable, required)
      select id, configuration_id, secret_id, environment_variable, required from old_references;
    drop table old_references;
    drop table old_secrets;
  `,
};

import type { Migration } from '../migrate.ts';

/** Users, keys, token families and providers; sessions say whose they are. The owner has no row: its token is in the state folder. */
export const identity: Migration = {
  number: 5,
  name: 'identity',
  sql: `
    create table users (
      id text primary key,
      name text not null unique collate nocase,
      display_name text not null,
      roles text not null check (json_valid(roles)),
      disabled integer not null default 0 check (disabled in (0, 1)),
      -- PHC string of Argon2id; null until an invitation is taken.
      password text,
      -- Its value in the vault; null: none. A secret that is not confirmed yet protects nothing.
      factor text references secrets (id) on delete set null,
      factor_confirmed_at text,
      -- The last time step that was taken: a code works once (RFC 6238, section 5.2).
      factor_step integer,
      recovery text not null default '[]' check (json_valid(recovery)),
      last_sign_in_at text,
      created_at text not null,
      updated_at text not null
    ) strict;

    -- By the hash of a name or an address: what was typed may have been a password, and names that nobody has count too.
    create table sign_in_failures (
      subject text primary key,
      failures integer not null,
      last_at integer not null,
      free_at integer not null
    ) strict;

    create table identities (
      provider text not null,
      subject text not null,
      user_id text not null references users (id) on delete cascade,
      primary key (provider, subject)
    ) strict, without rowid;

    create table invitations (
      ticket_hash text primary key,
      user_id text not null references users (id) on delete cascade,
      expires_at text not null
    ) strict;

    create table access_keys (
      id text primary key,
      name text not null,
      kind text not null check (kind in ('key', 'agent')),
      roles text not null check (json_valid(roles)),
      servers text check (servers is null or json_valid(servers)),
      secret_hash text not null unique,
      hint text not null,
      created_by text not null,
      created_at text not null,
      expires_at text,
      last_used_at text
    ) strict;

    create table token_families (
      id text primary key,
      user_id text not null references users (id) on delete cascade,
      origin text not null,
      factor_at text,
      created_at text not null,
      expires_at text not null,
      revoked_at text
    ) strict;
    create table refresh_tokens (
      hash text primary key,
      family text not null references token_families (id) on delete cascade,
      used_at text
    ) strict;

    create table providers (
      id text primary key,
      title text not null,
      issuer text not null,
      client_id text not null,
      secret_id text,
      roles text not null check (json_valid(roles)),
      allowed text not null check (json_valid(allowed))
    ) strict;

    alter table sessions add column user_id text references users (id) on delete cascade;
    alter table sessions add column factor_at text;
    alter table sessions add column origin text not null default '';
  `,
};

import type { Migration } from '../migrate.ts';

/**
 * What Docker adds: servers that mirror its profiles, the cache of catalogs with its search index, which containers
 * our gateways have started, and the backups of clients' files. Docker's own profile stays the truth for what is selected.
 */
export const docker: Migration = {
  number: 4,
  name: 'docker',
  sql: `
    alter table servers add column profile text;
    alter table servers add column name_in_profile text;
    -- The definition that the profile holds (Docker's snapshot), and what was before the last update, to roll back to.
    alter table servers add column definition text check (definition is null or json_valid(definition));
    alter table servers add column previous text check (previous is null or json_valid(previous));
    alter table servers add column catalog_ref text;
    -- The tools that the profile allows; null: all.
    alter table servers add column allowed_tools text check (allowed_tools is null or json_valid(allowed_tools));
    create unique index servers_by_profile on servers (profile, name_in_profile) where profile is not null;

    alter table configurations add column settings text not null default '{}' check (json_valid(settings));

    create table operations_with_steps (
      id text primary key,
      kind text not null,
      server_id text,
      title text not null,
      state text not null,
      step text not null,
      progress real,
      steps text not null default '[]' check (json_valid(steps)),
      problem text check (problem is null or json_valid(problem)),
      request text not null check (json_valid(request)),
      started_at text not null,
      ended_at text
    ) strict;
    insert into operations_with_steps (id, kind, server_id, title, state, step, progress, problem, request, started_at, ended_at)
      select id, kind, server_id, title, state, step, progress, problem, request, started_at, ended_at from operations;
    drop table operations;
    alter table operations_with_steps rename to operations;
    create index operations_by_time on operations (started_at);

    create table profiles (
      id text primary key,
      name text not null,
      fixed integer not null default 0 check (fixed in (0, 1)),
      clients text not null default '[]' check (json_valid(clients)),
      read_at text not null
    ) strict;

    -- What a gateway is to be started with, and which servers it ran last.
    create table gateways (
      profile text primary key,
      own_tools integer not null default 0 check (own_tools in (0, 1)),
      last_servers text not null default '[]' check (json_valid(last_servers))
    ) strict;

    create table catalogs (
      id text primary key,
      ref text not null unique,
      title text not null,
      engine text not null,
      origin text not null,
      source text,
      digest text,
      read_at text,
      fixed integer not null default 0 check (fixed in (0, 1)),
      problem text check (problem is null or json_valid(problem))
    ) strict;

    create table catalog_entries (
      number integer primary key,
      id text not null unique,
      catalog_id text not null references catalogs (id) on delete cascade,
      name text not null,
      title text not null,
      publisher text not null,
      kind text not null,
      license text not null,
      popularity integer,
      has_secrets integer not null check (has_secrets in (0, 1)),
      -- The entry as a list of the API shows it, with its first tools; all their names; the definition as the catalog has it.
      entry text not null check (json_valid(entry)),
      tools text not null default '[]' check (json_valid(tools)),
      definition text check (definition is null or json_valid(definition)),
      -- Of all that is stored of it: a catalog that is read again writes only what has changed.
      fingerprint text not null
    ) strict;
    create index catalog_entries_by_catalog on catalog_entries (catalog_id, name);
    create index catalog_entries_by_title on catalog_entries (title collate nocase);
    create table catalog_labels (
      entry integer not null references catalog_entries (number) on delete cascade,
      kind text not null check (kind in ('category', 'tag')),
      label text not null,
      primary key (kind, label, entry)
    ) strict, without rowid;
    create index catalog_labels_by_entry on catalog_labels (entry);
    create virtual table catalog_search using fts5 (
      name, title, description, publisher, labels, tools,
      content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3'
    );

    -- Containers that one of our gateways is proven to have started. Nothing else is ever swept.
    create table container_owners (
      container_id text primary key,
      profile text not null,
      server text not null,
      gateway_pid integer not null,
      gateway_started text not null,
      seen_at text not null
    ) strict;

    create table client_backups (
      id text primary key,
      client text not null,
      file text not null,
      action text not null,
      existed integer not null check (existed in (0, 1)),
      -- The bytes lie in a private file of the state folder, because a client's file may hold secrets.
      bytes integer not null,
      made_of text not null,
      made_at text not null,
      restored_at text
    ) strict;
    create index client_backups_by_time on client_backups (made_at);
  `,
};

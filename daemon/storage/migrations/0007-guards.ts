import type { Migration } from '../migrate.ts';

/** What is locked of each server's tools, and who has to be asked before a call. */
export const guards: Migration = {
  number: 7,
  name: 'guards',
  sql: `
    -- One row for each server that was listed or whose mode was set. What was approved, and what is there now.
    create table locks (
      server_id text primary key references servers (id) on delete cascade,
      mode text not null default 'ask' check (mode in ('ask', 'approve-additions', 'off')),
      approved_source text check (approved_source is null or json_valid(approved_source)),
      approved_instructions text,
      approved_at text,
      approved_by text,
      source text check (source is null or json_valid(source)),
      instructions text,
      -- The digest of source and instructions that a person has refused.
      rejected_facts text,
      changed_at text
    ) strict;

    -- approved is null: nobody has approved this name. seen is null: the server does not offer it now.
    create table locked_tools (
      server_id text not null references locks (server_id) on delete cascade,
      name text not null,
      approved text check (approved is null or json_valid(approved)),
      approved_digest text,
      approved_at text,
      approved_by text,
      seen text check (seen is null or json_valid(seen)),
      seen_digest text,
      seen_at text,
      rejected_digest text,
      former_name text,
      primary key (server_id, name)
    ) strict;

    -- No reference to servers: who approved what stays known when a server is removed.
    create table approvals (
      id text primary key,
      kind text not null check (kind in ('call', 'grant')),
      state text not null check (state in ('waiting', 'approved', 'used', 'denied', 'expired', 'withdrawn')),
      server_id text not null,
      tool text not null,
      arguments text not null,
      digest text not null,
      caller_id text not null,
      caller_kind text not null,
      caller_name text not null,
      session text,
      client text,
      via text,
      rule_id text,
      reason text not null,
      annotations text not null check (json_valid(annotations)),
      asked_at text not null,
      expires_at text not null,
      decided_at text,
      decided_by text,
      decision text,
      used_by text
    ) strict;
    create index approvals_by_time on approvals (asked_at);
    create index approvals_by_state on approvals (state, asked_at);
    create index approvals_by_digest on approvals (digest);

    create table approval_rules (
      id integer primary key check (id = 1),
      version integer not null,
      document text not null check (json_valid(document)),
      changed_at text not null,
      changed_by text not null
    ) strict;
  `,
};

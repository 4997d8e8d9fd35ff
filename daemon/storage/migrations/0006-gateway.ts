import type { Migration } from '../migrate.ts';

/** What the gateway asks of a server's sessions, what tools are called there, and more of each call. */
export const gateway: Migration = {
  number: 6,
  name: 'gateway',
  sql: `
    -- One session for all clients, or one for each.
    alter table configurations add column session text not null default 'shared' check (session in ('shared', 'per-client'));

    -- What a person calls a tool; null: as its server does.
    create table tool_overrides (
      server_id text not null references servers (id) on delete cascade,
      tool text not null,
      name text,
      title text,
      description text,
      primary key (server_id, tool)
    ) strict, without rowid;

    -- The name under which a tool was first listed: it stays, whatever else is installed later.
    create table tool_names (
      name text primary key,
      server_id text not null references servers (id) on delete cascade,
      tool text not null
    ) strict, without rowid;
  `,
};

import type { Migration } from '../migrate.ts';

/** More of each call; arguments and results where somebody wants them kept; calls that were saved to be made again. */
export const calls: Migration = {
  number: 9,
  name: 'calls',
  sql: `
    create table tool_calls_in_order (
      -- In the order in which they ended: where a page or an export goes on.
      number integer primary key autoincrement,
      id text not null unique,
      server_id text not null,
      tool text not null,
      caller text not null,
      caller_kind text not null default 'owner',
      caller_id text not null default '',
      session text,
      client text,
      via text not null default 'api' check (via in ('mcp', 'api', 'test')),
      request_id text,
      started_at text not null,
      duration_ms real not null,
      outcome text not null check (outcome in ('ok', 'tool-error', 'failed', 'denied', 'cancelled')),
      code text,
      -- Of the result, and of the arguments, as JSON.
      bytes integer not null,
      request_bytes integer not null default 0,
      -- A keyed hash of server, tool and arguments: the same for the same call, and no way back.
      same text
    ) strict;
    insert into tool_calls_in_order (id, server_id, tool, caller, started_at, duration_ms, outcome, code, bytes)
      select id, server_id, tool, caller, started_at, duration_ms, outcome, code, bytes from tool_calls order by tool_calls.rowid;
    drop table tool_calls;
    alter table tool_calls_in_order rename to tool_calls;
    create index tool_calls_by_time on tool_calls (started_at);
    -- All that statistics ask for, so that they need not read the rows.
    create index tool_calls_by_tool
      on tool_calls (server_id, tool, started_at, outcome, duration_ms, bytes, request_bytes, caller);
    create index tool_calls_by_caller on tool_calls (caller, started_at);

    -- Redacted before they come here.
    create table tool_call_values (
      number integer primary key references tool_calls (number) on delete cascade,
      arguments text,
      -- whole: as it was sent; cut: too long; hidden: something secret was taken out.
      arguments_state text not null check (arguments_state in ('whole', 'cut', 'hidden', 'none')),
      result text,
      result_state text not null check (result_state in ('whole', 'cut', 'hidden', 'none')),
      bytes integer not null
    ) strict;

    create table call_settings (
      -- Empty: for all servers. Without a tool: for all of the server's.
      server_id text not null,
      tool text not null,
      keep text check (keep in ('nothing', 'arguments', 'everything')),
      redact_results integer check (redact_results in (0, 1)),
      primary key (server_id, tool)
    ) strict, without rowid;
    create table call_retention (
      one integer primary key check (one = 1),
      days integer not null,
      megabytes integer not null,
      value_bytes integer not null
    ) strict;

    -- What a definition costs, by the digest of its text.
    create table tool_tokens (
      digest text primary key,
      tokens integer not null
    ) strict;

    create table saved_calls (
      id text primary key,
      server_id text not null references servers (id) on delete cascade,
      kind text not null check (kind in ('tool', 'prompt', 'resource')),
      target text not null,
      title text not null,
      arguments text not null check (json_valid(arguments)),
      created_at text not null,
      updated_at text not null
    ) strict;
    create index saved_calls_by_server on saved_calls (server_id, kind, target);
  `,
};

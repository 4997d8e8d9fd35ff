import type { Migration } from '../migrate.ts';

/** The order in which a server tells its tools, names of prompts that stay, and clashes that somebody has looked at. */
export const names: Migration = {
  number: 13,
  name: 'names',
  sql: `
    -- Its place in the server's own list. What was told before is in the order of its names until it is told again.
    alter table tools add column position integer not null default 0;

    -- As tool_names, for prompts.
    create table prompt_names (
      name text primary key,
      server_id text not null references servers (id) on delete cascade,
      prompt text not null
    ) strict, without rowid;

    -- The tools that wanted the name when somebody let them have the names that they had. One more of them is another clash.
    create table kept_clashes (
      name text not null,
      server_id text not null references servers (id) on delete cascade,
      tool text not null,
      decided_at text not null,
      decided_by text not null,
      primary key (name, server_id, tool)
    ) strict, without rowid;
  `,
};

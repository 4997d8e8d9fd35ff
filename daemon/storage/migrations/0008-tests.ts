import type { Migration } from '../migrate.ts';

/** Runs of test files, the outcome of each test, and comparisons that may have left a server behind. */
export const tests: Migration = {
  number: 8,
  name: 'tests',
  sql: `
    create table test_runs (
      id text primary key,
      state text not null check (state in ('running', 'passed', 'failed', 'cancelled', 'interrupted')),
      files text not null check (json_valid(files)),
      servers text not null check (json_valid(servers)),
      caller text not null,
      counts text not null check (json_valid(counts)),
      started_at text not null,
      ended_at text,
      duration_ms real not null
    ) strict;
    create index test_runs_by_time on test_runs (started_at);

    -- Not test_results: those are checks of servers. No reference to servers: a server that is installed anew has its history.
    create table test_outcomes (
      id integer primary key,
      run_id text not null references test_runs (id) on delete cascade,
      server_id text not null,
      file text not null,
      case_id text not null,
      label text not null,
      outcome text not null check (outcome in ('passed', 'failed', 'skipped')),
      flaky integer not null check (flaky in (0, 1)),
      started_at text not null,
      duration_ms real not null,
      message text
    ) strict;
    create index test_outcomes_by_server on test_outcomes (server_id, file, case_id, id);
    create index test_outcomes_by_run on test_outcomes (run_id);

    -- Servers that were installed only to be compared: what a daemon that was killed has left goes when the next one starts.
    create table comparison_servers (
      server_id text primary key,
      made_at text not null
    ) strict;
  `,
};

import type { Migration } from '../migrate.ts';

export const initial: Migration = {
  number: 1,
  name: 'initial',
  sql: `
    create table servers (
      id text primary key,
      title text not null,
      description text not null,
      engine text not null check (engine in ('process', 'docker')),
      source text not null check (json_valid(source)),
      catalog_entry text,
      enabled integer not null check (enabled in (0, 1)),
      server_version text,
      protocol_version text,
      instructions text,
      created_at text not null,
      updated_at text not null
    ) strict;

    create table configurations (
      id text primary key,
      server_id text not null unique references servers (id) on delete cascade,
      arguments text not null check (json_valid(arguments)),
      environment text not null check (json_valid(environment)),
      working_directory text,
      restart text not null check (restart in ('never', 'on-failure', 'always')),
      disabled_tools text not null check (json_valid(disabled_tools)),
      limits text not null check (json_valid(limits)),
      network text not null check (json_valid(network)),
      updated_at text not null
    ) strict;

    create table secrets (
      id text primary key,
      name text not null unique,
      server_id text references servers (id) on delete cascade,
      created_at text not null,
      updated_at text not null
    ) strict;

    create table secret_references (
      id text primary key,
      configuration_id text not null references configurations (id) on delete cascade,
      secret_id text not null references secrets (id) on delete cascade,
      environment_variable text not null,
      required integer not null check (required in (0, 1)),
      unique (configuration_id, environment_variable)
    ) strict;
    create index secret_references_by_secret on secret_references (secret_id);

    create table tools (
      server_id text not null references servers (id) on delete cascade,
      name text not null,
      definition text not null check (json_valid(definition)),
      primary key (server_id, name)
    ) strict, without rowid;

    create table test_results (
      id text primary key,
      server_id text not null references servers (id) on delete cascade,
      ok integer not null check (ok in (0, 1)),
      started_at text not null,
      duration_ms real not null,
      steps text not null check (json_valid(steps)),
      problem text check (problem is null or json_valid(problem))
    ) strict;
    create index test_results_by_server on test_results (server_id, started_at);

    -- No reference to servers: what was done stays on record when a server is removed.
    create table tool_calls (
      id text primary key,
      server_id text not null,
      tool text not null,
      caller text not null,
      started_at text not null,
      duration_ms real not null,
      outcome text not null check (outcome in ('ok', 'tool-error', 'failed')),
      code text,
      bytes integer not null
    ) strict;
    create index tool_calls_by_time on tool_calls (started_at);

    create table operations (
      id text primary key,
      kind text not null,
      server_id text not null,
      title text not null,
      state text not null,
      step text not null,
      progress real,
      problem text check (problem is null or json_valid(problem)),
      request text not null check (json_valid(request)),
      started_at text not null,
      ended_at text
    ) strict;
    create index operations_by_time on operations (started_at);

    create table sessions (
      id_hash text primary key,
      proof_hash text not null,
      created_at text not null,
      expires_at text not null
    ) strict;

    create table audit (
      id integer primary key,
      at text not null,
      principal text not null,
      action text not null,
      resource text,
      outcome text not null check (outcome in ('allowed', 'denied', 'failed')),
      code text,
      request_id text,
      previous_hash text not null,
      hash text not null unique
    ) strict;
    create trigger audit_is_never_changed before update on audit begin
      select raise(abort, 'the audit log is append-only');
    end;
    create trigger audit_is_never_removed before delete on audit begin
      select raise(abort, 'the audit log is append-only');
    end;
  `,
};

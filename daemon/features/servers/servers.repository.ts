import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { Page } from '../../../shared/api/route.ts';
import { SecretReference } from '../../../shared/api/secrets.ts';
import { NetworkConfig, ResourceLimits, type ServerConfiguration, ServerSource } from '../../../shared/api/servers.ts';
import { containing, readPage } from '../../storage/page.ts';

/** A server as it is stored: what it is and what was asked of it. What it does now is the supervisor's to say. */
export interface StoredServer {
  id: string;
  title: string;
  description: string;
  engine: 'process' | 'docker';
  source: ServerSource;
  catalogEntry: string | null;
  enabled: boolean;
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
  toolCount: number | null;
  createdAt: string;
  updatedAt: string;
}

export interface ServerFilter {
  page: number;
  limit: number;
  sort_by: string;
  sort_order: 'asc' | 'desc';
  q?: string | undefined;
  /** Only these; undefined: all. */
  ids?: readonly string[] | undefined;
}

export interface ServerFacts {
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
}

export interface ServerRepository {
  list(filter: ServerFilter): Page<StoredServer>;
  all(): StoredServer[];
  find(id: string): StoredServer | undefined;
  configuration(serverId: string): ServerConfiguration | undefined;
  /** Stores a new server with its configuration in one transaction. */
  insert(server: Omit<StoredServer, 'toolCount'>, configuration: Omit<ServerConfiguration, 'id'>): void;
  update(id: string, change: { title?: string; description?: string; enabled?: boolean }, at: string): void;
  saveConfiguration(configuration: ServerConfiguration): void;
  saveFacts(id: string, facts: ServerFacts): void;
  remove(id: string): void;
}

const json = <T extends z.ZodType>(schema: T) =>
  z.string().transform(text => schema.parse(JSON.parse(text)) as z.output<T>);

const ServerRow = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    engine: z.enum(['process', 'docker']),
    source: json(ServerSource),
    catalog_entry: z.string().nullable(),
    enabled: z.int(),
    server_version: z.string().nullable(),
    protocol_version: z.string().nullable(),
    instructions: z.string().nullable(),
    tool_count: z.int().nullable(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .transform(
    (row): StoredServer => ({
      id: row.id,
      title: row.title,
      description: row.description,
      engine: row.engine,
      source: row.source,
      catalogEntry: row.catalog_entry,
      enabled: row.enabled === 1,
      serverVersion: row.server_version,
      protocolVersion: row.protocol_version,
      instructions: row.instructions,
      toolCount: row.tool_count,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),
  );

const ConfigurationRow = z.object({
  id: z.string(),
  server_id: z.string(),
  arguments: json(z.array(z.string())),
  environment: json(z.record(z.string(), z.string())),
  working_directory: z.string().nullable(),
  restart: z.enum(['never', 'on-failure', 'always']),
  disabled_tools: json(z.array(z.string())),
  limits: json(ResourceLimits),
  network: json(NetworkConfig),
  updated_at: z.string(),
});

const SecretReferenceRow = z
  .object({
    secret_id: z.string(),
    environment_variable: z.string().nullable(),
    header: z.string().nullable(),
    required: z.int(),
  })
  .transform(({ secret_id: secretId, environment_variable: environmentVariable, header, required }) =>
    SecretReference.parse({
      secretId,
      required: required === 1,
      ...(header === null ? { environmentVariable } : { header }),
    }),
  );

// A server has been asked for its tools once it has told its version; before that their number is not known.
const serversWithTools = `(select s.*, case when s.protocol_version is null then null
  else (select count(*) from tools t where t.server_id = s.id) end as tool_count from servers s) as servers_with_tools`;

const sortColumns = {
  id: 'id',
  title: 'title collate nocase',
  state: 'enabled',
  created_at: 'created_at',
  updated_at: 'updated_at',
};

export function createServerRepository(database: Database): ServerRepository {
  const byId = database.prepare(`select * from ${serversWithTools} where id = ?`);
  const everything = database.prepare(`select * from ${serversWithTools} order by id`);
  const insertServer = database.prepare(`
    insert into servers (id, title, description, engine, source, catalog_entry, enabled, server_version, protocol_version, instructions, created_at, updated_at)
    values (@id, @title, @description, @engine, @source, @catalogEntry, @enabled, @serverVersion, @protocolVersion, @instructions, @createdAt, @updatedAt)`);
  const saveConfiguration = database.prepare(`
    insert into configurations (id, server_id, arguments, environment, working_directory, restart, disabled_tools, limits, network, updated_at)
    values (@id, @serverId, @arguments, @environment, @workingDirectory, @restart, @disabledTools, @limits, @network, @updatedAt)
    on conflict (server_id) do update set arguments = excluded.arguments, environment = excluded.environment,
      working_directory = excluded.working_directory, restart = excluded.restart, disabled_tools = excluded.disabled_tools,
      limits = excluded.limits, network = excluded.network, updated_at = excluded.updated_at`);
  const configurationOf = database.prepare('select * from configurations where server_id = ?');
  const referencesOf = database.prepare(
    'select secret_id, environment_variable, header, required from secret_references where configuration_id = ? order by environment_variable, header',
  );
  const dropReferences = database.prepare('delete from secret_references where configuration_id = ?');
  const addReference = database.prepare(`
    insert into secret_references (id, configuration_id, secret_id, environment_variable, header, required)
    values (@id, @configurationId, @secretId, @environmentVariable, @header, @required)`);
  const update = database.prepare(`
    update servers set title = coalesce(@title, title), description = coalesce(@description, description),
      enabled = coalesce(@enabled, enabled), updated_at = @at where id = @id`);
  const saveFacts = database.prepare(
    'update servers set server_version = @serverVersion, protocol_version = @protocolVersion, instructions = @instructions where id = @id',
  );
  const remove = database.prepare('delete from servers where id = ?');

  const save = (configuration: ServerConfiguration): void => {
    saveConfiguration.run(fromConfiguration(configuration));
    dropReferences.run(configuration.id);
    for (const reference of configuration.secretReferences) {
      addReference.run({
        id: randomUUID(),
        configurationId: configuration.id,
        secretId: reference.secretId,
        environmentVariable: 'header' in reference ? null : reference.environmentVariable,
        header: 'header' in reference ? reference.header : null,
        required: Number(reference.required),
      });
    }
  };

  return {
    list: filter =>
      readPage(database, filter, {
        table: serversWithTools,
        columns: sortColumns,
        where: toConditions(filter),
        tieBreaker: 'id',
        toItem: row => ServerRow.parse(row),
      }),
    all: () => everything.all().map(row => ServerRow.parse(row)),
    find(id) {
      const row = byId.get(id);
      return row === undefined ? undefined : ServerRow.parse(row);
    },
    configuration(serverId) {
      const row = configurationOf.get(serverId);
      if (row === undefined) return undefined;
      const parsed = ConfigurationRow.parse(row);
      return toConfiguration(
        parsed,
        referencesOf.all(parsed.id).map(reference => SecretReferenceRow.parse(reference)),
      );
    },
    insert: database.transaction((server, configuration) => {
      insertServer.run({ ...server, source: JSON.stringify(server.source), enabled: Number(server.enabled) });
      save({ ...configuration, id: randomUUID() });
    }),
    update: (id, { title, description, enabled }, at) => {
      update.run({
        id,
        at,
        title: title ?? null,
        description: description ?? null,
        enabled: enabled === undefined ? null : Number(enabled),
      });
    },
    saveConfiguration: database.transaction(save),
    saveFacts: (id, facts) => {
      saveFacts.run({ id, ...facts });
    },
    remove: id => {
      remove.run(id);
    },
  };
}

function toConditions({ q, ids }: ServerFilter): { sql: string; value: unknown }[] {
  const conditions: { sql: string; value: unknown }[] = [];
  if (q)
    conditions.push({ sql: "(id || ' ' || title || ' ' || description) like ? escape '\\'", value: containing(q) });
  if (ids) conditions.push({ sql: 'id in (select value from json_each(?))', value: JSON.stringify(ids) });
  return conditions;
}

const toConfiguration = (
  row: z.output<typeof ConfigurationRow>,
  secretReferences: ServerConfiguration['secretReferences'],
): ServerConfiguration => ({
  id: row.id,
  serverId: row.server_id,
  arguments: row.arguments,
  environment: row.environment,
  workingDirectory: row.working_directory,
  restart: row.restart,
  disabledTools: row.disabled_tools,
  limits: row.limits,
  network: row.network,
  secretReferences,
  updatedAt: row.updated_at,
});

const fromConfiguration = (configuration: Omit<ServerConfiguration, 'secretReferences'>) => ({
  id: configuration.id,
  serverId: configuration.serverId,
  arguments: JSON.stringify(configuration.arguments),
  environment: JSON.stringify(configuration.environment),
  workingDirectory: configuration.workingDirectory,
  restart: configuration.restart,
  disabledTools: JSON.stringify(configuration.disabledTools),
  limits: JSON.stringify(configuration.limits),
  network: JSON.stringify(configuration.network),
  updatedAt: configuration.updatedAt,
});

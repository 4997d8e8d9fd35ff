import { randomUUID } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { Page } from '../../../shared/api/route.ts';
import { isFile } from '../../../shared/api/secrets.ts';
import type { ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import type { ServerInProfile } from '../../engines/engine.ts';
import { containing, readPage } from '../../storage/page.ts';
import { parseOnce } from '../../storage/parsed-rows.ts';
import {
  ConfigurationRow,
  fromConfiguration,
  fromServer,
  SecretReferenceRow,
  ServerRow,
  type StoredServer,
  toConfiguration,
} from './server-rows.ts';

export interface ServerFilter {
  page: number;
  limit: number;
  sort_by: string;
  sort_order: 'asc' | 'desc';
  q?: string | undefined;
  engine?: 'process' | 'docker' | undefined;
  profile?: string | undefined;
  /** Only these; undefined: all. */
  ids?: readonly string[] | undefined;
}

export interface ServerFacts {
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
}

/** What is copied of a server in Docker's profile. */
export type MirroredServer = Pick<
  StoredServer,
  'title' | 'description' | 'source' | 'catalogEntry' | 'catalogRef' | 'definition' | 'allowedTools'
>;

export interface ServerRepository {
  list(filter: ServerFilter): Page<StoredServer>;
  all(): StoredServer[];
  ofProfile(profile: string): StoredServer[];
  find(id: string): StoredServer | undefined;
  /** Undefined: there is no such server. Asked often, so it reads nothing else. */
  engineOf(id: string): StoredServer['engine'] | undefined;
  findInProfile(profile: string, name: string): StoredServer | undefined;
  configuration(serverId: string): ServerConfiguration | undefined;
  /** The tools that it had when it was last asked. */
  toolNames(serverId: string): string[];
  /** Stores a new server with its configuration in one transaction. */
  insert(server: Omit<StoredServer, 'toolCount'>, configuration: Omit<ServerConfiguration, 'id'>): void;
  update(id: string, change: { title?: string; description?: string; enabled?: boolean }, at: string): void;
  /** Stores what Docker has, with the configuration that goes with it, in one transaction. */
  mirror(id: string, mirrored: MirroredServer, configuration: ServerConfiguration, at: string): void;
  savePrevious(id: string, previous: ServerInProfile | null): void;
  saveConfiguration(configuration: ServerConfiguration): void;
  saveFacts(id: string, facts: ServerFacts): void;
  remove(id: string): void;
}

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
  const engineOf = database.prepare('select engine from servers where id = ?').pluck();
  const byName = database.prepare(`select * from ${serversWithTools} where profile = ? and name_in_profile = ?`);
  const everything = database.prepare(`select * from ${serversWithTools} order by id`);
  const byProfile = database.prepare(`select * from ${serversWithTools} where profile = ? order by id`);
  const insertServer = database.prepare(`
    insert into servers (id, title, description, engine, source, catalog_entry, profile, name_in_profile, catalog_ref, definition,
      allowed_tools, previous, enabled, server_version, protocol_version, instructions, created_at, updated_at)
    values (@id, @title, @description, @engine, @source, @catalogEntry, @profile, @nameInProfile, @catalogRef, @definition,
      @allowedTools, @previous, @enabled, @serverVersion, @protocolVersion, @instructions, @createdAt, @updatedAt)`);
  const configurations = createConfigurations(database);
  const toolNames = database.prepare('select name from tools where server_id = ? order by name').pluck();
  const update = database.prepare(`
    update servers set title = coalesce(@title, title), description = coalesce(@description, description),
      enabled = coalesce(@enabled, enabled), updated_at = @at where id = @id`);
  const mirror = database.prepare(`
    update servers set title = @title, description = @description, source = @source, catalog_entry = @catalogEntry,
      catalog_ref = @catalogRef, definition = @definition, allowed_tools = @allowedTools, updated_at = @at where id = @id`);
  const savePrevious = database.prepare('update servers set previous = ? where id = ?');
  const saveFacts = database.prepare(
    'update servers set server_version = @serverVersion, protocol_version = @protocolVersion, instructions = @instructions where id = @id',
  );
  const remove = database.prepare('delete from servers where id = ?');
  const parseRow = parseOnce('id', row => ServerRow.parse(row));
  /** By id; a server never changes its engine, and is asked for it with every look at its state. */
  const engines = new Map<string, StoredServer['engine']>();
  const one = (row: unknown): StoredServer | undefined => (row === undefined ? undefined : parseRow(row));

  return {
    list: filter =>
      readPage(database, filter, {
        table: serversWithTools,
        columns: sortColumns,
        where: toConditions(filter),
        tieBreaker: 'id',
        toItem: row => parseRow(row),
      }),
    all: () => everything.all().map(row => parseRow(row)),
    ofProfile: profile => byProfile.all(profile).map(row => parseRow(row)),
    find: id => one(byId.get(id)),
    engineOf(id) {
      const known = engines.get(id) ?? (engineOf.get(id) as StoredServer['engine'] | undefined);
      if (known) engines.set(id, known);
      return known;
    },
    findInProfile: (profile, name) => one(byName.get(profile, name)),
    configuration: configurations.find,
    toolNames: serverId => toolNames.all(serverId).map(String),
    insert: database.transaction((server, configuration) => {
      engines.delete(server.id);
      insertServer.run(fromServer(server));
      configurations.save({ ...configuration, id: randomUUID() });
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
    mirror: database.transaction((id, { source, definition, allowedTools, ...rest }, configuration, at) => {
      mirror.run({
        ...rest,
        id,
        at,
        source: JSON.stringify(source),
        definition: JSON.stringify(definition),
        allowedTools: allowedTools && JSON.stringify(allowedTools),
      });
      configurations.save(configuration);
    }),
    savePrevious: (id, previous) => {
      savePrevious.run(previous && JSON.stringify(previous), id);
    },
    saveConfiguration: database.transaction(configurations.save),
    saveFacts: (id, facts) => {
      saveFacts.run({ id, ...facts });
    },
    remove: id => {
      engines.delete(id);
      remove.run(id);
    },
  };
}

/** The configurations with their references of secrets. Saving is several statements: it belongs into a transaction. */
function createConfigurations(database: Database) {
  const saveConfiguration = database.prepare(`
    insert into configurations (id, server_id, arguments, environment, working_directory, restart, session, disabled_tools, settings, limits, network, updated_at)
    values (@id, @serverId, @arguments, @environment, @workingDirectory, @restart, @session, @disabledTools, @settings, @limits, @network, @updatedAt)
    on conflict (server_id) do update set arguments = excluded.arguments, environment = excluded.environment,
      working_directory = excluded.working_directory, restart = excluded.restart, session = excluded.session, disabled_tools = excluded.disabled_tools,
      settings = excluded.settings, limits = excluded.limits, network = excluded.network, updated_at = excluded.updated_at`);
  const configurationOf = database.prepare('select * from configurations where server_id = ?');
  const referencesOf = database.prepare(
    'select secret_id, environment_variable, header, as_file, required from secret_references where configuration_id = ? order by environment_variable, header',
  );
  const dropReferences = database.prepare('delete from secret_references where configuration_id = ?');
  const addReference = database.prepare(`
    insert into secret_references (id, configuration_id, secret_id, environment_variable, header, as_file, required)
    values (@id, @configurationId, @secretId, @environmentVariable, @header, @asFile, @required)`);
  return {
    find(serverId: string): ServerConfiguration | undefined {
      const row = configurationOf.get(serverId);
      if (row === undefined) return undefined;
      const parsed = ConfigurationRow.parse(row);
      return toConfiguration(
        parsed,
        referencesOf.all(parsed.id).map(reference => SecretReferenceRow.parse(reference)),
      );
    },
    save(configuration: ServerConfiguration): void {
      saveConfiguration.run(fromConfiguration(configuration));
      dropReferences.run(configuration.id);
      for (const reference of configuration.secretReferences) {
        addReference.run({
          id: randomUUID(),
          configurationId: configuration.id,
          secretId: reference.secretId,
          environmentVariable: 'header' in reference ? null : reference.environmentVariable,
          header: 'header' in reference ? reference.header : null,
          asFile: Number(isFile(reference)),
          required: Number(reference.required),
        });
      }
    },
  };
}

function toConditions({ q, ids, engine, profile }: ServerFilter): { sql: string; value: unknown }[] {
  const conditions: { sql: string; value: unknown }[] = [];
  if (q)
    conditions.push({ sql: "(id || ' ' || title || ' ' || description) like ? escape '\\'", value: containing(q) });
  if (ids) conditions.push({ sql: 'id in (select value from json_each(?))', value: JSON.stringify(ids) });
  if (engine) conditions.push({ sql: 'engine = ?', value: engine });
  if (profile) conditions.push({ sql: 'profile = ?', value: profile });
  return conditions;
}

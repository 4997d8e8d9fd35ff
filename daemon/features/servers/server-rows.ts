// How servers and their configurations lie in the database.
import * as z from 'zod';
import { SecretReference } from '../../../shared/api/secrets.ts';
import { NetworkConfig, ResourceLimits, type ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import { ServerSource } from '../../../shared/api/servers.ts';
import type { ServerInProfile } from '../../engines/engine.ts';
import { jsonColumn } from '../../storage/json-column.ts';

/** A server as it is stored: what it is and what was asked of it. What it does now is the supervisor's to say. */
export interface StoredServer {
  id: string;
  title: string;
  description: string;
  engine: 'process' | 'docker';
  source: ServerSource;
  catalogEntry: string | null;
  /** The Docker profile that it mirrors a server of; null for other engines, as are the five below. */
  profile: string | null;
  nameInProfile: string | null;
  catalogRef: string | null;
  definition: Record<string, unknown> | null;
  /** The tools that the profile allows; null: all. */
  allowedTools: string[] | null;
  /** What it was before its last update, to roll back to. */
  previous: ServerInProfile | null;
  enabled: boolean;
  serverVersion: string | null;
  protocolVersion: string | null;
  instructions: string | null;
  toolCount: number | null;
  createdAt: string;
  updatedAt: string;
}

const Members = z.record(z.string(), z.unknown());

const Previous = z.object({
  profile: z.string(),
  name: z.string(),
  title: z.string(),
  description: z.string(),
  source: ServerSource,
  catalogRef: z.string().nullable(),
  definition: Members,
  settings: Members,
  tools: z.array(z.string()).nullable(),
});

export const ServerRow = z
  .object({
    id: z.string(),
    title: z.string(),
    description: z.string(),
    engine: z.enum(['process', 'docker']),
    source: jsonColumn(ServerSource),
    catalog_entry: z.string().nullable(),
    profile: z.string().nullable(),
    name_in_profile: z.string().nullable(),
    catalog_ref: z.string().nullable(),
    definition: jsonColumn(Members).nullable(),
    allowed_tools: jsonColumn(z.array(z.string())).nullable(),
    previous: jsonColumn(Previous).nullable(),
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
      profile: row.profile,
      nameInProfile: row.name_in_profile,
      catalogRef: row.catalog_ref,
      definition: row.definition,
      allowedTools: row.allowed_tools,
      previous: row.previous,
      enabled: row.enabled === 1,
      serverVersion: row.server_version,
      protocolVersion: row.protocol_version,
      instructions: row.instructions,
      toolCount: row.tool_count,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
    }),
  );

/** The columns of a server. */
export const fromServer = (server: Omit<StoredServer, 'toolCount'>) => ({
  ...server,
  source: JSON.stringify(server.source),
  definition: server.definition && JSON.stringify(server.definition),
  allowedTools: server.allowedTools && JSON.stringify(server.allowedTools),
  previous: server.previous && JSON.stringify(server.previous),
  enabled: Number(server.enabled),
});

export const ConfigurationRow = z.object({
  id: z.string(),
  server_id: z.string(),
  arguments: jsonColumn(z.array(z.string())),
  environment: jsonColumn(z.record(z.string(), z.string())),
  working_directory: z.string().nullable(),
  restart: z.enum(['never', 'on-failure', 'always']),
  session: z.enum(['shared', 'per-client']),
  disabled_tools: jsonColumn(z.array(z.string())),
  settings: jsonColumn(Members),
  limits: jsonColumn(ResourceLimits),
  network: jsonColumn(NetworkConfig),
  updated_at: z.string(),
});

export const SecretReferenceRow = z
  .object({
    secret_id: z.string(),
    environment_variable: z.string().nullable(),
    header: z.string().nullable(),
    as_file: z.int(),
    required: z.int(),
  })
  .transform(({ secret_id: secretId, environment_variable: environmentVariable, header, as_file, required }) =>
    SecretReference.parse({
      secretId,
      required: required === 1,
      ...(header === null ? { environmentVariable } : { header }),
      ...(as_file === 1 ? { as: 'file' } : {}),
    }),
  );

/** References have a table of their own. */
export const toConfiguration = (
  row: z.output<typeof ConfigurationRow>,
  secretReferences: ServerConfiguration['secretReferences'],
): ServerConfiguration => ({
  id: row.id,
  serverId: row.server_id,
  arguments: row.arguments,
  environment: row.environment,
  workingDirectory: row.working_directory,
  restart: row.restart,
  session: row.session,
  disabledTools: row.disabled_tools,
  settings: row.settings,
  limits: row.limits,
  network: row.network,
  secretReferences,
  updatedAt: row.updated_at,
});

export const fromConfiguration = (configuration: Omit<ServerConfiguration, 'secretReferences'>) => ({
  id: configuration.id,
  serverId: configuration.serverId,
  arguments: JSON.stringify(configuration.arguments),
  environment: JSON.stringify(configuration.environment),
  workingDirectory: configuration.workingDirectory,
  restart: configuration.restart,
  session: configuration.session,
  disabledTools: JSON.stringify(configuration.disabledTools),
  settings: JSON.stringify(configuration.settings),
  limits: JSON.stringify(configuration.limits),
  network: JSON.stringify(configuration.network),
  updatedAt: configuration.updatedAt,
});

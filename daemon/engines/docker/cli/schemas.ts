// What `docker mcp` answers as JSON, in both dialects (CONTRACT sections 4 and 5). Unknown keys are kept, so that a profile
// that is exported, changed and imported again loses nothing.
import * as z from 'zod';

/** Go writes an empty list as null in many places. */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform(items => items ?? []);

export const Policy = z.looseObject({
  allowed: z.boolean(),
  reason: z.string().optional(),
  error: z.string().optional(),
});

export const ToolSpec = z.looseObject({
  name: z.string(),
  description: z.string().default(''),
  arguments: z
    .array(
      z.looseObject({
        name: z.string(),
        type: z.string().default('string'),
        items: z.looseObject({ type: z.string() }).optional(),
        desc: z.string().default(''),
        optional: z.boolean().optional(),
      }),
    )
    .nullish(),
  annotations: z
    .looseObject({
      title: z.string().optional(),
      readOnlyHint: z.boolean().optional(),
      destructiveHint: z.boolean().nullish(),
      idempotentHint: z.boolean().optional(),
      openWorldHint: z.boolean().nullish(),
    })
    .nullish(),
});
export type ToolSpec = z.infer<typeof ToolSpec>;

/** JSON Schema as catalogs use it; checked by the settings' own rules when values are set. */
export const ConfigSchema = z.looseObject({
  name: z.string(),
  description: z.string().default(''),
  type: z.string().optional(),
  required: z.array(z.string()).nullish(),
  properties: z.record(z.string(), z.looseObject({ type: z.string().optional() })).nullish(),
});
export type ConfigSchema = z.infer<typeof ConfigSchema>;

export const ServerSpec = z.looseObject({
  name: z.string(),
  type: z.string().optional(),
  image: z.string().optional(),
  description: z.string().optional(),
  title: z.string().optional(),
  icon: z.string().optional(),
  readme: z.string().optional(),
  longLived: z.boolean().optional(),
  remote: z
    .looseObject({
      url: z.string().optional(),
      transport_type: z.string().optional(),
      headers: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  sseEndpoint: z.string().optional(),
  oauth: z
    .looseObject({
      providers: z
        .array(z.looseObject({ provider: z.string(), secret: z.string().optional(), env: z.string().optional() }))
        .nullish(),
      scopes: z.array(z.string()).nullish(),
    })
    .nullish(),
  secrets: z.array(z.looseObject({ name: z.string(), env: z.string().optional() })).nullish(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).nullish(),
  command: z.array(z.string()).nullish(),
  volumes: z.array(z.string()).nullish(),
  user: z.string().optional(),
  disableNetwork: z.boolean().optional(),
  allowHosts: z.array(z.string()).nullish(),
  extraHosts: z.array(z.string()).nullish(),
  prefix: z.string().optional(),
  tools: z.array(ToolSpec).nullish(),
  config: z.array(ConfigSchema).nullish(),
  metadata: z
    .looseObject({
      pulls: z.number().optional(),
      stars: z.number().optional(),
      githubStars: z.number().optional(),
      category: z.string().optional(),
      tags: z.array(z.string()).nullish(),
      license: z.string().optional(),
      owner: z.string().optional(),
      registryUrl: z.string().optional(),
    })
    .nullish(),
  policy: Policy.optional(),
});
export type ServerSpec = z.infer<typeof ServerSpec>;

const Snapshot = z.looseObject({ server: ServerSpec });

export const CatalogServer = z.looseObject({
  /** "image", "remote", "registry"; others may come. */
  type: z.string(),
  tools: z.array(z.string()).nullish(),
  image: z.string().optional(),
  endpoint: z.string().optional(),
  source: z.string().optional(),
  snapshot: Snapshot.optional(),
  policy: Policy.optional(),
});
export type CatalogServer = z.infer<typeof CatalogServer>;

export const ProfileServer = z.looseObject({
  type: z.string(),
  image: z.string().optional(),
  endpoint: z.string().optional(),
  source: z.string().optional(),
  config: z.record(z.string(), z.unknown()).nullish(),
  secrets: z.string().optional(),
  /** null: all tools. Empty: none. */
  tools: z
    .array(z.string())
    .nullish()
    .transform(tools => tools ?? null),
  catalogRef: z.string().optional(),
  snapshot: Snapshot.optional(),
  policy: Policy.optional(),
});
export type ProfileServer = z.infer<typeof ProfileServer>;

export const Profile = z.looseObject({
  version: z.number().optional(),
  id: z.string(),
  name: z.string(),
  servers: list(ProfileServer),
  secrets: z.record(z.string(), z.looseObject({ provider: z.string() })).nullish(),
  policy: Policy.optional(),
});
export type Profile = z.infer<typeof Profile>;

export const ProfileServers = z.looseObject({ id: z.string(), name: z.string(), servers: list(ProfileServer) });
export type ProfileServers = z.infer<typeof ProfileServers>;

export const Catalog = z.looseObject({
  ref: z.string(),
  source: z.string().optional(),
  title: z.string().default(''),
  servers: list(CatalogServer),
  /** Hexadecimal, without "sha256:". */
  digest: z.string().default(''),
  policy: Policy.optional(),
});
export type Catalog = z.infer<typeof Catalog>;

export const CatalogSummary = z.looseObject({
  ref: z.string(),
  digest: z.string().default(''),
  title: z.string().default(''),
  policy: Policy.optional(),
});
export type CatalogSummary = z.infer<typeof CatalogSummary>;

export const CatalogServers = z.looseObject({
  catalog: z.string(),
  title: z.string().default(''),
  servers: list(CatalogServer),
});
export type CatalogServers = z.infer<typeof CatalogServers>;

export const CatalogServerDetails = CatalogServer.extend({ readmeContent: z.string().optional() });
export type CatalogServerDetails = z.infer<typeof CatalogServerDetails>;

const StdioEntry = z.looseObject({
  name: z.string().optional(),
  command: z.string().default(''),
  args: z.array(z.string()).nullish(),
  env: z.record(z.string(), z.string()).nullish(),
});
const RemoteEntry = z.looseObject({
  name: z.string().optional(),
  url: z.string().default(''),
  headers: z.record(z.string(), z.string()).nullish(),
});

export const ClientStatus = z.looseObject({
  displayName: z.string().default(''),
  source: z.string().default(''),
  icon: z.string().default(''),
  configName: z.string().default(''),
  dockerMCPCatalogConnected: z.boolean().default(false),
  profile: z.string().default(''),
  error: z.looseObject({ type: z.string(), error: z.string() }).nullish(),
  Cfg: z
    .looseObject({ STDIOServers: list(StdioEntry), SSEServers: list(RemoteEntry), HTTPServers: list(RemoteEntry) })
    .nullish(),
  isInstalled: z.boolean().optional(),
  isOsSupported: z.boolean().optional(),
  isConfigured: z.boolean().optional(),
});
export type ClientStatus = z.infer<typeof ClientStatus>;

/** By vendor: "vscode", "cursor", … */
export const ClientStatuses = z.record(z.string(), ClientStatus);
export type ClientStatuses = z.infer<typeof ClientStatuses>;

export const Template = z.looseObject({
  id: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  server_names: list(z.string()),
});
export type Template = z.infer<typeof Template>;

export const SecretEntry = z.looseObject({ name: z.string(), provider: z.string().optional() });
export type SecretEntry = z.infer<typeof SecretEntry>;

export const OAuthApp = z.looseObject({
  app: z.string(),
  authorized: z.boolean().default(false),
  provider: z.string().default(''),
  scopes: z.array(z.string()).nullish(),
  tools: z.unknown().optional(),
});
export type OAuthApp = z.infer<typeof OAuthApp>;

/** A tool's definition as MCP has it. */
export const ToolDefinition = z.looseObject({
  name: z.string(),
  title: z.string().optional(),
  description: z.string().optional(),
  inputSchema: z.record(z.string(), z.unknown()).default({}),
  outputSchema: z.record(z.string(), z.unknown()).nullish(),
  annotations: z.record(z.string(), z.unknown()).nullish(),
});
export type ToolDefinition = z.infer<typeof ToolDefinition>;

export const PluginMetadata = z.looseObject({
  SchemaVersion: z.string().optional(),
  Vendor: z.string().optional(),
  Version: z.string().default(''),
  ShortDescription: z.string().optional(),
});
export type PluginMetadata = z.infer<typeof PluginMetadata>;

/** An entry of `docker info`'s list of plugins. */
export const InstalledPlugin = PluginMetadata.extend({ Name: z.string(), Path: z.string().optional() });
export type InstalledPlugin = z.infer<typeof InstalledPlugin>;

export const DockerVersion = z.looseObject({
  Client: z
    .looseObject({
      Version: z.string().default(''),
      ApiVersion: z.string().optional(),
      Os: z.string().optional(),
      Arch: z.string().optional(),
      Context: z.string().optional(),
    })
    .nullish(),
  Server: z
    .looseObject({
      Platform: z.looseObject({ Name: z.string().default('') }).nullish(),
      Version: z.string().default(''),
      ApiVersion: z.string().optional(),
      Os: z.string().optional(),
      Arch: z.string().optional(),
      KernelVersion: z.string().optional(),
    })
    .nullish(),
});
export type DockerVersion = z.infer<typeof DockerVersion>;

// The legacy dialect.

export const LegacyServer = z.looseObject({
  name: z.string(),
  description: z.string().default(''),
  secrets: z.string().default('none'),
  config: z.string().default('none'),
  oauth: z.string().default('none'),
  policy: Policy.optional(),
});
export type LegacyServer = z.infer<typeof LegacyServer>;

export const LegacyServerDetails = z.looseObject({
  tools: list(ToolSpec.extend({ enabled: z.boolean().default(true) })),
  readme: z.string().default(''),
});
export type LegacyServerDetails = z.infer<typeof LegacyServerDetails>;

export const LegacyCatalogs = z.looseObject({
  catalogs: z
    .record(
      z.string(),
      z.looseObject({
        displayName: z.string().optional(),
        url: z.string().optional(),
        lastUpdate: z.string().optional(),
      }),
    )
    .nullish()
    .transform(catalogs => catalogs ?? {}),
});
export type LegacyCatalogs = z.infer<typeof LegacyCatalogs>;

export const LegacyCatalog = z.looseObject({
  name: z.string().optional(),
  displayName: z.string().optional(),
  registry: z
    .record(z.string(), ServerSpec.extend({ name: z.string().optional() }))
    .nullish()
    .transform(registry => registry ?? {}),
});
export type LegacyCatalog = z.infer<typeof LegacyCatalog>;

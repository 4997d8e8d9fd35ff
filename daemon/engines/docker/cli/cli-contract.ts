// Everything that `docker mcp` can be asked, in words; docker-cli.ts makes it.
import type { CliFailure } from '../../cli-error.ts';
import type { CliCall, CliLaunch, StreamedProcess } from '../../run.ts';
import type {
  Catalog,
  CatalogServerDetails,
  CatalogServers,
  CatalogSummary,
  ClientStatuses,
  DockerVersion,
  InstalledPlugin,
  LegacyCatalog,
  LegacyCatalogs,
  LegacyServer,
  LegacyServerDetails,
  OAuthApp,
  PluginMetadata,
  Profile,
  ProfileServers,
  SecretEntry,
  Template,
  ToolDefinition,
} from './schemas.ts';

export type Dialect = 'profile' | 'legacy';

/** Where a server comes from (CONTRACT section 4, SREF). */
export type ServerReference =
  /** Servers of a catalog, by name. */
  | { kind: 'catalog'; catalog: string; names: readonly string[] }
  /** An image that describes itself by its label. */
  | { kind: 'image'; image: string }
  /** An https address of a community registry's entry. */
  | { kind: 'registry'; url: string }
  /** The name of a .yaml, .yml or .json file in ~/.docker/mcp/catalogs. */
  | { kind: 'file'; file: string };

export interface ConfigKey {
  server: string;
  /** Dotted path below the server: "limits.max". */
  key: string;
}
export type ConfigEntry = ConfigKey & { value: unknown };
export interface ToolKey {
  server: string;
  tool: string;
}

export interface ToolChanges {
  enable?: readonly ToolKey[];
  disable?: readonly ToolKey[];
  enableAll?: readonly string[];
  disableAll?: readonly string[];
}

export type PullPolicy = 'never' | 'missing' | 'always' | 'initial' | 'exists';

export interface ProfilesCli {
  list(call?: CliCall): Promise<Profile[]>;
  show(id: string, call?: CliCall): Promise<Profile>;
  /** The clients that are connected to it. */
  clients(id: string, call?: CliCall): Promise<ClientStatuses>;
  /** The id that it has got. Errors: DOCKER_010 if the id exists. */
  create(
    profile: { name: string; id?: string; servers?: readonly ServerReference[]; template?: string; connect?: string[] },
    call?: CliCall,
  ): Promise<{ id: string }>;
  /** Disconnects its clients as well. */
  remove(id: string, call?: CliCall): Promise<void>;
  /** An unknown profile is an empty list. */
  servers(filter?: { profile?: string; name?: string }, call?: CliCall): Promise<ProfileServers[]>;
  /** A server of the same name is replaced, and its config and choice of tools are lost. */
  addServers(id: string, servers: readonly ServerReference[], call?: CliCall): Promise<void>;
  /** Fails only if none of them is there. */
  removeServers(id: string, names: readonly string[], call?: CliCall): Promise<void>;
  /** Flat: { "server.key.sub": value }. */
  config(id: string, call?: CliCall): Promise<Record<string, unknown>>;
  /** Nothing is checked against the server's schema. A server's name with a dot in it is refused: edit its document. */
  setConfig(id: string, entries: readonly ConfigEntry[], call?: CliCall): Promise<void>;
  deleteConfig(id: string, keys: readonly ConfigKey[], call?: CliCall): Promise<void>;
  /** As the CLI understands it (CONTRACT section 11, traps 1 to 4). Dotted names only in enableAll and disableAll. */
  changeTools(id: string, changes: ToolChanges, call?: CliCall): Promise<void>;
  /** The whole profile as it is exported, unknown keys as well. */
  exportDocument(id: string, call?: CliCall): Promise<Profile>;
  /** Overwrites the profile of this id, if there is one. The id of what was imported. */
  importDocument(profile: Profile, call?: CliCall): Promise<{ id: string }>;
  /** To a file of the user's, .json, .yaml or .yml; an absolute path. */
  exportTo(id: string, file: string, call?: CliCall): Promise<void>;
  importFrom(file: string, call?: CliCall): Promise<{ id: string }>;
  push(id: string, reference: string, call?: CliCall): Promise<void>;
  /** Errors: DOCKER_010 if the id exists. */
  pull(reference: string, call?: CliCall): Promise<void>;
}

export type CatalogOrigin =
  | { kind: 'servers'; title: string; servers: readonly ServerReference[] }
  | { kind: 'profile'; profile: string; title?: string }
  /** The text of a legacy catalog's YAML; handed over in a file of ours that is removed afterwards. */
  | { kind: 'legacy-document'; document: string; title?: string }
  /** A file name in ~/.docker/mcp/catalogs, or an https address. A file that is not there makes an empty catalog. */
  | { kind: 'legacy'; source: string; title?: string }
  | { kind: 'community-registry'; host: string; title?: string };

export interface CatalogsCli {
  list(call?: CliCall): Promise<CatalogSummary[]>;
  show(reference: string, options?: { pull?: PullPolicy }, call?: CliCall): Promise<Catalog>;
  /** Overwrites one of the same reference: look before. */
  create(reference: string, origin: CatalogOrigin, call?: CliCall): Promise<void>;
  remove(reference: string, call?: CliCall): Promise<void>;
  tag(reference: string, newReference: string, call?: CliCall): Promise<void>;
  pull(reference: string, call?: CliCall): Promise<void>;
  push(reference: string, call?: CliCall): Promise<void>;
  servers(reference: string, filter?: { name?: string }, call?: CliCall): Promise<CatalogServers>;
  /** Downloads the readme; fails as a whole without a network if the entry has one. */
  inspectServer(reference: string, name: string, call?: CliCall): Promise<CatalogServerDetails>;
  addServers(reference: string, servers: readonly ServerReference[], call?: CliCall): Promise<void>;
  removeServers(reference: string, names: readonly string[], call?: CliCall): Promise<void>;
  templates(call?: CliCall): Promise<Template[]>;
}

/** Global, or of the git project that the folder is in. */
export type ClientScope = { scope: 'global' } | { scope: 'project'; folder: string };

export interface ClientsCli {
  list(where: ClientScope, call?: CliCall): Promise<ClientStatuses>;
  /** Rewrites the client's file and drops its comments. The profile is required in the profile dialect, and none in legacy. */
  connect(vendor: string, where: ClientScope & { profile?: string }, call?: CliCall): Promise<void>;
  disconnect(vendor: string, where: ClientScope, call?: CliCall): Promise<void>;
}

export interface Feature {
  name: string;
  enabled: boolean;
  description: string;
}

export interface FeaturesCli {
  list(call?: CliCall): Promise<Feature[]>;
  enable(name: string, call?: CliCall): Promise<void>;
  disable(name: string, call?: CliCall): Promise<void>;
}

/** Docker's own store; only with Desktop, or with `docker pass`. */
export interface SecretsCli {
  list(call?: CliCall): Promise<SecretEntry[]>;
  /** The value goes over standard input, byte for byte. */
  set(name: string, value: string, call?: CliCall): Promise<void>;
  remove(names: readonly string[], call?: CliCall): Promise<void>;
}

export interface OAuthCli {
  list(call?: CliCall): Promise<OAuthApp[]>;
  /** Opens the browser and waits for up to five minutes. */
  authorize(app: string, call?: CliCall): Promise<void>;
  revoke(app: string, call?: CliCall): Promise<void>;
}

export interface LegacyCli {
  servers(call?: CliCall): Promise<LegacyServer[]>;
  /** Only servers of the Docker catalog; downloads tools and readme. */
  inspect(name: string, call?: CliCall): Promise<LegacyServerDetails>;
  enable(names: readonly string[], call?: CliCall): Promise<void>;
  disable(names: readonly string[], call?: CliCall): Promise<void>;
  reset(call?: CliCall): Promise<void>;
  /** The text of config.yaml. */
  readConfig(call?: CliCall): Promise<string>;
  /** Replaces the whole file. Text that is no YAML, or no map, is refused here. */
  writeConfig(text: string, call?: CliCall): Promise<void>;
  resetConfig(call?: CliCall): Promise<void>;
  enableTools(tools: readonly string[], server?: string, call?: CliCall): Promise<void>;
  disableTools(tools: readonly string[], server?: string, call?: CliCall): Promise<void>;
  catalogs(call?: CliCall): Promise<LegacyCatalogs>;
  showCatalog(name: string, call?: CliCall): Promise<LegacyCatalog>;
  createCatalog(name: string, call?: CliCall): Promise<void>;
  removeCatalog(name: string, call?: CliCall): Promise<void>;
  /** An absolute path or an https address. */
  importCatalog(source: string, call?: CliCall): Promise<void>;
  exportCatalog(name: string, file: string, call?: CliCall): Promise<void>;
  /** The file must hold the server: the CLI says "copied" even if it does not. */
  addToCatalog(
    entry: { catalog: string; server: string; file: string; force?: boolean },
    call?: CliCall,
  ): Promise<void>;
  forkCatalog(name: string, newName: string, call?: CliCall): Promise<void>;
  updateCatalogs(call?: CliCall): Promise<void>;
  resetCatalogs(call?: CliCall): Promise<void>;
}

export interface ProbeCli {
  /** The version line of the plugin: "v0.43.3", "HEAD", a commit. Errors: DOCKER_001. */
  version(call?: CliCall): Promise<string>;
  /** By the top-level help, which needs no engine. */
  dialect(call?: CliCall): Promise<{ dialect: Dialect; commands: string[] }>;
  /** The long flags of `gateway run`, without hyphens: "host", "profile", … */
  gatewayFlags(call?: CliCall): Promise<ReadonlySet<string>>;
  /** What the plugin's binary says of itself; 40 ms, no engine. An absolute path. */
  pluginMetadata(binary: string, call?: CliCall): Promise<PluginMetadata>;
  /** Works with the engine down. */
  plugins(call?: CliCall): Promise<InstalledPlugin[]>;
  /** `server` is missing, and `engineFailure` says why, if the engine does not answer. */
  engine(call?: CliCall): Promise<DockerVersion & { engineFailure?: CliFailure }>;
}

/** How the private gateway of a `tools` command chooses its servers. */
export type ToolSource =
  /** What is enabled in the legacy dialect, or the profile `default`. */
  | { enabled: true }
  | { profile: string }
  | { catalog: string; servers: readonly string[]; secrets?: string; config?: string };

/** Each of these starts a gateway of its own with every server: seconds. */
export interface ToolsCli {
  list(source: ToolSource, call?: CliCall): Promise<ToolDefinition[]>;
  count(source: ToolSource, call?: CliCall): Promise<number>;
  inspect(tool: string, source: ToolSource, call?: CliCall): Promise<ToolDefinition>;
}

export type GatewaySource =
  /** Profile mode; on an engine without Desktop no secret is ever resolved. */
  | { mode: 'profile'; profile: string }
  /** File mode. `catalog` is a file name in ~/.docker/mcp/catalogs, the others are absolute paths. */
  | {
      mode: 'files';
      catalog: string;
      servers: readonly string[];
      config?: string;
      toolsConfig?: string;
      registry?: string;
      /** A path (a FIFO), or "descriptor" for descriptor 3, with `secretLines`. */
      secrets?: string | 'descriptor';
    }
  /** The legacy dialect's own files: what `server enable` has chosen. */
  | { mode: 'enabled'; servers?: readonly string[] };

export interface GatewayPlan {
  source: GatewaySource;
  transport: 'stdio' | 'streaming' | 'sse';
  /** Not for stdio. */
  port?: number;
  /** Left out where the plugin has no such flag; then it binds all interfaces. */
  host?: string;
  /** Handed over by environment, and never printed. */
  token?: string;
  longLived?: boolean;
  watch?: boolean;
  verbose?: boolean;
  dryRun?: boolean;
  /** One "server.key=value" a line. Only with `secrets: 'descriptor'`. */
  secretLines?: string;
  /** Values that must not be shown. */
  confidential?: readonly string[];
  blockSecrets?: boolean;
  blockNetwork?: boolean;
  cpus?: number;
  memory?: string;
  environment?: Readonly<Record<string, string>>;
  workingDirectory?: string;
}

export interface GatewayCli {
  /** What would be run, for the log and for tests. */
  plan(gateway: GatewayPlan): CliLaunch;
  /** Starts it; readiness is the caller's business. */
  start(gateway: GatewayPlan, lines: Pick<CliLaunch, 'onOutput' | 'onError'>): Promise<StreamedProcess>;
  /** Starts every server once and lists its tools, without serving. What the gateway says on stderr. */
  dryRun(gateway: GatewayPlan, call?: CliCall): Promise<string>;
}

export interface DockerCli {
  readonly dialect: Dialect;
  /** The long flags of `gateway run`. */
  readonly flags: ReadonlySet<string>;
  profiles: ProfilesCli;
  catalogs: CatalogsCli;
  clients: ClientsCli;
  features: FeaturesCli;
  secrets: SecretsCli;
  oauth: OAuthCli;
  tools: ToolsCli;
  gateway: GatewayCli;
  legacy: LegacyCli;
  probe: ProbeCli;
}

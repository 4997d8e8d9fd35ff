// What Docker's engine can do beyond what every engine can: the ports that the features of Docker are made on.
import type { Catalog, CatalogPreview, NewCatalog } from '../../shared/api/catalogs.ts';
import type { ClientChange, McpClient } from '../../shared/api/clients.ts';
import type { Container, DiskCleaned, DiskUse, Sweep } from '../../shared/api/containers.ts';
import type { DockerStatus } from '../../shared/api/docker.ts';
import type { Gateway } from '../../shared/api/gateways.ts';
import type { ProfileDocument, ProfileImport } from '../../shared/api/profiles.ts';
import type { Supervisor, SupervisorEvents } from '../supervision/supervisor.ts';
import type { OwnershipRecords } from './docker/api/container-control.ts';
import type { CatalogOffer, Engine, InstallContext, ServerInProfile } from './engine.ts';

/** What Docker's gateway calls tools of its own, by which agents would change it (CONTRACT section 6, and older versions). */
export const gatewayOwnTools: readonly string[] = [
  'mcp-find',
  'mcp-add',
  'mcp-remove',
  'mcp-exec',
  'mcp-config-set',
  'code-mode',
  'mcp-create-profile',
  'mcp-activate-profile',
  'find-tools',
  'mcp-registry-import',
];

/** A profile as docker mcp has it. */
export interface ProfileOfDocker {
  id: string;
  name: string;
  /** True for the one profile of the legacy dialect. */
  fixed: boolean;
  servers: ServerInProfile[];
  clients: string[];
}

/** Every change is one mutation of the Docker home: they run one at a time, and what is there is read again afterwards. */
export interface ProfileControl {
  /** All profiles with their servers, read now. Errors: those of docker mcp (DOCKER_…). */
  list(): Promise<ProfileOfDocker[]>;
  /** Errors: PROFILE_002. */
  create(profile: { id?: string | undefined; name: string }): Promise<ProfileOfDocker>;
  /** By export, change and import: docker mcp has no word for it. Errors: PROFILE_001, PROFILE_003. */
  rename(id: string, name: string): Promise<ProfileOfDocker>;
  remove(id: string): Promise<void>;
  export(id: string): Promise<{ fileName: string; document: ProfileDocument }>;
  /** Errors: PROFILE_002 if it is there and may not be replaced, PROFILE_004. */
  import(document: ProfileDocument, how: { replace: boolean; dryRun: boolean }): Promise<ProfileImport>;
  push(id: string, ref: string, signal: AbortSignal): Promise<void>;
  /** Answers the id. Errors: PROFILE_002. */
  pull(ref: string, signal: AbortSignal): Promise<string>;
  /**
   * Writes a server's settings and choice of tools, and answers what the profile has now. Undefined: as it is.
   * Errors: SERVER_010 if the settings do not fit the schema, DOCKER_009 if it is gone.
   */
  configure(
    server: Pick<ServerInProfile, 'profile' | 'name'>,
    change: { settings?: Record<string, unknown> | undefined; tools?: string[] | null | undefined },
  ): Promise<ServerInProfile>;
  /** Calls back when somebody else has changed the profiles. Returns the way to stop. */
  onForeignChange(listener: () => void): () => void;
}

/** One catalog as docker mcp lists it. */
export interface CatalogOfDocker {
  /** Made from the reference. */
  id: string;
  ref: string;
  title: string;
  /** Changes when the content does. */
  digest: string;
  /** Known once it has been read: a list does not say it. */
  source: string | null;
  origin: Catalog['origin'];
  /** True for Docker's own catalog of the legacy dialect: it cannot be removed. */
  fixed: boolean;
}

/** An entry with what docker mcp says of it, unshortened. */
export interface CatalogContent {
  catalog: CatalogOfDocker;
  entries: { offer: CatalogOffer; definition: Record<string, unknown> }[];
  /** Entries that cannot be used, by name. */
  leftOut: { name: string; reason: string }[];
}

export interface EntryOfCatalog {
  catalogRef: string;
  name: string;
}

export interface CatalogControl {
  list(): Promise<CatalogOfDocker[]>;
  /** Parses the whole catalog; to be kept by its digest. */
  read(ref: string): Promise<CatalogContent>;
  /** What creating it would do. `entries`: those of `from.entries`. Errors: CATALOG_004, PROFILE_001. */
  preview(catalog: NewCatalog, entries: readonly EntryOfCatalog[]): Promise<CatalogPreview>;
  /** Errors: CATALOG_003 if it is there and may not be replaced, CATALOG_004, PROFILE_001. */
  create(catalog: NewCatalog, entries: readonly EntryOfCatalog[]): Promise<CatalogOfDocker>;
  pull(ref: string, signal: AbortSignal): Promise<CatalogOfDocker>;
  push(ref: string, signal: AbortSignal): Promise<void>;
  /** Overwrites what has the new reference: look before. */
  tag(ref: string, as: string): Promise<CatalogOfDocker>;
  /** Errors: CATALOG_005. */
  remove(ref: string): Promise<void>;
}

/** The gateways, one of each profile that runs servers. They are the supervisor's for servers; this is what a person controls. */
export interface GatewayControl {
  /** Of a profile that has none running: what it would be. */
  status(profile: string): Omit<Gateway, 'title'>;
  /** Profiles whose gateway does anything but stand still. */
  active(): string[];
  output(profile: string): string[];
  /** Ends the gateway with all its containers. Never rejects. */
  stop(profile: string): Promise<void>;
  /** Ends it and starts it with the same servers. Errors: those of a start. */
  restart(profile: string): Promise<void>;
  setOwnTools(profile: string, on: boolean): Promise<void>;
  /** The profile's servers or settings have changed: applied at once where the mode allows it, else noted. */
  profileChanged(profile: string, servers: readonly ServerInProfile[]): Promise<void>;
  /** Calls back after changes of a gateway, a few times a second at most. Returns the way to stop. */
  onChange(listener: (profile: string) => void): () => void;
  /** New lines of a gateway's own output, batched, without secrets. Returns the way to stop. */
  onOutput(listener: (profile: string, lines: string[]) => void): () => void;
}

export interface ContainerControl {
  /** With the last measurement; measuring goes on while somebody asks. Errors: DOCKER_003 to DOCKER_005. */
  list(): Promise<Omit<Container, 'serverId'>[]>;
  /** Errors: CONTAINER_001, CONTAINER_002. */
  stop(id: string): Promise<void>;
  /** Errors: CONTAINER_001, CONTAINER_002. */
  logs(id: string, tail: number): Promise<string[]>;
  sweep(dryRun: boolean): Promise<Sweep>;
  /** `needed`: references of images by the server that needs them. */
  disk(needed: ReadonlyMap<string, readonly string[]>): Promise<DiskUse>;
  clean(
    what: { images: readonly string[]; volumes: readonly string[] },
    needed: ReadonlyMap<string, readonly string[]>,
  ): Promise<DiskCleaned>;
  onChange(listener: () => void): () => void;
}

export interface ClientControl {
  list(place: Pick<ClientChange, 'scope' | 'folder'>): Promise<McpClient[]>;
  /** Runs docker mcp's own connect or disconnect: it rewrites the client's file. */
  change(client: string, change: ClientChange): Promise<void>;
  /** The file that a change of this client writes; null: not known. */
  fileOf(client: string, place: Pick<ClientChange, 'scope' | 'folder'>): string | null;
  /** What the change will make of the file (undefined: there is none yet); null: it cannot be told before. */
  predict(client: string, change: ClientChange, before: string | undefined): Promise<string | null>;
}

/** What the doctor asks beyond the status, and what it can mend. */
export interface DoctorControl {
  /** ISO 8601, by the engine's own clock; null if it does not tell. Never rejects. */
  engineTime(): Promise<string | null>;
  /** Whether this system is a container, or Linux in Windows. */
  surroundings(): Promise<{ insideContainer: boolean; wsl: boolean }>;
  /** `docker mcp feature enable profiles`; looks at Docker again afterwards. Errors: those of docker mcp. */
  enableProfiles(): Promise<void>;
  /** Undefined if the image is not on the engine; `mismatch`: why it does not run there. Errors: DOCKER_003 to DOCKER_005. */
  findImage(reference: string): Promise<{ mismatch: string | null } | undefined>;
  /** Errors: DOCKER_003 to DOCKER_005, DOCKER_009 no such image, DOCKER_012, INSTALL_004, INSTALL_007. */
  pullImage(reference: string, context: InstallContext): Promise<void>;
  /** Catalogs of gateways that are gone, by their paths. */
  leftovers: { find(): Promise<string[]>; remove(): Promise<void> };
}

/** Docker's engine: what every engine does, and the rest. */
export interface DockerEngine extends Engine {
  readonly kind: 'docker';
  readonly profiles: ProfileControl;
  readonly catalogs: CatalogControl;
  readonly gateways: GatewayControl;
  readonly containers: ContainerControl;
  readonly clients: ClientControl;
  readonly doctor: DoctorControl;
  /** The last probe; the first call makes one. Never rejects. */
  status(): Promise<DockerStatus>;
  /** Looks again. Never rejects. */
  look(): Promise<DockerStatus>;
  onStatusChange(listener: (status: DockerStatus) => void): () => void;
  /** The supervisor of its servers: the gateways seen server by server. Called once, before anything is started. */
  createSupervisor(events: SupervisorEvents): Supervisor;
  /**
   * Takes out of Docker's own store what was put there for variables that nobody fills any more. `filled`: the variables of a
   * server that its references and its environment fill. Errors: those of docker mcp; what is left is tried again the next time.
   */
  keepStored(filled: (serverId: string) => ReadonlySet<string>): Promise<void>;
  /** Ends what is left: gateways, watches, commands. In bounded time; never rejects. */
  close(): Promise<void>;
}

/** A name in Docker's own store that we have set, and for whom. */
export interface StoredSecret {
  name: string;
  serverId: string;
  variable: string;
}

/** Saving what is there, and removing what is not, are no errors. */
export interface StoredSecretRecords {
  all(): StoredSecret[];
  save(secret: StoredSecret): void;
  remove(secret: StoredSecret): void;
}

/** What must outlive the daemon, kept by its database. */
export interface DockerMemory {
  /** Which containers our gateways have started: see docker/api/container-control.ts. */
  ownership: OwnershipRecords;
  storedSecrets: StoredSecretRecords;
}

/** Makes the engine; called by compose.ts, which has the database. */
export type CreateDockerEngine = (memory: DockerMemory) => DockerEngine;

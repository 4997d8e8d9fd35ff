// What the rest of the driver and the containers feature know of containers, images and disk: shapes and narrow ports, no code.
import type { Problem } from '../../../../shared/api/problem.ts';

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
export type ContainerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** A container that some client of `docker mcp` has started: label docker-mcp=true (CONTRACT section 6). */
export interface ServerContainer {
  /** The whole id: 64 hexadecimal digits. */
  id: string;
  /** Label docker-mcp-name; empty if it has none. */
  serverName: string;
  /** As it was asked for: a reference, or an id when the reference has moved on. */
  image: string;
  /** sha256:… */
  imageId: string;
  state: ContainerState;
  /** ISO 8601, by the engine's clock. */
  createdAt: string;
  startedAt: string | null;
  health: ContainerHealth;
  /** On the engine's host, which may be a virtual machine. */
  pid: number | null;
  labels: Record<string, string>;
  /** The gateway's mark from its environment, see ownership; null if it has none. */
  mark: string | null;
}

/**
 * ours: proven to be started by one of our gateways, which runs.
 * orphan: proven to be ours, and its gateway is gone.
 * foreign: of another client, or not proven: never touched without being asked for by id.
 * unknown: it may be ours, but this system has no proof; treated as foreign.
 */
export type Ownership = 'ours' | 'orphan' | 'foreign' | 'unknown';

export interface ContainerStats {
  /** As `docker stats` counts: 100 is one whole processor. null until two samples are there. */
  cpuPercent: number | null;
  /** Without the page cache. */
  memoryBytes: number;
  memoryLimitBytes: number | null;
  /** Since the container started; null without a network. */
  receivedBytes: number | null;
  sentBytes: number | null;
  processes: number | null;
  /** ISO 8601. */
  readAt: string;
}

export interface EngineIdentity {
  version: string;
  apiVersion: string;
  os: string;
  /** In Docker's words: amd64, arm64 … */
  arch: string;
  /** The name of the engine's host. */
  name: string;
  isDesktop: boolean;
  isRootless: boolean;
  /** The storage of images is containerd's. */
  containerd: boolean;
  cgroup: '1' | '2' | null;
  containersRunning: number;
}

/** Never throws: what is wrong is part of the answer. */
export type EnginePing = { ok: true; engine: EngineIdentity } | { ok: false; problem: Problem };

/** Whether the watch sees the engine now; what `list` says is of the last time that it did. */
export type WatchState = { kind: 'idle' | 'connecting' | 'connected' } | { kind: 'lost'; problem: Problem };

export interface ContainerWatch {
  /** Begins to follow the engine; more than once is once. */
  start(): void;
  close(): Promise<void>;
  state(): WatchState;
  /** Resolves when the first list is there, or the engine turned out not to answer. */
  settled(): Promise<void>;
  /** Empty while the engine is not there. */
  list(): ServerContainer[];
  /** By container id. Keeps the streams open for ten seconds more. */
  stats(): Promise<Map<string, ContainerStats>>;
  /** Told after each change of the list or the state. Answers with what ends it. */
  onChange(listener: () => void): () => void;
  /** The last lines, at most `tail`, control characters taken out. Errors: DOCKER_012 no such container. */
  logs(id: string, options?: { tail?: number }): Promise<string[]>;
  /** Ends it: the signal (SIGTERM), and SIGKILL after some seconds. A container that is gone is no error. */
  stop(id: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Removes it by force. A container that is gone is no error. */
  remove(id: string): Promise<void>;
}

/** A gateway of ours, as the operating system knows it. */
export interface GatewayProcess {
  /** Ours: random, also the mark that its containers carry where we render its catalog. */
  id: string;
  pid: number;
  /** In the kernel's own unit (`ProcessIdentity`); null where the system does not tell. */
  startedAt: string | null;
}

export interface ProvenContainer {
  containerId: string;
  gatewayId: string;
  serverName: string;
}

/** What must outlive the daemon, so that the next one knows its orphans. */
export interface OwnershipRecords {
  gateways(): GatewayProcess[];
  saveGateway(gateway: GatewayProcess): void;
  removeGateway(id: string): void;
  containers(): ProvenContainer[];
  saveContainer(container: ProvenContainer): void;
  removeContainer(containerId: string): void;
}

/** What the gateway slice tells. */
export interface GatewayOwnership {
  /** A new mark: the id of the gateway to be started. */
  newGatewayId(): string;
  /** As soon as it has a pid, before it can have started a container. */
  gatewayStarted(id: string, pid: number): Promise<void>;
}

/** The variable that we put into each server's environment in a catalog that we render: the proof of ownership. */
export const gatewayMarkVariable = 'QUAYSIDE_GATEWAY';

export interface SweptContainer {
  id: string;
  serverName: string;
  image: string;
  /** Why it goes, as a sentence. */
  reason: string;
  /** null: it is gone, or would go in a dry run. */
  problem: Problem | null;
}

export interface SweepReport {
  dryRun: boolean;
  removed: SweptContainer[];
  /** Why each of the others stays. */
  kept: SweptContainer[];
}

export interface LayerProgress {
  id: string;
  state: 'waiting' | 'downloading' | 'verifying' | 'extracting' | 'done' | 'cached';
  /** Bytes; null until they are known. */
  current: number | null;
  total: number | null;
}

export interface PullProgress {
  /** For a person: "Downloading 3 of 8 layers, 12.1 of 40.2 MB". */
  step: string;
  /** 0 to 1; null until the sizes are known. Never goes back. */
  progress: number | null;
  layers: LayerProgress[];
  bytesPerSecond: number | null;
}

export interface LocalImage {
  /** sha256:… */
  id: string;
  tags: string[];
  /** name@sha256:… */
  digests: string[];
  os: string;
  architecture: string;
  /** null: it runs here. Otherwise why it does not, as a sentence. */
  mismatch: string | null;
  sizeBytes: number;
  createdAt: string | null;
  labels: Record<string, string>;
}

export interface ImageControl {
  /** Undefined if it is not on this engine. */
  find(reference: string): Promise<LocalImage | undefined>;
  /** Finished layers stay when it fails or is cancelled, so pulling again goes on. Errors: DOCKER_*, INSTALL_007 cancelled. */
  pull(
    reference: string,
    options: { signal: AbortSignal; onProgress: (progress: PullProgress) => void },
  ): Promise<LocalImage>;
  /** Keeps an image by a tag of ours, so that an update can be undone; answers with the tag. */
  tagForRollback(reference: string): Promise<string | undefined>;
  /** Lets the reference name the kept image again. False if none is kept. */
  rollBack(reference: string): Promise<boolean>;
  dropRollback(reference: string): Promise<void>;
}

export interface DiskItem {
  kind: 'image' | 'volume';
  /** The image's id or the volume's name. */
  id: string;
  /** For a person: its first tag, or its name. */
  name: string;
  tags: string[];
  sizeBytes: number | null;
  createdAt: string | null;
  /** What holds it: container and server names. Empty: it can go. */
  usedBy: string[];
  /** Why we think that it belongs to an MCP server. */
  because: 'label' | 'server' | 'catalog' | 'container';
}

export interface DiskUse {
  items: DiskItem[];
  /** All images of the engine, also those of others; layers counted once. */
  engineImageBytes: number | null;
  reclaimableBytes: number;
}

export interface DiskCleaned {
  freedBytes: number;
  items: { kind: DiskItem['kind']; id: string; freedBytes: number; problem: Problem | null }[];
}

/** References of images, and volume names, that belong to MCP servers. */
export interface KnownImages {
  /** By reference: the servers that use it. */
  servers: ReadonlyMap<string, readonly string[]>;
  catalogs: ReadonlySet<string>;
}

export interface DiskControl {
  use(known: KnownImages): Promise<DiskUse>;
  clean(items: readonly { kind: DiskItem['kind']; id: string }[], known: KnownImages): Promise<DiskCleaned>;
}

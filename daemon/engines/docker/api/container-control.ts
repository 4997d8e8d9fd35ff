// What the rest of the driver knows of containers and images: shapes and narrow ports, no code.
import type { Transfer } from '../../../../shared/api/operations.ts';
import type { Problem } from '../../../../shared/api/problem.ts';

export type ContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
export type ContainerHealth = 'none' | 'starting' | 'healthy' | 'unhealthy';

/** A container that some client of `docker mcp` has started: label docker-mcp=true (CONTRACT section 6). */
export interface ServerContainer {
  /** The whole id: 64 hexadecimal digits. */
  id: string;
  name: string;
  /** Label docker-mcp-name; empty if it has none. */
  serverName: string;
  /** As it was asked for. */
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
  /** The value of `gatewayMarkVariable` in its environment. */
  mark: string | null;
  command: string[];
  /** Names of the volumes that it has mounted. */
  volumes: string[];
}

export interface ContainerStats {
  /** As `docker stats` counts: 100 is one whole processor. */
  cpuPercent: number;
  /** Without the page cache. */
  memoryBytes: number;
  memoryLimitBytes: number | null;
  /** Since the container started; zero without a network. */
  networkReceivedBytes: number;
  networkSentBytes: number;
  processes: number | null;
  /** ISO 8601, by the engine's clock. */
  at: string;
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
  /** containerd keeps the images. */
  containerd: boolean;
  cgroup: 1 | 2 | null;
  containersRunning: number;
  /** The engine's clock when it answered, ISO 8601. */
  time: string | null;
}

/** Never rejects: what is wrong is part of the answer (DOCKER_003 down, DOCKER_004 permission, DOCKER_005 context). */
export type EnginePing = { ok: true; engine: EngineIdentity } | { ok: false; problem: Problem };

/** Whether the watch sees the engine now. */
export type WatchState = { kind: 'idle' | 'connecting' | 'connected' } | { kind: 'lost'; problem: Problem };

export interface ContainerWatch {
  /** Begins to follow the engine; more than once is once. */
  start(): void;
  close(): Promise<void>;
  state(): WatchState;
  /** Resolves when the list is there, or the engine turned out not to answer. Starts the watch. */
  settled(): Promise<void>;
  /** Empty while the engine is not there. */
  list(): ServerContainer[];
  /** Reads the list anew from the engine. Errors: those of the connection, unchanged. */
  refresh(): Promise<void>;
  /** By container id, what is there by now. Measuring goes on for ten seconds more. */
  stats(): Promise<Map<string, ContainerStats>>;
  /** Told after each change of the list or the state. Answers with what ends it. */
  onChange(listener: () => void): () => void;
  /** The last lines, at most `tail`, control characters taken out. Errors: CONTAINER_001, DOCKER_003. */
  logs(id: string, options?: { tail?: number }): Promise<string[]>;
  /** Ends it: the signal (SIGTERM), and SIGKILL after some seconds. A container that is gone is no error. */
  stop(id: string, signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends and removes it. A container that is gone is no error. */
  remove(id: string): Promise<void>;
}

/** A gateway of ours that runs now, as the gateway part tells of it. */
export interface OwnGateway {
  profile: string;
  /** Of the process that was started; its descendants count as well. */
  pid: number;
  /** From `newGatewayMark()`, where the catalog is rendered by us and hands it to each server; null elsewhere. */
  mark: string | null;
}

/** The variable that a catalog which we render gives to each of its servers: the proof that a container is ours. */
export const gatewayMarkVariable = 'QUAYSIDE_GATEWAY';

/** A container that is proven to be ours. */
export interface ContainerOwnership {
  containerId: string;
  profile: string;
  server: string;
  gatewayPid: number;
  /** In the kernel's own unit; empty where the system does not tell. */
  gatewayStarted: string;
}

/** What must outlive the daemon, so that the next one knows its orphans. */
export interface OwnershipRecords {
  all(): ContainerOwnership[];
  save(ownership: ContainerOwnership): void;
  remove(containerId: string): void;
}

export interface PullProgress {
  /** For a person: "Downloading 3 of 8 layers". */
  step: string;
  /** 0 to 1; null until the sizes are known. Never goes back. */
  progress: number | null;
  transfer: Transfer;
}

export interface LocalImage {
  /** sha256:… */
  id: string;
  tags: string[];
  /** name@sha256:… */
  digests: string[];
  os: string;
  architecture: string;
  /** null: it runs on this engine. Otherwise why it does not, as a sentence. */
  mismatch: string | null;
  sizeBytes: number;
  createdAt: string | null;
  labels: Record<string, string>;
}

export interface PullOptions {
  signal: AbortSignal;
  onProgress: (progress: PullProgress) => void;
}

export interface ImageControl {
  /** Undefined if it is not on this engine. Errors: DOCKER_003 to DOCKER_005. */
  find(reference: string): Promise<LocalImage | undefined>;
  /**
   * Finished layers stay when it fails or is cancelled, so pulling again goes on where it was. Errors: DOCKER_003 to
   * DOCKER_005, DOCKER_009 no such image, DOCKER_012 registry, INSTALL_004 disk full, INSTALL_007 cancelled.
   */
  pull(reference: string, options: PullOptions): Promise<LocalImage>;
  /**
   * The digest that the registry has for the reference now (sha256:…), without pulling anything: another one than that of
   * the image here is an update. Errors: as for `pull`.
   */
  remoteDigest(reference: string, options?: { signal?: AbortSignal }): Promise<string>;
  /** Keeps an image by a tag of ours, so that an update can be undone; answers the tag. Undefined if it is not there. */
  tagForRollback(reference: string): Promise<string | undefined>;
  /** Lets the reference name the kept image again. False if none is kept. */
  rollBack(reference: string): Promise<boolean>;
  dropRollback(reference: string): Promise<void>;
}

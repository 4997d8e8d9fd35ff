// The port that every engine implements, in our words. Features know this file and no driver.
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { EngineStatus } from '../../shared/api/daemon.ts';
import type { MCPServer, ServerConfiguration, ServerSource } from '../../shared/api/servers.ts';

/** An entry as an engine offers it; which servers came from it is known to the catalog feature. */
export type CatalogOffer = Omit<CatalogEntry, 'installed'>;

export interface InstallRequest {
  serverId: string;
  package: string;
  /** A version, range or tag. */
  version: string;
  /** Refuse any other package. */
  integrity: string | undefined;
  allowScripts: boolean;
}

export interface InstallProgress {
  /** What is being done now, for a person: "Downloading 14 of 93 packages". */
  step: string;
  /** 0 to 1; null if it cannot be told. Never goes back within one install. */
  progress: number | null;
}

export interface InstallContext {
  onProgress: (progress: InstallProgress) => void;
  signal: AbortSignal;
}

export interface Installed {
  source: ServerSource;
  /** From the package's own manifest, cut to a sane length. */
  title: string;
  description: string;
}

/** How a server is run. Values of environment and headers may be secret: they reach the child or the wire and nothing else. */
export type LaunchPlan =
  | {
      kind: 'stdio';
      command: string;
      args: string[];
      /** The whole environment of the child: nothing is inherited. */
      environment: Record<string, string>;
      workingDirectory: string;
      /** Values among them that are secret whatever they look like. */
      confidential?: readonly string[];
    }
  | { kind: 'http'; url: string; headers: Record<string, string>; confidential?: readonly string[] };

/** The part of a server that a launch needs. */
export interface ServerToRun {
  id: string;
  source: MCPServer['source'];
  configuration: ServerConfiguration;
}

export interface Engine {
  readonly kind: EngineStatus['kind'];

  /** Whether it can be used here and what it can do. Never throws: what is wrong is part of the answer. */
  probe(): Promise<EngineStatus>;

  /** What it offers to install. */
  catalog(): Promise<CatalogOffer[]>;

  /**
   * Brings a server's files into place: all of them or none. An abort or a failure leaves no trace.
   * Errors: INSTALL_001 to INSTALL_008.
   */
  install(request: InstallRequest, context: InstallContext): Promise<Installed>;

  /** Removes a server's files. Removing what is not there is no error. */
  remove(serverId: string): Promise<void>;

  /** Removes the files of servers that are not among the known ones: what interrupted installs have left. */
  tidy(known: ReadonlySet<string>): Promise<void>;

  /** How to run a server. Errors: SERVER_004 if its files are missing or its command does not exist. */
  plan(server: ServerToRun): Promise<LaunchPlan>;
}

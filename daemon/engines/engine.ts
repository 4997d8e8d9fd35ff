// The port that every engine implements, in our words. Features know this file and no driver.
import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { EngineStatus } from '../../shared/api/daemon.ts';
import type { OperationStep, Transfer } from '../../shared/api/operations.ts';
import type { SecretSlot, ServerConfiguration } from '../../shared/api/server-configuration.ts';
import type { MCPServer, ServerSource } from '../../shared/api/servers.ts';

/** An entry as an engine offers it; which servers came from it is known to the catalog feature. */
export type CatalogOffer = Omit<CatalogEntry, 'installed'>;

export interface PackageInstall {
  kind: 'package';
  serverId: string;
  package: string;
  /** A version, range or tag. */
  version: string;
  /** Refuse any other package. */
  integrity: string | undefined;
  allowScripts: boolean;
}

/** A server that Docker's profile gets: from a catalog's entry, or from an image that describes itself. */
export interface DockerInstall {
  kind: 'docker';
  serverId: string;
  profile: string;
  /** `before`: what an update has replaced is put back, its image too if that was kept. */
  from: { catalogRef: string; name: string } | { image: string } | { before: ServerInProfile };
  /** Docker's config of the server, checked against its schema before anything is done. */
  settings: Record<string, unknown>;
  /** True: the server is there and gets another definition; its settings and choice of tools are kept. False: it must not be there. */
  replace: boolean;
}

export type InstallRequest = PackageInstall | DockerInstall;

export interface InstallProgress {
  /** What is being done now, for a person: "Downloading 14 of 93 packages". */
  step: string;
  /** 0 to 1; null if it cannot be told. Never goes back within one install. */
  progress: number | null;
  /** The steps as they stand, of an install that has several. */
  steps?: OperationStep[];
  transfer?: Transfer | null;
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
  /** What Docker's profile says of it now; undefined for engines without profiles. */
  inProfile?: ServerInProfile;
  /** What it was before, of an install that has replaced it. */
  before?: ServerInProfile;
}

/** A server as Docker's profile has it: the truth, of which the daemon's row is a copy. */
export interface ServerInProfile {
  profile: string;
  name: string;
  title: string;
  description: string;
  source: ServerSource;
  catalogRef: string | null;
  /** Docker's definition of it (its "snapshot"), as JSON: tools, config schema, secrets, command, volumes. */
  definition: Record<string, unknown>;
  settings: Record<string, unknown>;
  /** null: all tools; empty: none. */
  tools: string[] | null;
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
  | { kind: 'http'; url: string; headers: Record<string, string>; confidential?: readonly string[] }
  | {
      /** Not a process of its own: its profile's gateway runs it. */
      kind: 'gateway';
      server: ServerInProfile;
      /** The secrets that it declares; each takes its value from `environment` by its variable. */
      secretSlots: readonly SecretSlot[];
      /** Secret values by variable; only those that are declared reach the gateway, by a pipe. */
      environment: Record<string, string>;
      confidential?: readonly string[];
    };

/** The part of a server that a launch needs. */
export interface ServerToRun {
  id: string;
  source: MCPServer['source'];
  configuration: ServerConfiguration;
  /** Of a server in a Docker profile. */
  inProfile?: ServerInProfile | undefined;
}

export interface Engine {
  readonly kind: EngineStatus['kind'];

  /** Whether it can be used here and what it can do. Never throws: what is wrong is part of the answer. */
  probe(): Promise<EngineStatus>;

  /** What it offers to install. */
  catalog(): Promise<CatalogOffer[]>;

  /**
   * Brings a server's files into place: all of them or none. An abort or a failure leaves no trace.
   * Errors: INSTALL_001 to INSTALL_008; of Docker also its own (DOCKER_…), PROFILE_001 and SERVER_010.
   */
  install(request: InstallRequest, context: InstallContext): Promise<Installed>;

  /** Removes a server's files, or takes it out of its profile. Removing what is not there is no error. */
  remove(server: { id: string; inProfile?: Pick<ServerInProfile, 'profile' | 'name'> | undefined }): Promise<void>;

  /** Removes the files of servers that are not among the known ones: what interrupted installs have left. */
  tidy(known: ReadonlySet<string>): Promise<void>;

  /** How to run a server. Errors: SERVER_004 if its files are missing or its command does not exist. */
  plan(server: ServerToRun): Promise<LaunchPlan>;
}

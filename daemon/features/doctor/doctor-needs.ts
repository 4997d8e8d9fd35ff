// All that the doctor is told of the rest of the daemon.
import type { Catalog } from '../../../shared/api/catalogs.ts';
import type { Sweep } from '../../../shared/api/containers.ts';
import type { DaemonStatus } from '../../../shared/api/daemon.ts';
import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { Gateway } from '../../../shared/api/gateways.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import type { Problem } from '../../../shared/api/problem.ts';
import type { SecretSlot, ServerConfiguration } from '../../../shared/api/server-configuration.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';

export interface DoctorServer {
  server: MCPServer;
  configuration: Pick<
    ServerConfiguration,
    'settings' | 'secretReferences' | 'disabledTools' | 'arguments' | 'environment'
  >;
  settingsSchema: JSONSchema | null;
  secretSlots: readonly SecretSlot[];
  /** Docker's snapshot of it; null for servers of other engines. */
  definition: Record<string, unknown> | null;
}

export interface DoctorNeeds {
  /** What the daemon itself was started with. */
  environment: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
  status(): Promise<DaemonStatus>;
  docker: {
    status(): Promise<DockerStatus>;
    look(): Promise<DockerStatus>;
    /** ISO 8601, by the engine's own clock; null if it does not tell. */
    engineTime?(): Promise<string | null>;
    surroundings(): Promise<{ insideContainer: boolean; wsl: boolean }>;
    /** `docker mcp feature enable profiles` */
    enableProfiles(): Promise<void>;
  };
  images: {
    /** Undefined if the image is not on the engine; `mismatch`: why it does not run there. */
    find(reference: string): Promise<{ mismatch: string | null } | undefined>;
    /** Begins to pull it, as an operation. Without it the person is told the command. */
    pull?(reference: string): Promise<{ operationId: string }>;
  };
  sweep(dryRun: boolean): Promise<Sweep>;
  catalogs(): Promise<Pick<Catalog, 'ref' | 'title' | 'engine' | 'entries' | 'problem' | 'cached'>[]>;
  gateways: {
    list(): Gateway[];
    output(profile: string): string[];
    restart(profile: string): Promise<void>;
  };
  servers(): DoctorServer[];
  secretHasValue(secretId: string): boolean;
  /** What the vault has to say of itself. */
  vaultWarnings(): Problem[];
  /** Files of gateways that are gone. */
  leftovers: { find(): Promise<string[]>; remove(): Promise<void> };
  operations(): Operation[];
  /** The last lines of the daemon's log. */
  daemonLog(): Promise<string>;
  /** Takes every value that the vault holds out of a text. */
  redact(text: string): string;
  onFailure(error: unknown, what: string): void;
}

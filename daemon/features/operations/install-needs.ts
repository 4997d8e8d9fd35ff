// The other features and the engines, as far as an install needs them.
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { SecretReference } from '../../../shared/api/secrets.ts';
import type { SecretSlot, ServerConfigurationChange } from '../../../shared/api/server-configuration.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import type { ServerInProfile } from '../../engines/engine.ts';

export interface InstallNeeds {
  catalogEntry(id: string): Promise<CatalogEntry>;
  /** Errors: REQUEST_001 with the fields that are wrong. */
  applyInputs(entry: CatalogEntry, inputs: Record<string, unknown>): Promise<ServerConfigurationChange>;
  serverExists(id: string): boolean;
  addServer(server: {
    id: string;
    title: string;
    description: string;
    source: MCPServer['source'];
    catalogEntry: string | null;
    configuration: ServerConfigurationChange;
    inProfile?: ServerInProfile | undefined;
  }): MCPServer;
  /** Answers the server as it runs. */
  startServer(id: string): Promise<MCPServer>;
  stopServer(id: string): Promise<unknown>;
  removeServer(id: string): Promise<void>;
  /** Undefined: there is no Docker here. */
  docker?: DockerNeeds | undefined;
}

export interface DockerNeeds {
  /** The profile that is meant; without a word the only one there is, and a first one is made. Errors: PROFILE_001, PROFILE_005. */
  chooseProfile(wanted: string | undefined): Promise<string>;
  /** Errors: SERVER_010 with the fields that are wrong. */
  checkSettings(title: string, schema: JSONSchema | null, settings: Record<string, unknown>): void;
  /** Errors: REQUEST_001; if `complete` also SERVER_011 for what is required and has no reference. */
  checkSecrets(
    title: string,
    slots: readonly SecretSlot[],
    references: readonly SecretReference[],
    complete: boolean,
  ): void;
  /** Where Docker has an entry, by the entry's id. */
  place(entryId: string): { catalogRef: string; name: string } | undefined;
  find(profile: string, name: string): { id: string } | undefined;
  freeId(profile: string, name: string): string;
  /** While it is being installed nobody else makes a row of it. `name` null: of any new server of the profile. */
  expect(profile: string, name: string | null): () => void;
  /** Errors: SERVER_001; ENGINE_001 for a server of another engine. */
  of(id: string): {
    inProfile: ServerInProfile;
    previous: ServerInProfile | null;
    row: { title: string; catalogEntry: string | null };
    references: readonly SecretReference[];
    isRunning: boolean;
  };
  replace(id: string, inProfile: ServerInProfile, previous: ServerInProfile | null): MCPServer;
}

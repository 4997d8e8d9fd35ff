// What both generations of docker mcp do with profiles and servers, each in its own words.
import type { ProfileOfDocker } from '../docker-engine.ts';
import type { ServerInProfile } from '../engine.ts';
import type { ServerReference } from './cli/docker-cli.ts';

export type Place = Pick<ServerInProfile, 'profile' | 'name'>;

export interface ServerChange {
  settings?: Record<string, unknown> | undefined;
  tools?: string[] | null | undefined;
}

/** Each function reads what is there, changes it and reads it again; the caller sees to it that one runs at a time. */
export interface ProfileDialect {
  list(): Promise<ProfileOfDocker[]>;
  /** Undefined: it is not there. Errors: PROFILE_001. */
  find(place: Place): Promise<ServerInProfile | undefined>;
  /** Errors: DOCKER_009, DOCKER_015. The settings have been checked. */
  configure(place: Place, change: ServerChange): Promise<ServerInProfile>;
  /**
   * Adds a server, or gives the one that is there the definition of now and leaves its settings and tools as they are; if that
   * fails it is as it was. Answers its name.
   */
  add(profile: string, reference: ServerReference, name: string | undefined): Promise<string>;
  /** Removing what is not there is no error. */
  take(place: Place): Promise<void>;
  /** Gives the server back the definition, catalog and image that it had; its settings and tools stay as they are. */
  putBack(server: ServerInProfile): Promise<ServerInProfile>;
}

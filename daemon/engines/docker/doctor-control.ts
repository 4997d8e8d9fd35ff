// What the doctor asks of Docker beyond its status, and what it can mend there.

import type { ImageControl } from './api/container-control.ts';
import type { EngineApi } from './api/engine-api.ts';
import type { DockerCli } from './cli/docker-cli.ts';
import { findLeftOverFiles, removeLeftOverFiles } from './left-over-files.ts';
import type { DockerProbe } from './probe.ts';
import type { Surroundings } from './probe-files.ts';

export interface DoctorControl {
  /** ISO 8601, by the engine's own clock; null if it does not tell. Never rejects. */
  engineTime(): Promise<string | null>;
  surroundings(): Promise<Surroundings>;
  /** `docker mcp feature enable profiles`; looks at Docker again afterwards. Errors: those of docker mcp. */
  enableProfiles(): Promise<void>;
  images: {
    /** Undefined if it is not on the engine. Errors: DOCKER_003 to DOCKER_005. */
    find(reference: string): Promise<{ mismatch: string | null } | undefined>;
  };
  /** Catalogs of gateways that are gone, by their paths. */
  leftovers: { find(): Promise<string[]>; remove(): Promise<void> };
}

export interface DoctorControlParts {
  probe: Pick<DockerProbe, 'look' | 'surroundings'>;
  api: Pick<EngineApi, 'ping'>;
  images: Pick<ImageControl, 'find'>;
  cli(): Promise<Pick<DockerCli, 'features'>>;
  catalogsFolder: string;
  platform?: NodeJS.Platform;
}

export function createDoctorControl({ probe, api, images, cli, ...place }: DoctorControlParts): DoctorControl {
  return {
    surroundings: probe.surroundings,
    async engineTime() {
      const ping = await api.ping();
      return ping.ok ? ping.engine.time : null;
    },
    async enableProfiles() {
      const { features } = await cli();
      await features.enable('profiles');
      await probe.look();
    },
    images: { find: reference => images.find(reference) },
    leftovers: { find: () => findLeftOverFiles(place), remove: () => removeLeftOverFiles(place) },
  };
}

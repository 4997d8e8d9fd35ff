// What the doctor asks of Docker beyond its status, and what it can mend there.

import type { DoctorControl } from '../docker-engine.ts';
import type { ImageControl } from './api/container-control.ts';
import type { EngineApi } from './api/engine-api.ts';
import type { DockerCli } from './cli/docker-cli.ts';
import { findLeftOverFiles, removeLeftOverFiles } from './left-over-files.ts';
import type { DockerProbe } from './probe.ts';

export interface DoctorControlParts {
  probe: Pick<DockerProbe, 'look' | 'surroundings'>;
  api: Pick<EngineApi, 'ping'>;
  images: Pick<ImageControl, 'find' | 'pull'>;
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
    findImage: reference => images.find(reference),
    pullImage: async (reference, context) => void (await images.pull(reference, context)),
    leftovers: { find: () => findLeftOverFiles(place), remove: () => removeLeftOverFiles(place) },
  };
}

import type { DockerStatus } from '../../../shared/api/docker.ts';

/** What is known of the engine while none answers. */
export const noEngine: DockerStatus['engine'] = {
  reachable: false,
  version: null,
  platform: null,
  os: null,
  architecture: null,
  context: null,
  host: null,
  hostFrom: null,
};

// All that is done over the Engine API, made in one place: the driver takes this and wires nothing of it itself.
import { type Clock, systemClock } from '../../../platform/clock.ts';
import type { ContainerControl } from '../../docker-engine.ts';
import type { ContainerWatch, ImageControl, OwnershipRecords, OwnGateway } from './container-control.ts';
import { createContainerService } from './container-service.ts';
import { createContainerWatch } from './containers.ts';
import { createEngineApi, type EngineApi, type EngineApiOptions } from './engine-api.ts';
import { createImageControl } from './images.ts';
import { endContainersOf } from './orphans.ts';
import { createOwnership } from './ownership.ts';
import { type AskCredentialHelper, findRegistryLogin } from './registry-login.ts';

export interface DockerApiOptions extends EngineApiOptions {
  records: OwnershipRecords;
  /** The gateways of ours that run now. */
  gateways: () => readonly OwnGateway[];
  onFailure: (error: unknown) => void;
  /** Without it only logins that stand in the config itself are found. */
  askCredentialHelper?: AskCredentialHelper;
  clock?: Clock;
}

export interface DockerApi {
  readonly engine: EngineApi;
  readonly images: ImageControl;
  readonly watch: ContainerWatch;
  readonly containers: ContainerControl;
  /**
   * Begins to follow the engine's containers: when a gateway is started, so that its containers are proven to be ours while
   * it lives. Whoever lists containers does the same. More than once is once.
   */
  follow(): void;
  /** Ends the containers that a gateway has left, once its process is gone. Answers how many; never rejects. */
  endContainersOf(gatewayPid: number): Promise<number>;
  close(): Promise<void>;
}

/** Nothing is loaded and nothing is asked of the engine until somebody asks for something. */
export function createDockerApi(options: DockerApiOptions): DockerApi {
  const { records, gateways, onFailure, home, environment, askCredentialHelper, clock = systemClock } = options;
  const engine = createEngineApi(options);
  const watch = createContainerWatch({ api: engine, clock });
  const ownership = createOwnership({ api: engine, watch, records, gateways, home, onFailure });
  const login = (registry: string) => findRegistryLogin(registry, { environment, home }, askCredentialHelper);
  ownership.start();
  return {
    engine,
    watch,
    images: createImageControl({ api: engine, clock, login }),
    containers: createContainerService({ watch, ownership, api: engine }),
    follow: () => watch.start(),
    async endContainersOf(gatewayPid) {
      try {
        return await endContainersOf({ ownership, watch }, gatewayPid);
      } catch (error) {
        onFailure(error);
        return 0;
      }
    },
    async close() {
      await ownership.close();
      await watch.close();
    },
  };
}

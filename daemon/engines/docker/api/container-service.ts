// What the features ask of containers and disk, made of the watch, the ownership and the disk control.
import type { Container } from '../../../../shared/api/containers.ts';
import { ProblemError, problem } from '../../../../shared/api/problem.ts';
import type { ContainerControl } from '../../docker-engine.ts';
import type { ContainerStats, ContainerWatch } from './container-control.ts';
import { noSuchContainer } from './container-logs.ts';
import { createDiskControl } from './disk.ts';
import type { EngineApi } from './engine-api.ts';
import { sweepOrphans } from './orphans.ts';
import type { OwnedContainer, Ownership } from './ownership.ts';

export interface ContainerServiceParts {
  watch: ContainerWatch;
  ownership: Ownership;
  api: EngineApi;
}

const mostVolumes = 10_000;

export function createContainerService({ watch, ownership, api }: ContainerServiceParts): ContainerControl {
  const seenVolumes = new Set<string>();
  watch.onChange(() => {
    for (const { volumes } of watch.list())
      for (const name of volumes) if (seenVolumes.size < mostVolumes) seenVolumes.add(name);
  });
  const disk = createDiskControl(api, () => seenVolumes);

  /** Errors: those of an engine that is not there. */
  const all = async (): Promise<OwnedContainer[]> => {
    await watch.settled();
    const state = watch.state();
    if (state.kind === 'lost') throw new ProblemError(state.problem);
    return await ownership.all();
  };

  /** By its id or the start of it. */
  const findOwn = async (id: string): Promise<OwnedContainer> => {
    const found = (await all()).filter(({ container }) => container.id.startsWith(id));
    const [owned] = found;
    if (!owned || found.length > 1) throw noSuchContainer(id);
    if (owned.owner !== 'other') return owned;
    throw problem('CONTAINER_002', {
      detail: `The container ${id.slice(0, 12)} is not proven to be started by a gateway of Quayside.`,
      next: 'Use the client that has started it, or the docker command line.',
    });
  };

  return {
    async list() {
      const owned = await all();
      const stats = await watch.stats();
      return owned.map(each => toContainer(each, stats.get(each.container.id)));
    },
    async stop(id) {
      const { container } = await findOwn(id);
      await watch.stop(container.id);
    },
    async logs(id, tail) {
      const { container } = await findOwn(id);
      return await watch.logs(container.id, { tail });
    },
    async sweep(dryRun) {
      await all();
      return await sweepOrphans({ ownership, watch }, dryRun);
    },
    disk: needed => disk.use(needed),
    clean: (what, needed) => disk.clean(what, needed),
    onChange: listener => watch.onChange(listener),
  };
}

function toContainer(
  { container, owner, profile }: OwnedContainer,
  stats: ContainerStats | undefined,
): Omit<Container, 'serverId'> {
  const { id, name, serverName, image, state, startedAt } = container;
  return { id, name, server: serverName, profile, image, state, owner, startedAt, stats: stats ?? null };
}

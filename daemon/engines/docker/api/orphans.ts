// Ends containers that gateways of ours have left behind. Nothing else is ever touched: what is not proven to be ours stays.
import type { Sweep } from '../../../../shared/api/containers.ts';
import { isProblemError } from '../../../../shared/api/problem.ts';
import type { ContainerWatch } from './container-control.ts';
import type { OwnedContainer, Ownership } from './ownership.ts';

interface SweepParts {
  ownership: Ownership;
  watch: ContainerWatch;
}

/** A dry run says what would go. Errors: none; a container that cannot be ended is told among those that are left. */
export async function sweepOrphans({ ownership, watch }: SweepParts, dryRun: boolean): Promise<Sweep> {
  const sweep: Sweep = { removed: [], left: [], dryRun };
  await Promise.all(
    (await ownership.all()).map(async owned => {
      const { id, serverName: server, image } = owned.container;
      if (owned.owner !== 'orphan') {
        sweep.left.push({ id, server, reason: owned.reason });
        return;
      }
      try {
        if (!dryRun) await end(watch, owned);
        sweep.removed.push({ id, server, image });
      } catch (error) {
        const why = isProblemError(error) ? error.problem.detail : 'The engine did not end it.';
        sweep.left.push({ id, server, reason: `It could not be removed. ${why}` });
      }
    }),
  );
  return sweep;
}

/** Most are gone with the first step, because they are started with --rm. */
async function end(watch: ContainerWatch, { container }: OwnedContainer): Promise<void> {
  await watch.stop(container.id);
  await watch.remove(container.id);
}

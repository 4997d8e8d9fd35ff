import { computed, effect, untracked } from '@preact/signals';
import type { Permission } from '../../shared/api/route.ts';
import type { Live } from './live.ts';
import { createLoad, type Load } from './load.ts';
import { whyNot } from './why-not.ts';

/** True once it is known who looks. It may stay unknown, where the daemon does not say. */
export const isKnown = ({ session }: Pick<Live, 'session'>): boolean =>
  session.value.value !== undefined || session.problem.value !== undefined;

/**
 * Reads by itself as soon as it is known that the person may, and never otherwise: a refusal is recorded as one, and
 * nobody has asked for anything here.
 */
export function createPermittedLoad<T>(
  live: Pick<Live, 'session'>,
  needs: Permission,
  read: (abort: AbortSignal) => Promise<T>,
): Load<T> {
  const load = createLoad(read);
  const may = computed(() => isKnown(live) && whyNot(live.session.value.value, needs) === undefined);
  const stop = effect(() => {
    if (may.value) untracked(() => void load.reload());
  });
  return {
    ...load,
    reload: async () => {
      if (may.peek()) await load.reload();
    },
    close() {
      stop();
      load.close();
    },
  };
}

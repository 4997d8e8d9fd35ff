// Operations that one view has started or found running, as they are now.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Operation } from '../../shared/api/operations.ts';
import { hasEnded } from '../../shared/api/operations.ts';
import type { Live } from './live.ts';

export interface Followed {
  readonly operation: ReadonlySignal<Operation | undefined>;
  readonly running: ReadonlySignal<boolean>;
  follow(operation: Operation): void;
  forget(): void;
}

/** @param adopt Which running operations of other windows belong here. */
export function createFollowed(
  { operations }: Pick<Live, 'operations'>,
  adopt: (operation: Operation) => boolean,
): Followed {
  const last = signal<Operation | undefined>(undefined);
  const operation = computed(() => {
    const known = operations.value.value ?? [];
    const mine = last.value;
    if (mine) return known.find(({ id }) => id === mine.id) ?? mine;
    return known.find(each => !hasEnded(each) && adopt(each));
  });
  return {
    operation,
    running: computed(() => operation.value !== undefined && !hasEnded(operation.value)),
    follow(next) {
      last.value = next;
    },
    forget() {
      last.value = undefined;
    },
  };
}

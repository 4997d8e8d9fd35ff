// Following one installation from the click to its end.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { hasEnded, type NewOperation, type Operation } from '../../shared/api/operations.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct } from '../kit/load.ts';

export interface InstallState {
  readonly act: Act;
  /** The operation that this form started, as it is now. */
  readonly operation: ReadonlySignal<Operation | undefined>;
  readonly running: ReadonlySignal<boolean>;
  /** What was asked for last, for a second try. */
  readonly asked: ReadonlySignal<InstallRequest | undefined>;
  install(request: InstallRequest): Promise<void>;
  cancel(): Promise<void>;
  /** Lets go of the last try, as when the form is sent again and is wrong by itself. */
  forget(): void;
  close(): void;
}

type Install = Extract<NewOperation, { kind: 'install' }>;
export type InstallRequest = Partial<Omit<Install, 'kind'>> & Pick<Install, 'from'>;

/** @param adopt Which of the running operations was started for this form by another window or before a reload. */
export function createInstallState(
  { api, live }: Pick<App, 'api' | 'live'>,
  adopt: (operation: Operation) => boolean,
): InstallState {
  const act = createAct();
  const last = signal<Operation | undefined>(undefined);
  const asked = signal<InstallRequest | undefined>(undefined);
  const operation = computed(() => {
    const known = live.operations.value.value ?? [];
    const mine = last.value;
    if (mine) return known.find(({ id }) => id === mine.id) ?? mine;
    return known.find(candidate => !hasEnded(candidate) && adopt(candidate));
  });
  return {
    act,
    operation,
    asked,
    running: computed(
      () => act.running.value === 'install' || (operation.value !== undefined && !hasEnded(operation.value)),
    ),
    async install(request) {
      asked.value = request;
      await act.run('install', async () => {
        last.value = undefined;
        last.value = await api.createOperation({ body: { kind: 'install', ...request } });
      });
    },
    async cancel() {
      const { value } = operation;
      if (!value) return;
      await act.run('cancel', async () => {
        last.value = await api.cancelOperation({ params: { id: value.id } });
      });
    },
    forget() {
      last.value = undefined;
      asked.value = undefined;
      act.dismiss();
    },
    close() {},
  };
}

/** A name that no server has yet: `memory`, `memory-2`, … */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wanted)) return wanted;
  for (let number = 2; ; number++) {
    const candidate = `${wanted.slice(0, 60)}-${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

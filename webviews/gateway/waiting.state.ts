// How much waits for a person: calls to be allowed, and changed tools to be looked at.
import { computed, type ReadonlySignal } from '@preact/signals';
import type { App } from '../kit/app.ts';
import { readAllPages } from '../kit/pages.ts';
import { createPermittedLoad } from '../kit/permitted-load.ts';

export interface Waiting {
  readonly approvals: ReadonlySignal<number>;
  readonly changes: ReadonlySignal<number>;
  close(): void;
}

/** Both are 0 for those who may not see what waits, and as long as it is not known. */
export function createWaiting({ api, live }: Pick<App, 'api' | 'live'>): Waiting {
  const calls = createPermittedLoad(
    live,
    'approvals:read',
    async abort => (await api.listApprovals({ query: { state: 'waiting', limit: 1 } }, { signal: abort })).total,
  );
  const locks = createPermittedLoad(live, 'approvals:read', async abort => {
    const found = await readAllPages(query => api.listLocks({ query }, { signal: abort }));
    return found.reduce((sum, { waiting }) => sum + waiting, 0);
  });
  const stop = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'approval.changed') void calls.reload();
    if (type === 'reset' || type === 'lock.changed' || type === 'server.removed') void locks.reload();
  });
  return {
    approvals: computed(() => calls.value.value ?? 0),
    changes: computed(() => locks.value.value ?? 0),
    close() {
      stop();
      calls.close();
      locks.close();
    },
  };
}

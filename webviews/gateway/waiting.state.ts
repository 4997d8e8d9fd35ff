// How much waits for a person: calls to be allowed, and changed tools to be looked at.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { App } from '../kit/app.ts';
import { createLoad } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { whyNot } from '../kit/why-not.ts';

export interface Waiting {
  readonly approvals: ReadonlySignal<number>;
  readonly changes: ReadonlySignal<number>;
  close(): void;
}

/** Both are 0 for those who may not see what waits, and as long as it is not known. */
export function createWaiting({ api, live }: Pick<App, 'api' | 'live'>): Waiting {
  const [approvals, changes] = [signal(0), signal(0)];
  const maySee = () => whyNot(live.session.value.value, 'approvals:read') === undefined;
  const calls = createLoad(async abort => {
    const query = { state: 'waiting', limit: 1 } as const;
    approvals.value = maySee() ? (await api.listApprovals({ query }, { signal: abort })).total : 0;
  });
  const locks = createLoad(async abort => {
    const found = maySee() ? await readAllPages(query => api.listLocks({ query }, { signal: abort })) : [];
    changes.value = found.reduce((sum, { waiting }) => sum + waiting, 0);
  });
  void calls.reload();
  void locks.reload();
  const stop = live.onEvent(({ type }) => {
    const all = type === 'reset' || type === 'access.changed';
    if (all || type === 'approval.changed') void calls.reload();
    if (all || type === 'lock.changed' || type === 'server.removed') void locks.reload();
  });
  return {
    approvals,
    changes,
    close() {
      stop();
      calls.close();
      locks.close();
    },
  };
}

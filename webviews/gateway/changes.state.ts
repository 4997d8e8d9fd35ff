// What servers have changed since a person approved it, and deciding about it.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { LockedTool, LockMode, ServerLock, ServerLockDetail } from '../../shared/api/locks.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface ChangesState {
  /** Those that ask for a decision first. */
  readonly locks: Load<ServerLock[]>;
  readonly opened: ReadonlySignal<string | undefined>;
  /** Of the server that is opened. */
  readonly detail: Load<ServerLockDetail>;
  readonly deciding: Act;
  open(serverId: string | undefined): void;
  approve(tools?: readonly LockedTool[]): Promise<void>;
  reject(tools?: readonly LockedTool[]): Promise<void>;
  setMode(mode: LockMode): Promise<void>;
  /** The whole lock file, as text. */
  lockFile(): Promise<string | undefined>;
  close(): void;
}

export function createChangesState({ api, live }: Pick<App, 'api' | 'live'>): ChangesState {
  const opened = signal<string | undefined>(undefined);
  const id = computed(() => opened.value ?? '');
  const locks = createLoad(async abort =>
    (await readAllPages(query => api.listLocks({ query }, { signal: abort }))).toSorted(
      (a, b) => b.waiting - a.waiting || b.quarantined - a.quarantined || (a.serverId < b.serverId ? -1 : 1),
    ),
  );
  const detail = createLoad(abort => api.getLock({ params: { id: id.value } }, { signal: abort }));
  const deciding = createAct();
  void locks.reload();
  const stop = live.onEvent(event => {
    const isLock = event.type === 'lock.changed' || event.type === 'server.removed';
    if (event.type === 'reset' || isLock) void locks.reload();
    if (opened.value !== undefined && isLock && event.serverId === opened.value) void detail.reload();
  });
  const decide = async (what: 'approve' | 'reject', tools?: readonly LockedTool[]): Promise<void> => {
    const shown = detail.value.value;
    if (!shown) return;
    const body = tools
      ? { tools: tools.map(({ name, digest }) => ({ name, digest })) }
      : shown.digest
        ? { digest: shown.digest }
        : undefined;
    if (!body) return;
    const name = tools?.length === 1 ? `${what} ${tools[0]?.name}` : what;
    const changed = await deciding.run(name, () => {
      const params = { id: shown.serverId };
      return what === 'approve' ? api.approveLock({ params, body }) : api.rejectLock({ params, body });
    });
    // Somebody else may have decided, or the server may have changed again: what is shown must be what is.
    if (changed) detail.set(changed);
    else void detail.reload();
    if (changed) announce(what === 'approve' ? 'Approved.' : 'Rejected: it stays in quarantine.');
    void locks.reload();
  };
  return {
    locks,
    opened,
    detail,
    deciding,
    open(serverId) {
      deciding.dismiss();
      opened.value = serverId;
      if (serverId !== undefined) void detail.reload();
    },
    approve: tools => decide('approve', tools),
    reject: tools => decide('reject', tools),
    async setMode(mode) {
      const changed = await deciding.run('mode', () => api.updateLock({ params: { id: id.value }, body: { mode } }));
      if (changed) detail.set(changed);
    },
    lockFile: async () => {
      const file = await deciding.run('file', () => api.getLockFile());
      return file && `${JSON.stringify(file, null, 2)}\n`;
    },
    close() {
      stop();
      locks.close();
      detail.close();
    },
  };
}

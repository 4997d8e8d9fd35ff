import { describePrincipal, type Handlers } from '../../http/context.ts';
import { pageOfList } from '../../storage/page.ts';
import { compareWithFile, makeLockFile, parseLockFile } from './lock-file.ts';
import type { LockService } from './locks.service.ts';

type LockOperations =
  | 'listLocks'
  | 'getLock'
  | 'approveLock'
  | 'rejectLock'
  | 'updateLock'
  | 'getLockFile'
  | 'verifyLockFile';

export const lockHandlers = (locks: LockService): Pick<Handlers, LockOperations> => ({
  listLocks({ query }, { maySee }) {
    const found = locks.list().filter(lock => maySee(lock.serverId) && (!query.state || lock.state === query.state));
    return pageOfList(found, query, lock => {
      if (query.sort_by === 'changed_at') return lock.changedAt ?? '';
      return query.sort_by === 'state' ? `${lock.state} ${lock.serverId}` : lock.serverId;
    });
  },
  getLock: ({ params }) => locks.get(params.id),
  approveLock: ({ params, body }, { principal, requestId }) =>
    locks.approve(params.id, body, describePrincipal(principal), requestId),
  rejectLock: ({ params, body }, { principal, requestId }) =>
    locks.reject(params.id, body, describePrincipal(principal), requestId),
  updateLock: ({ params, body }, { principal, requestId }) =>
    locks.setMode(params.id, body.mode, describePrincipal(principal), requestId),
  getLockFile: () => makeLockFile(locks.locks()),
  verifyLockFile({ body }) {
    const file = parseLockFile(body.file);
    const servers = locks.list().map(({ serverId }) => serverId);
    const differences = compareWithFile(file, locks.locks(), servers);
    const tools = Object.values(file.servers).reduce((sum, server) => sum + Object.keys(server.tools).length, 0);
    return { ok: differences.length === 0, servers: Object.keys(file.servers).length, tools, differences };
  },
});

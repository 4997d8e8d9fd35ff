// Puts the slice together: the guard for tools and gateway, and the handlers.
import type { Database } from 'better-sqlite3';
import { createLockRepository } from './locks.repository.ts';
import { lockHandlers } from './locks.routes.ts';
import { createLockService, type LockGuard, type LockServiceOptions } from './locks.service.ts';

export type LocksOptions = Omit<LockServiceOptions, 'repository'> & { database: Database };

export interface Locks extends LockGuard {
  handlers: ReturnType<typeof lockHandlers>;
}

export function createLocks({ database, ...options }: LocksOptions): Locks {
  const service = createLockService({ ...options, repository: createLockRepository(database) });
  const { isQuarantined, seen, annotations, instructions } = service;
  return { isQuarantined, seen, annotations, instructions, handlers: lockHandlers(service) };
}

// Wires the definition lock and the approvals to one another: the lock says what tools are, the rules what may be done with them.
import type { Database } from 'better-sqlite3';
import type { DaemonEvent } from '../shared/api/events.ts';
import { type Approvals, createApprovals } from './features/approvals/create-approvals.ts';
import type { After } from './features/approvals/waiting-calls.ts';
import { createLocks, type Locks } from './features/locks/create-locks.ts';
import type { AuditSink } from './http/bind-routes.ts';
import type { Clock } from './platform/clock.ts';

export interface GuardsOptions {
  database: Database;
  clock: Clock;
  audit: AuditSink;
  publish(event: DaemonEvent): void;
  servers: { all(): { id: string; title: string }[] };
  /** Who added a server, as an audit row names them; null: nobody knows. */
  addedBy(serverId: string): string | null;
  hideValues(text: string): string;
  /** What is in quarantine is another set than before. */
  onChanged(serverId: string): void;
  /** Timers of calls that wait; the system's by default. */
  after?: After;
}

export interface Guards
  extends Pick<Locks, 'isQuarantined' | 'seen' | 'instructions'>,
    Pick<Approvals, 'admit' | 'finished' | 'left' | 'close'> {
  handlers: Locks['handlers'] & Approvals['handlers'];
}

export function composeGuards(options: GuardsOptions): Guards {
  const { servers, onChanged } = options;
  const locks = createLocks({
    ...options,
    onChanged(serverId) {
      approvals.toolsChanged(serverId);
      onChanged(serverId);
    },
  });
  const approvals = createApprovals({
    ...options,
    isQuarantined: locks.isQuarantined,
    annotations: locks.annotations,
    serverExists: id => servers.all().some(server => server.id === id),
  });
  return {
    ...{ isQuarantined: locks.isQuarantined, seen: locks.seen, instructions: locks.instructions },
    ...{ admit: approvals.admit, finished: approvals.finished, left: approvals.left, close: approvals.close },
    handlers: { ...locks.handlers, ...approvals.handlers },
  };
}

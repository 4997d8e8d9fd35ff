// Wires the definition lock and the approvals to one another: the lock says what tools are, the rules what may be done with them.
import type { Database } from 'better-sqlite3';
import type { DaemonEvent } from '../shared/api/events.ts';
import { type Approvals, createApprovals } from './features/approvals/create-approvals.ts';
import type { After } from './features/approvals/waiting-calls.ts';
import type { AuditRepository } from './features/audit/audit.repository.ts';
import { createLocks, type Locks } from './features/locks/create-locks.ts';
import type { SeenFacts } from './features/locks/locks.service.ts';
import type { AuditSink } from './http/bind-routes.ts';
import type { Clock } from './platform/clock.ts';
import type { WireTool } from './supervision/session.ts';

export interface GuardsOptions {
  database: Database;
  clock: Clock;
  audit: AuditSink & Pick<AuditRepository, 'list'>;
  publish(event: DaemonEvent): void;
  servers: { all(): { id: string; title: string }[] };
  /** Where a server comes from and what it says of itself now; undefined: it is gone. */
  facts(serverId: string): SeenFacts | undefined;
  hideValues(text: string): string;
  /** The engine does not list the tool because it is switched off. */
  isHidden?(serverId: string, tool: string): boolean;
  /** What is in quarantine is another set than before. */
  onChanged(serverId: string): void;
  /** Timers of calls that wait; the system's by default. */
  after?: After;
}

export interface Guards
  extends Pick<Locks, 'isQuarantined' | 'instructions'>,
    Pick<Approvals, 'admit' | 'rounds' | 'finished' | 'read' | 'left' | 'close'> {
  handlers: Locks['handlers'] & Approvals['handlers'];
  /** The whole list of a server, before any of it is offered. */
  seen(serverId: string, tools: readonly WireTool[]): void;
}

export function composeGuards(options: GuardsOptions): Guards {
  const { servers, audit, facts, onChanged } = options;
  const locks = createLocks({
    ...options,
    addedBy: serverId => findAdder(audit, serverId),
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
    ...{ isQuarantined: locks.isQuarantined, instructions: locks.instructions },
    seen(serverId, tools) {
      const known = facts(serverId);
      if (known) locks.seen(serverId, tools, known);
    },
    ...{ admit: approvals.admit, rounds: approvals.rounds, finished: approvals.finished, read: approvals.read },
    ...{ left: approvals.left, close: approvals.close },
    handlers: { ...locks.handlers, ...approvals.handlers },
  };
}

/** Which acts add a server, and how its name stands on their record. */
const addingActs: Record<string, string> = { createServer: 'id=', createOperation: 'serverId=' };

/** Who added a server, as the audit log names them; null: it came by another way, for example with a Docker profile. */
function findAdder(audit: Pick<AuditRepository, 'list'>, serverId: string): string | null {
  const { items } = audit.list({ q: serverId, sort_by: 'id', sort_order: 'desc', page: 1, limit: 100 });
  const adding = items.find(({ action, outcome, resource }) => {
    const prefix = addingActs[action];
    return outcome === 'allowed' && prefix !== undefined && resource?.split(' ').includes(`${prefix}${serverId}`);
  });
  return adding?.principal ?? null;
}

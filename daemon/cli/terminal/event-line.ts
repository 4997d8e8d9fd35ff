import type { DaemonEvent } from '../../../shared/api/events.ts';
import { hasEnded } from '../../../shared/api/operations.ts';
import { describeServerState } from '../../../shared/domain/server-state.ts';
import { count } from './describe.ts';

/**
 * Makes a reader of events that gives a short line for what a person wants to know, and nothing for the rest:
 * changes that do not change what was said last, and the servers' own output.
 */
export function createEventLine(): (event: DaemonEvent) => string | undefined {
  const said = new Map<string, string>();
  const once = (subject: string, line: string): string | undefined => {
    if (said.get(subject) === line) return undefined;
    said.set(subject, line);
    return line;
  };
  return event => {
    switch (event.type) {
      case 'server.changed': {
        const { id, state, problem } = event.server;
        const why = problem && state !== 'running' ? `: ${problem.detail}` : '';
        return once(`server ${id}`, `${id} ${describeServerState(state).toLowerCase()}${why}`);
      }
      case 'server.removed':
        said.delete(`server ${event.serverId}`);
        return `${event.serverId} removed`;
      case 'lock.changed': {
        const { serverId, waiting, quarantined } = event;
        const line =
          waiting > 0
            ? `${serverId} is not as it was approved, ${count(quarantined, 'tool')} held back: quayside lock diff ${serverId}`
            : '';
        return once(`lock ${serverId}`, line) || undefined;
      }
      case 'approval.changed': {
        const { approvalId, serverId, tool, state } = event;
        if (state !== 'waiting') return undefined;
        return `A call of ${serverId}/${tool} waits for a person: quayside approvals approve ${approvalId}`;
      }
      case 'operation.changed': {
        const { id, title, step, state, problem } = event.operation;
        const what = hasEnded(event.operation) ? state : step;
        return once(`operation ${id}`, `${title}: ${what}${problem ? `: ${problem.detail}` : ''}`);
      }
      case 'daemon.stopping':
        return `Quayside is stopping: ${event.reason}`;
      default:
        return undefined;
    }
  };
}

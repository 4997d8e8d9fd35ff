import type { DaemonEvent } from '../../../shared/api/events.ts';
import { hasEnded } from '../../../shared/api/operations.ts';
import { describeServerState } from '../../../shared/domain/server-state.ts';

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

// When tests of a server are worth another run: it runs again, or its tools are others.
import type { DaemonEvent } from './events.ts';

export interface ServerNews {
  serverId: string;
  what: 'back' | 'tools';
}

/** Takes the events of one stream, in their order, and tells of which server there is news. */
export function createServerNews(): (event: DaemonEvent) => ServerNews | undefined {
  const states = new Map<string, string>();
  return event => {
    if (event.type === 'tools.changed')
      return event.countedOnly ? undefined : { serverId: event.serverId, what: 'tools' };
    if (event.type !== 'server.changed') return undefined;
    const { id, state } = event.server;
    const before = states.get(id);
    states.set(id, state);
    return state === 'running' && before !== undefined && before !== 'running'
      ? { serverId: id, what: 'back' }
      : undefined;
  };
}

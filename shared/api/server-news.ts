// When tests of a server are worth another run: it runs again, or its tools are others.
import type { DaemonEvent } from './events.ts';

/** What a server says while its tests run, and so many milliseconds after, comes of them: to run them again for it would never end. */
export const newsQuietMs = 1_000;

/** Takes the events of one stream, in their order, and tells the server that has news. */
export function createServerNews(): (event: DaemonEvent) => string | undefined {
  const states = new Map<string, string>();
  return event => {
    if (event.type === 'tools.changed') return event.countedOnly ? undefined : event.serverId;
    if (event.type !== 'server.changed') return undefined;
    const { id, state } = event.server;
    const before = states.get(id);
    states.set(id, state);
    return state === 'running' && before !== undefined && before !== 'running' ? id : undefined;
  };
}

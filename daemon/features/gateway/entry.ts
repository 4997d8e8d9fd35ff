// One HTTP request at the endpoint, let in already, and who sent it.
import { describePrincipal, maySee, type Principal } from '../../http/principal.ts';
import type { WireObject } from '../../supervision/upstream.ts';
import type { Asking, Viewer } from './asking.ts';
import type { Waiting } from './client-call.ts';
import type { Leaving } from './leaving.ts';
import type { Place } from './places.ts';

export interface Entry {
  place: Place;
  principal: Principal;
  requestId: string;
  /** Aborts when the client goes away or is not let in any more. */
  signal: Leaving;
  /** Aborts when it is not let in any more: then nothing of it goes on, not even for a moment in which it could come back. */
  dismissal: Leaving;
}

export const toViewer = ({ place, principal }: Pick<Entry, 'place' | 'principal'>): Viewer => ({
  place,
  maySee: serverId => maySee(principal, serverId),
  viewKey: principal.servers ? principal.servers.toSorted().join(' ') : '*',
});

/** `claude-code 2.1`, from what the client says of itself. */
export function describeClient(info: WireObject): string | null {
  const { name, version } = info;
  if (typeof name !== 'string') return null;
  return `${name.slice(0, 80)}${typeof version === 'string' ? ` ${version.slice(0, 40)}` : ''}`;
}

export function toAsking(
  { place, principal, requestId }: Entry,
  waiting: Waiting,
  { era, sessionId }: { era: Asking['era']; sessionId: string | null },
): Asking {
  const name = describePrincipal(principal);
  const client = describeClient(waiting.client.info);
  return {
    ...toViewer({ place, principal }),
    era,
    principal: name,
    caller: { name, kind: principal.kind, id: principal.id, sessionId, client },
    requestId,
    waiting,
  };
}

// Whom a changed list is told: those that are shown the server which it is of, and nobody else.
import type { Viewer } from './asking.ts';
import type { Reach } from './reach.ts';
import type { Sessions } from './sessions.ts';
import type { ListKind, Subscriptions } from './subscriptions.ts';

export interface ListChanges {
  /** undefined: all lists of the server may have changed. */
  note(serverId: string, what: ListKind | undefined): void;
  close(): void;
}

export interface ListChangesParts {
  sessions: Sessions['all'];
  subscriptions: Pick<Subscriptions, 'listChanged'>;
  reach: Pick<Reach, 'isAt' | 'offer'>;
  profileOf(serverId: string): string | null;
}

interface Change {
  kinds: Set<ListKind>;
  /** Those that it was in: whoever is at one of them was shown it until now, though it may have left since. */
  profiles: Set<string | null>;
}

/** Milliseconds in which changes are told of once: when a daemon starts, many servers come at once. */
const gatherMs = 10;
const all: readonly ListKind[] = ['tools', 'resources', 'prompts'];

export function createListChanges({ sessions, subscriptions, reach, profileOf }: ListChangesParts): ListChanges {
  const waiting = new Map<string, Change>();
  let gathering: NodeJS.Timeout | undefined;

  /** Of a server that has not run yet anything may come. */
  const has = (serverId: string, what: ListKind): boolean => {
    const offer = reach.offer(serverId);
    return offer === undefined || offer.capabilities[what] !== undefined;
  };
  const tell = (): void => {
    gathering = undefined;
    const changes = [...waiting];
    waiting.clear();
    const kindsFor = ({ place, maySee }: Pick<Viewer, 'place' | 'maySee'>): ReadonlySet<ListKind> =>
      new Set(
        changes.flatMap(([id, { kinds, profiles }]) => {
          const wasAt = place.kind === 'profile' && profiles.has(place.profile);
          if (!maySee(id) || !(wasAt || reach.isAt(place, id))) return [];
          return [...kinds].filter(what => place.kind !== 'server' || has(id, what));
        }),
      );
    for (const session of sessions())
      for (const what of kindsFor(session)) session.tell({ method: `notifications/${what}/list_changed` });
    for (const what of all) subscriptions.listChanged(what, viewer => kindsFor(viewer).has(what));
  };

  return {
    note(serverId, what) {
      const change = waiting.get(serverId) ?? { kinds: new Set(), profiles: new Set() };
      for (const kind of what ? [what] : all) change.kinds.add(kind);
      change.profiles.add(profileOf(serverId));
      waiting.set(serverId, change);
      gathering ??= setTimeout(tell, gatherMs);
    },
    close() {
      clearTimeout(gathering);
    },
  };
}

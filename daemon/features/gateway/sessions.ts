// All sessions: bound in number, bound to who began them, and ended when nobody comes back to them.
import { randomBytes } from 'node:crypto';
import { problem } from '../../../shared/api/problem.ts';
import type { Upstreams } from '../../supervision/upstream.ts';
import type { GatewayPorts } from './ports.ts';
import { createSession, type Session, type SessionFacts, type StreamTimes } from './session.ts';

export interface SessionLimits extends StreamTimes {
  /** Sessions in all, and of one principal. */
  most: number;
  mostPerOwner: number;
  /** Milliseconds without a stream and without a request after which a session ends. */
  idleMs: number;
}

export interface Sessions {
  /** Errors: MCP_003 if there is no room and nobody has left. */
  begin(facts: Omit<SessionFacts, 'id' | 'handle' | 'createdAt'>): Session;
  /** The session of this id if it is this principal's; undefined also for those that have ended. Counts as use. */
  find(id: string, owner: string): Session | undefined;
  byHandle(handle: string): Session | undefined;
  end(session: Session): void;
  all(): Session[];
  /** Ends those that were left. To be called now and then. */
  sweep(): void;
  readonly busy: number;
  close(): void;
}

export function createSessions(
  limits: SessionLimits,
  {
    clock,
    upstreams,
    onLeft,
    onChanged,
  }: Pick<GatewayPorts, 'clock' | 'onLeft' | 'onChanged'> & {
    upstreams: Pick<Upstreams, 'left'>;
  },
): Sessions {
  // In the order of their last use: a Map keeps the order of insertion.
  const sessions = new Map<string, Session>();
  const perOwner = new Map<string, number>();

  const end = (session: Session) => {
    if (!sessions.delete(session.id)) return;
    const left = (perOwner.get(session.owner) ?? 1) - 1;
    if (left === 0) perOwner.delete(session.owner);
    else perOwner.set(session.owner, left);
    session.end();
    upstreams.left(session.client);
    onLeft?.(session.callerId, session.handle);
    onChanged();
  };
  const endOldest = (isChosen: (session: Session) => boolean): boolean => {
    for (const session of sessions.values()) {
      if (!isChosen(session) || session.isBusy) continue;
      end(session);
      return true;
    }
    return false;
  };
  const makeRoom = (owner: string) => {
    // Who opens many gives up its own first: nobody can push others out.
    if ((perOwner.get(owner) ?? 0) >= limits.mostPerOwner) {
      if (!endOldest(session => session.owner === owner)) throw tooMany(limits.mostPerOwner);
    } else if (sessions.size >= limits.most && !endOldest(() => true)) throw tooMany(limits.most);
  };

  return {
    begin(facts) {
      makeRoom(facts.owner);
      const ids = { id: randomBytes(24).toString('base64url'), handle: randomBytes(8).toString('hex') };
      const session = createSession({ ...facts, ...ids, createdAt: clock.now() }, limits);
      sessions.set(session.id, session);
      perOwner.set(session.owner, (perOwner.get(session.owner) ?? 0) + 1);
      onChanged();
      return session;
    },
    find(id, owner) {
      const session = sessions.get(id);
      if (!session || session.owner !== owner) return undefined;
      session.lastUsedAt = clock.now();
      sessions.delete(id);
      sessions.set(id, session);
      return session;
    },
    byHandle: handle => [...sessions.values()].find(session => session.handle === handle),
    end,
    all: () => [...sessions.values()],
    sweep() {
      const before = clock.now() - limits.idleMs;
      for (const session of [...sessions.values()]) {
        if (session.isBusy) session.lastUsedAt = clock.now();
        else if (session.lastUsedAt <= before) end(session);
      }
    },
    get busy() {
      return [...sessions.values()].filter(({ isBusy }) => isBusy).length;
    },
    close() {
      for (const session of [...sessions.values()]) end(session);
    },
  };
}

const tooMany = (most: number) =>
  problem('MCP_003', {
    detail: `There are ${most} MCP sessions, and all of them are in use.`,
    next: 'End some with "quayside mcp sessions --end", or close the clients that hold them.',
  });

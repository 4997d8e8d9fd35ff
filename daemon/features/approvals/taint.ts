// Which sessions have had a result from outside: what an agent does after that may be what a web page wanted.

export interface Taint {
  isTainted(callerId: string, sessionId: string | null): boolean;
  taint(callerId: string, sessionId: string | null): void;
  /** The session is over. */
  left(callerId: string, sessionId: string): void;
}

/** Beyond this many sessions of one caller they are not told apart: all of them are tainted. */
const mostSessions = 1_000;

/**
 * Kept in memory: a session does not outlive the daemon. Of calls that stand alone there is no telling to which conversation they
 * belong: one result, in a session or not, taints all that the caller does later without one.
 */
export function createTaint(): Taint {
  const sessions = new Map<string, Set<string | null> | 'all'>();
  return {
    isTainted(callerId, sessionId) {
      const known = sessions.get(callerId);
      return known === 'all' || known?.has(sessionId) === true;
    },
    taint(callerId, sessionId) {
      const known = sessions.get(callerId) ?? new Set();
      if (known === 'all') return;
      known.add(sessionId).add(null);
      sessions.set(callerId, known.size > mostSessions ? 'all' : known);
    },
    left(callerId, sessionId) {
      const known = sessions.get(callerId);
      if (known !== 'all') known?.delete(sessionId);
    },
  };
}

// Who may use a server now. A question of a server that serves many says not which call it is for: while the calls of a file
// that answers questions are made, no other test calls the same server.

export interface ServerTurns {
  /** `alone`: nobody else is in. In the order in which they came. Resolves with what ends it. Errors: the signal's reason. */
  enter(serverId: string, alone: boolean, signal: AbortSignal): Promise<() => void>;
}

interface Waiting {
  alone: boolean;
  admit: () => void;
}

interface Turn {
  inside: number;
  alone: boolean;
  waiting: Waiting[];
}

export function createServerTurns(): ServerTurns {
  const turns = new Map<string, Turn>();

  const admitNext = (serverId: string, turn: Turn): void => {
    for (let next = turn.waiting[0]; next; next = turn.waiting[0]) {
      if (turn.inside > 0 && (turn.alone || next.alone)) return;
      turn.waiting.shift();
      turn.inside += 1;
      turn.alone = next.alone;
      next.admit();
    }
    if (turn.inside === 0) turns.delete(serverId);
  };

  const leave = (serverId: string, turn: Turn) => (): void => {
    turn.inside -= 1;
    admitNext(serverId, turn);
  };

  return {
    async enter(serverId, alone, signal) {
      signal.throwIfAborted();
      const turn = turns.get(serverId) ?? { inside: 0, alone: false, waiting: [] };
      turns.set(serverId, turn);
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const giveUp = (): void => {
        turn.waiting = turn.waiting.filter(each => each !== mine);
        reject(signal.reason);
        admitNext(serverId, turn);
      };
      const mine: Waiting = {
        alone,
        admit() {
          signal.removeEventListener('abort', giveUp);
          resolve(leave(serverId, turn));
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      turn.waiting.push(mine);
      admitNext(serverId, turn);
      return await promise;
    },
  };
}

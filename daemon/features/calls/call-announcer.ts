// Tells pages of calls that have ended: cut, and five times a second at most, however many there are.
import type { Call } from '../../../shared/api/calls.ts';

export interface CallsFinished {
  type: 'call.finished';
  serverId: string;
  calls: Call[];
  more: number;
}

export interface CallAnnouncer {
  add(calls: readonly Call[]): void;
  stop(): void;
}

const everyMs = 200;
const mostInEvent = 20;

export function createCallAnnouncer(publish: (event: CallsFinished) => void): CallAnnouncer {
  /** One event is of one server, because not everybody may hear of all of them. */
  const waiting = new Map<string, { calls: Call[]; more: number }>();
  let timer: NodeJS.Timeout | undefined;

  const announce = (): void => {
    const [next] = waiting;
    if (!next) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    const [serverId, { calls, more }] = next;
    waiting.delete(serverId);
    publish({ type: 'call.finished', serverId, calls, more });
  };

  return {
    add(calls) {
      for (const call of calls) {
        const { calls: known, more } = waiting.get(call.serverId) ?? { calls: [], more: 0 };
        const all = [...known, call];
        const cut = Math.max(0, all.length - mostInEvent);
        waiting.set(call.serverId, { calls: all.slice(cut), more: more + cut });
      }
      if (waiting.size === 0 || timer) return;
      timer = setInterval(announce, everyMs).unref();
      announce();
    },
    stop: () => clearInterval(timer),
  };
}

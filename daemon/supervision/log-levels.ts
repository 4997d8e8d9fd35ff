// Which log messages of a server which client wants. In a session a server knows one level: the most verbose of all.

/** From the most verbose to the least (RFC 5424, as the protocol has them). */
const order = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

const rank = (level: unknown): number => (typeof level === 'string' ? order.indexOf(level) : -1);

export interface LogLevels<Client> {
  /** The level that the server is to be told, if that changes by this. */
  set(client: Client, level: string): string | undefined;
  of(client: Client): string | undefined;
  /** Whether a message of this level is for the client. */
  wants(client: Client, level: unknown): boolean;
  left(client: Client): void;
}

export const isLogLevel = (level: unknown): level is string => rank(level) >= 0;

/** Whether a message of `level` is at least as grave as `least`. */
export const reaches = (level: unknown, least: string): boolean => rank(level) >= rank(least) || rank(level) === -1;

export function createLogLevels<Client>(): LogLevels<Client> {
  const levels = new Map<Client, string>();
  let told: string | undefined;
  return {
    set(client, level) {
      levels.set(client, level);
      const most = order.find(each => [...levels.values()].includes(each));
      if (most === told) return undefined;
      told = most;
      return most;
    },
    of: client => levels.get(client),
    wants(client, level) {
      const own = levels.get(client);
      // Who has asked for nothing gets what the server sends by itself, and not what others have asked for.
      if (own === undefined) return told === undefined || reaches(level, 'info');
      return reaches(level, own);
    },
    left: client => void levels.delete(client),
  };
}

// Which log messages a client wants (RFC 5424 names, as the protocol has them).
import type { WireNotification } from '../../supervision/upstream.ts';

const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

export const isLogLevel = (level: unknown): level is string => typeof level === 'string' && levels.includes(level);

/** Whether a notification may go out to a client that wants messages from this level on. Others than log messages always may. */
export function isWanted({ method, params }: WireNotification, from: string | undefined): boolean {
  if (method !== 'notifications/message' || from === undefined) return true;
  const level = params?.['level'];
  return !isLogLevel(level) || levels.indexOf(level) >= levels.indexOf(from);
}

// A result as JSON. Revision 2026-07-28 asks for members that servers of earlier ones do not send.
import type { WireObject } from '../../supervision/upstream.ts';

/** Results of these may be kept by a client, and say for how long. */
const cacheable: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

/** What a result lacks for a client of the stateless revision; what it has stays. */
export function toStateless(method: string, result: WireObject): WireObject {
  const complete = 'resultType' in result ? result : { ...result, resultType: 'complete' };
  if (!cacheable.has(method) || complete['resultType'] !== 'complete') return complete;
  return 'ttlMs' in complete && 'cacheScope' in complete ? complete : { ttlMs: 0, cacheScope: 'private', ...complete };
}

export const toText = (method: string, result: WireObject, era: 'sessions' | 'stateless'): string =>
  JSON.stringify(era === 'stateless' ? toStateless(method, result) : result);

// A result as JSON. Revision 2026-07-28 asks for members that the others do not know: they are added for clients of the
// one, and taken away for clients of the others.
import type { WireObject } from '../../supervision/upstream.ts';
import { envelope } from './revisions.ts';
import { isObject } from './wire.ts';

/** Results of these may be kept by a client, and say for how long. */
const cacheable: ReadonlySet<string> = new Set([
  'server/discover',
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

/** What a result lacks for a client of the stateless revision; what it has stays. `server`: who answers. */
export function toStateless(method: string, result: WireObject, server: WireObject | undefined): WireObject {
  const complete =
    'resultType' in result ? result : { ...result, ...identified(result, server), resultType: 'complete' };
  if (!cacheable.has(method) || complete['resultType'] !== 'complete') return complete;
  return 'ttlMs' in complete && 'cacheScope' in complete ? complete : { ttlMs: 0, cacheScope: 'private', ...complete };
}

const identified = ({ _meta: meta }: WireObject, server: WireObject | undefined): WireObject | undefined =>
  server && (meta === undefined || isObject(meta)) ? { _meta: { [envelope.serverInfo]: server, ...meta } } : undefined;

/** A result of a server of the stateless revision as one of the others would have sent it. */
export function toSessions(method: string, result: WireObject): WireObject {
  if (!('resultType' in result)) return result;
  const { resultType: _type, _meta: meta, ...rest } = result;
  if (cacheable.has(method)) {
    delete rest['ttlMs'];
    delete rest['cacheScope'];
  }
  if (!isObject(meta)) return rest;
  const { [envelope.serverInfo]: _server, ...kept } = meta;
  return Object.keys(kept).length > 0 ? { ...rest, _meta: kept } : rest;
}

export const toText = (
  method: string,
  result: WireObject,
  era: 'sessions' | 'stateless',
  server?: WireObject | undefined,
): string => JSON.stringify(era === 'stateless' ? toStateless(method, result, server) : toSessions(method, result));

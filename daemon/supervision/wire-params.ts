// Params of messages on their way: what belongs to one stretch of it alone, and what is passed on.
import { passedMeta } from './revisions.ts';
import type { WireNotification, WireObject, WireRequest } from './upstream.ts';
import { isObject } from './wire-message.ts';

/** The client's own token for progress. */
export function tokenOf({ params }: WireRequest): string | number | undefined {
  const meta = params?.['_meta'];
  const token = isObject(meta) ? meta['progressToken'] : undefined;
  return typeof token === 'string' || typeof token === 'number' ? token : undefined;
}

/** Without a token that nobody of the other side could make sense of. */
export function withoutToken(
  params: WireObject | undefined,
  token: string | number | undefined,
): WireObject | undefined {
  if (token === undefined || !params || !isObject(params['_meta'])) return params;
  const { progressToken, ...meta } = params['_meta'];
  const { _meta, ...rest } = params;
  return Object.keys(meta).length === 0 ? rest : { ...rest, _meta: meta };
}

/** Our subscription is none of the client's. */
export function withoutHops(notification: WireNotification): WireNotification {
  const meta = notification.params?.['_meta'];
  if (!notification.params || !isObject(meta)) return notification;
  const { _meta, ...params } = notification.params;
  const passed = passedMeta(meta);
  return { ...notification, params: passed ? { ...params, _meta: passed } : params };
}

// What a server tells: each notification to the call, the clients or the lists that it concerns.
import type { CallsUnderWay, CallUnderWay } from './calls-under-way.ts';
import { type LogLevels, reaches } from './log-levels.ts';
import type { Questions } from './questions.ts';
import type { Subscriptions } from './subscriptions.ts';
import type { DownstreamClient, UpstreamCall, WireNotification, WireObject } from './upstream.ts';
import type { ListKind, SessionAudience } from './upstream-session.ts';
import { withoutHops } from './wire-params.ts';

export interface NotificationRouterOptions {
  calls: CallsUnderWay;
  levels: LogLevels<DownstreamClient>;
  subscriptions: Subscriptions;
  questions: Questions;
  audience: SessionAudience;
  /** A server without sessions has taken a subscription of ours. */
  onAcknowledged(params: WireObject | undefined): void;
}

/** `origin`: the call on whose stream it came. */
export type NotificationRouter = (notification: WireNotification, origin: CallUnderWay | undefined) => void;

const listChanges: ReadonlyMap<string, ListKind> = new Map([
  ['notifications/tools/list_changed', 'tools'],
  ['notifications/resources/list_changed', 'resources'],
  ['notifications/prompts/list_changed', 'prompts'],
]);

/** The level that requests of clients without sessions ask for. */
const requested = new WeakMap<UpstreamCall, string>();

/** From now on log messages from this level on are for the call. */
export const requestLevel = (call: UpstreamCall, level: string): void => void requested.set(call, level);

/** undefined: the client's level counts; null: this request wants no log messages. */
const requestedLevel = ({ call }: CallUnderWay): string | null | undefined =>
  call.takesInputRequired ? (requested.get(call) ?? null) : undefined;

export function createNotificationRouter(options: NotificationRouterOptions): NotificationRouter {
  const { calls, levels, subscriptions, questions, audience, onAcknowledged } = options;

  const onMessage = (notification: WireNotification, origin: CallUnderWay | undefined): void => {
    const level = notification.params?.['level'];
    const at = origin ?? calls.only();
    if (at) {
      const asked = requestedLevel(at);
      const wanted =
        asked === undefined ? levels.wants(at.call.client, level) : asked !== null && reaches(level, asked);
      if (wanted) at.call.onNotification?.(notification);
      return;
    }
    for (const client of audience.clients()) if (levels.wants(client, level)) client.tell(notification);
  };

  const onElicited = (notification: WireNotification): void => {
    const id = notification.params?.['elicitationId'];
    const asker = typeof id === 'string' ? questions.askerOf(id) : undefined;
    if (asker) asker.tell(notification);
    else audience.losses.count(notification.method, 'no-client');
  };

  const onUpdated = (notification: WireNotification): void => {
    const uri = notification.params?.['uri'];
    if (typeof uri !== 'string') return;
    const told = withoutHops(notification);
    for (const client of subscriptions.subscribers(uri)) client.tell(told);
  };

  /** What we do not know is for the call that it comes with, or else for all. */
  const onOther = (notification: WireNotification, origin: CallUnderWay | undefined): void => {
    const at = origin ?? calls.only();
    if (at?.call.onNotification) at.call.onNotification(notification);
    else for (const client of audience.clients()) client.tell(notification);
  };

  return (notification, origin) => {
    const { method, params } = notification;
    const list = listChanges.get(method);
    if (list) audience.onListChanged(list);
    else if (method === 'notifications/message') onMessage(notification, origin);
    else if (method === 'notifications/resources/updated') onUpdated(notification);
    else if (method === 'notifications/elicitation/complete') onElicited(notification);
    else if (method === 'notifications/subscriptions/acknowledged') onAcknowledged(params);
    else onOther(notification, origin);
  };
}

// `subscriptions/listen` of revision 2026-07-28: one stream with the changes that a client asked for.

import type { DownstreamClient, WireNotification, WireObject } from '../../supervision/upstream.ts';
import type { Viewer } from './asking.ts';
import type { Description } from './description.ts';
import { type Answer, toJsonAnswer } from './exchange.ts';
import type { Leaving } from './leaving.ts';
import { createOutboundStream, streamHeaders } from './outbound-stream.ts';
import { envelope } from './revisions.ts';
import { isObject, type RequestId, toErrorText, toNotificationText, toResultText } from './wire.ts';

export type ListKind = 'tools' | 'resources' | 'prompts';

export interface Subscriptions {
  open(request: ListenRequest): Promise<Answer>;
  listChanged(what: ListKind, isShown: (viewer: Viewer) => boolean): void;
  keepAlive(): void;
  readonly size: number;
  /** Tells all that it is over. */
  close(): void;
}

export interface ListenRequest {
  id: RequestId;
  params: WireObject;
  owner: string;
  viewer: Viewer;
  description: Description;
  info: WireObject;
  capabilities: WireObject;
  signal: Leaving;
  /** Asks the server of a resource to tell of its changes. Rejects if it does not. */
  subscribe(uri: string, client: DownstreamClient): Promise<unknown>;
  /** The stream is over. */
  onEnd(client: DownstreamClient): void;
}

const most = { streams: 1_024, perOwner: 64, resources: 200 };

interface Listener {
  owner: string;
  viewer: Viewer;
  wants: ReadonlySet<string>;
  send(method: string, params?: WireObject): void;
  keepAlive(): void;
  end(): void;
}

export function createSubscriptions(): Subscriptions {
  const listeners = new Set<Listener>();
  let last = 0;

  const hasRoom = (owner: string): boolean =>
    listeners.size < most.streams && [...listeners].filter(one => one.owner === owner).length < most.perOwner;

  const open: Subscriptions['open'] = async request => {
    const { id, params, owner, viewer, description, signal } = request;
    const wanted = params['notifications'];
    if (!isObject(wanted)) return toJsonAnswer(toErrorText(id, -32_602, 'notifications must say what to listen to.'));
    if (!hasRoom(owner)) return toJsonAnswer(toErrorText(id, -32_603, 'There are too many streams of this kind.'));
    last += 1;
    const uris = new Set<string>();
    let listener: Listener | undefined;
    const client: DownstreamClient = {
      id: `listen-${last}`,
      transient: true,
      info: request.info,
      capabilities: request.capabilities,
      ask: ({ method }) => Promise.reject(new Error(`${method} cannot be asked on a stream of changes.`)),
      tell({ method, params: told }: WireNotification) {
        const uri = told?.['uri'];
        if (method === 'notifications/resources/updated' && typeof uri === 'string' && uris.has(uri))
          listener?.send(method, told);
      },
    };
    const end = () => {
      if (listener && listeners.delete(listener)) request.onEnd(client);
    };
    const stream = createOutboundStream({ id: client.id, onLost: end, onDone: end });
    const stamp = { [envelope.subscriptionId]: id };
    const lists = toLists(wanted, description.capabilities);
    listener = {
      owner,
      viewer,
      wants: new Set(lists),
      send(method, told) {
        const meta = isObject(told?.['_meta']) ? told['_meta'] : {};
        stream.send(toNotificationText(method, { ...told, _meta: { ...meta, ...stamp } }));
      },
      keepAlive: stream.keepAlive,
      end: () => stream.finish(toClosing(id, stamp, description.serverInfo)),
    };
    listeners.add(listener);
    await subscribeAll(wanted['resourceSubscriptions'], uris, uri => request.subscribe(uri, client));
    listener.send('notifications/subscriptions/acknowledged', { notifications: toHonoured(lists, uris) });
    if (lists.length === 0 && uris.size === 0) listener.end();
    return { status: 200, headers: streamHeaders, body: stream.open(undefined, signal) };
  };

  return {
    open,
    listChanged(what, isShown) {
      for (const { wants, viewer, send } of listeners)
        if (wants.has(what) && isShown(viewer)) send(`notifications/${what}/list_changed`);
    },
    keepAlive() {
      for (const { keepAlive } of listeners) keepAlive();
    },
    get size() {
      return listeners.size;
    },
    close() {
      for (const { end } of [...listeners]) end();
    },
  };
}

/** Which lists will be told of: those that are wanted, and that may change here. */
const toLists = (wanted: WireObject, capabilities: WireObject): ListKind[] =>
  (['tools', 'resources', 'prompts'] as const).filter(what => {
    const capability = capabilities[what];
    return wanted[`${what}ListChanged`] === true && isObject(capability) && capability['listChanged'] === true;
  });

const toHonoured = (lists: readonly ListKind[], uris: ReadonlySet<string>): WireObject => ({
  ...Object.fromEntries(lists.map(what => [`${what}ListChanged`, true])),
  ...(uris.size > 0 ? { resourceSubscriptions: [...uris] } : {}),
});

async function subscribeAll(
  wanted: unknown,
  uris: Set<string>,
  subscribe: (uri: string) => Promise<unknown>,
): Promise<void> {
  const asked = Array.isArray(wanted) ? wanted.filter(uri => typeof uri === 'string') : [];
  await Promise.all(
    [...new Set(asked)].slice(0, most.resources).map(uri => {
      uris.add(uri);
      return subscribe(uri).catch(() => uris.delete(uri));
    }),
  );
}

const toClosing = (id: RequestId, stamp: WireObject, serverInfo: WireObject): string =>
  toResultText(id, JSON.stringify({ resultType: 'complete', _meta: { ...stamp, [envelope.serverInfo]: serverInfo } }));

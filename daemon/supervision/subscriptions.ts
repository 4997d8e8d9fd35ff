// Who wants to hear of which resource. A server is asked once for each, however many clients there are.
import type { DownstreamClient } from './upstream.ts';

export interface Subscriptions {
  /** True: it is the first for this resource. */
  add(client: DownstreamClient, uri: string): boolean;
  /** True: nobody wants it any more. */
  remove(client: DownstreamClient, uri: string): boolean;
  subscribers(uri: string): Iterable<DownstreamClient>;
  uris(): string[];
  /** The resources that nobody wants any more. */
  left(client: DownstreamClient): string[];
}

/** Resources of one server that are watched at the same time. */
export const mostSubscriptions = 10_000;

export function createSubscriptions(): Subscriptions {
  const byUri = new Map<string, Set<DownstreamClient>>();
  const remove = (client: DownstreamClient, uri: string): boolean => {
    const clients = byUri.get(uri);
    if (!clients?.delete(client) || clients.size > 0) return false;
    byUri.delete(uri);
    return true;
  };
  return {
    add(client, uri) {
      const clients = byUri.get(uri);
      clients?.add(client);
      if (clients) return false;
      byUri.set(uri, new Set([client]));
      return true;
    },
    remove,
    subscribers: uri => byUri.get(uri) ?? [],
    uris: () => [...byUri.keys()],
    left: client => [...byUri.keys()].filter(uri => remove(client, uri)),
  };
}

// What a server without sessions tells by itself comes on a request that is never answered (subscriptions/listen, 2026-07-28).

import { metaKeys } from './revisions.ts';
import type { UpstreamOffer, WireObject, WireRequest } from './upstream.ts';
import { isObject } from './wire-message.ts';
import { PeerFailure } from './wire-peer.ts';

export interface ListeningOptions {
  offer: UpstreamOffer;
  listen(request: WireRequest, options: { signal: AbortSignal; timeoutSeconds: number }): Promise<WireObject>;
  /** The resources that somebody wants to hear of. */
  uris(): string[];
}

export interface Listening {
  /** The resources have changed: resolves when the server has taken that. */
  renew(options: { signal?: AbortSignal | undefined; timeoutSeconds: number }): Promise<void>;
  acknowledged(params: WireObject | undefined): void;
  close(): void;
}

/** It is to last as long as the connection: seconds. */
const forEver = 1_000_000;
/** Milliseconds from a stream that was lost to the next. */
const again = { soonest: 1_000, latest: 60_000 } as const;

export function createListening({ offer, listen, uris }: ListeningOptions): Listening {
  const { tools, prompts, resources } = offer.capabilities;
  const changes = (capability: unknown): boolean => isObject(capability) && capability['listChanged'] === true;
  const lists = {
    ...(changes(tools) ? { toolsListChanged: true } : {}),
    ...(changes(prompts) ? { promptsListChanged: true } : {}),
    ...(changes(resources) ? { resourcesListChanged: true } : {}),
  };
  let current: AbortController | undefined;
  let acknowledge: PromiseWithResolvers<void> | undefined;
  let retry: NodeJS.Timeout | undefined;
  let closed = false;
  let wait: number = again.soonest;

  const open = (): Promise<void> => {
    clearTimeout(retry);
    const before = current;
    const wanted = uris();
    const controller = new AbortController();
    current = controller;
    acknowledge?.resolve();
    const taken = Promise.withResolvers<void>();
    taken.promise.catch(() => {});
    acknowledge = taken;
    void taken.promise.then(
      () => {
        wait = again.soonest;
        before?.abort(new Error('Another one takes its place.'));
      },
      () => before?.abort(new Error('Another one takes its place.')),
    );
    if (closed || (Object.keys(lists).length === 0 && wanted.length === 0)) {
      taken.resolve();
      return taken.promise;
    }
    const notifications = { ...lists, ...(wanted.length === 0 ? {} : { resourceSubscriptions: wanted }) };
    listen(
      { method: 'subscriptions/listen', params: { notifications } },
      { signal: controller.signal, timeoutSeconds: forEver },
    )
      .catch(error => {
        taken.reject(error);
        return error;
      })
      .then(end => {
        taken.resolve();
        // What the server has refused it will refuse again; a stream that was cut off is opened again.
        if (closed || current !== controller || (end instanceof Error && !(end instanceof PeerFailure))) return;
        retry = setTimeout(() => void open().catch(() => {}), wait);
        retry.unref();
        wait = Math.min(again.latest, wait * 2);
      });
    return taken.promise;
  };
  open().catch(() => {});

  return {
    async renew({ signal, timeoutSeconds }) {
      const limit = AbortSignal.timeout(timeoutSeconds * 1_000);
      const either = signal ? AbortSignal.any([signal, limit]) : limit;
      const aborted = Promise.withResolvers<never>();
      const onAbort = () => aborted.reject(either.reason);
      either.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.race([open(), aborted.promise]);
      } finally {
        either.removeEventListener('abort', onAbort);
        aborted.promise.catch(() => {});
      }
    },
    acknowledged(params) {
      const meta = params?.['_meta'];
      if (isObject(meta) && meta[metaKeys.subscriptionId] !== undefined) acknowledge?.resolve();
    },
    close() {
      closed = true;
      clearTimeout(retry);
      current?.abort(new Error('The connection is closed.'));
    },
  };
}

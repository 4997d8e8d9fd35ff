// Tells a server of the folders that a test works in: when it asks, and that it should ask again when they are others.
import { isDeepStrictEqual } from 'node:util';
import type { TestOffer } from '../../../shared/domain/mcptest-answers.ts';
import type { Upstream, UpstreamCall, WireObject, WireRequest } from '../../supervision/upstream.ts';
import type { Root } from './roots.ts';

export interface Folders {
  set(roots: readonly Root[]): void;
  /** The answer to roots/list; undefined: it was something else that was asked, or roots are not offered. */
  to(request: WireRequest): WireObject | undefined;
  /** Before a call: servers ask once and remember. Errors: the signal's reason. */
  announce(upstream: Upstream, call: UpstreamCall): Promise<void>;
  /** After the client has left: a server that is there for others has to ask them. */
  leave(): void;
}

const changed = { method: 'notifications/roots/list_changed' };

export function createFolders(offers: readonly TestOffer[]): Folders {
  const isOffered = offers.includes('roots');
  let roots: readonly Root[] = [];
  let announced: readonly Root[] | undefined;
  let last: { upstream: Upstream; call: UpstreamCall } | undefined;
  return {
    set(now) {
      roots = now;
    },
    to: ({ method }) => (isOffered && method === 'roots/list' ? { roots: [...roots] } : undefined),
    async announce(upstream, call) {
      if (!isOffered || isDeepStrictEqual(announced, roots)) return;
      announced = roots;
      last = { upstream, call };
      upstream.notify(changed, call.client);
      // What it asks because of that, it asks before it answers this.
      await upstream.request({ method: 'ping' }, call).catch(() => call.signal.throwIfAborted());
    },
    leave: () => last?.upstream.notify(changed, last.call.client),
  };
}

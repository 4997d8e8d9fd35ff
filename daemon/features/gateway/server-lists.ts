// Prompts, resources and templates of many servers: read once, kept until the server says that they have changed.
import { isProblemError } from '../../../shared/api/problem.ts';
import type { Clock } from '../../platform/clock.ts';
import { type DownstreamClient, type Upstream, WireError, type WireObject } from '../../supervision/upstream.ts';
import type { Reach } from './reach.ts';
import { isObject, rpcCodes } from './wire.ts';

export type Listed = 'prompts' | 'resources' | 'resourceTemplates';

export interface ListedItem {
  serverId: string;
  item: WireObject;
}

export interface ServerLists {
  /** Of each of the servers in their order; one that does not answer has nothing. */
  of(serverIds: readonly string[], what: Listed): Promise<ListedItem[][]>;
  /** What was read of the servers so far, in their order. Nobody is asked. */
  known(serverIds: readonly string[], what: Listed): ListedItem[];
  changed(serverId: string): void;
}

const methods = {
  prompts: 'prompts/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
} as const satisfies Record<Listed, string>;

const most = { pages: 50, items: 5_000 };
const timeoutSeconds = 20;
/** Milliseconds for which the list of a server that does not tell of changes is kept. */
const keptBlindly = 5_000;

interface Kept {
  upstream: Upstream;
  readAt: number;
  items: Promise<ListedItem[]>;
  /** Once it is read. */
  found: ListedItem[];
}

export function createServerLists(
  reach: Reach,
  { clock, onFailure }: { clock: Clock; onFailure: (error: unknown) => void },
): ServerLists {
  const kept = new Map<string, Kept>();

  const read = async (serverId: string, upstream: Upstream, what: Listed): Promise<ListedItem[]> => {
    const items: ListedItem[] = [];
    let cursor: unknown;
    for (let page = 0; page < most.pages && items.length < most.items; page++) {
      const result = await upstream.request(
        { method: methods[what], params: cursor === undefined ? {} : { cursor } },
        { client: housekeeper, signal: AbortSignal.timeout(timeoutSeconds * 1_000), timeoutSeconds },
      );
      const list = result[what];
      if (Array.isArray(list)) items.push(...list.filter(isObject).map(item => ({ serverId, item })));
      cursor = result['nextCursor'];
      if (typeof cursor !== 'string') break;
    }
    return items.slice(0, most.items);
  };

  const itemsOf = async (serverId: string, what: Listed): Promise<ListedItem[]> => {
    const capability = reach.offer(serverId)?.capabilities[what === 'prompts' ? 'prompts' : 'resources'];
    if (!isObject(capability)) return [];
    const upstream = await reach.upstream(serverId, housekeeper);
    const key = `${what} ${serverId}`;
    const known = kept.get(key);
    const isFresh = (one: Kept) => capability['listChanged'] === true || clock.now() - one.readAt < keptBlindly;
    if (known?.upstream === upstream && isFresh(known)) return await known.items;
    const items = read(serverId, upstream, what);
    const next: Kept = { upstream, readAt: clock.now(), items, found: [] };
    kept.set(key, next);
    items.then(
      found => {
        next.found = found;
      },
      () => {
        if (kept.get(key) === next) kept.delete(key);
      },
    );
    return await items;
  };

  return {
    of: (serverIds, what) =>
      Promise.all(
        serverIds.map(id =>
          itemsOf(id, what).catch(error => {
            if (!(error instanceof WireError) && !isProblemError(error)) onFailure(error);
            return [];
          }),
        ),
      ),
    known: (serverIds, what) => serverIds.flatMap(id => kept.get(`${what} ${id}`)?.found ?? []),
    changed(serverId) {
      for (const what of Object.keys(methods)) kept.delete(`${what} ${serverId}`);
    },
  };
}

/** Lists are the same for all clients here, so none of them is asked anything for it. */
const housekeeper: DownstreamClient = {
  id: 'quayside',
  transient: true,
  info: { name: 'quayside', version: '1' },
  capabilities: {},
  ask: ({ method }) =>
    Promise.reject(new WireError(rpcCodes.methodNotFound, `Nobody can be asked for ${method} here.`)),
  tell: () => {},
};

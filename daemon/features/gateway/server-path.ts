// What of a server's offer reaches a client: what it offers, what the way forwards, what each client accepts, and what was lost.
import type { ServerPath } from '../../../shared/api/mcp.ts';
import type { Upstreams, WireObject } from '../../supervision/upstream.ts';
import { notCarried, toCarried } from './description.ts';
import { describeClient } from './entry.ts';
import { everything } from './places.ts';
import type { Reach } from './reach.ts';
import { countShadowed } from './resource-names.ts';
import type { ServerLists } from './server-lists.ts';
import type { Session } from './session.ts';
import { isObject } from './wire.ts';

type Feature = ServerPath['features'][number]['feature'];

interface Rule {
  feature: Feature;
  /** Whether the server's capabilities say so; null: it is not announced, and shows when it is used. */
  offered(capabilities: WireObject): boolean | null;
  /** Whether the client's capabilities say so; null: every client does. */
  accepted(capabilities: WireObject): boolean | null;
}

const has = (capabilities: WireObject, name: string, member?: string): boolean => {
  const one = capabilities[name];
  return isObject(one) && (member === undefined || (one[member] !== undefined && one[member] !== false));
};
const byAll = () => null;
const untold = () => null;

const rules: readonly Rule[] = [
  { feature: 'tools', offered: of => has(of, 'tools'), accepted: byAll },
  { feature: 'resources', offered: of => has(of, 'resources'), accepted: byAll },
  { feature: 'subscribe', offered: of => has(of, 'resources', 'subscribe'), accepted: byAll },
  { feature: 'prompts', offered: of => has(of, 'prompts'), accepted: byAll },
  { feature: 'completion', offered: of => has(of, 'completions'), accepted: byAll },
  { feature: 'logging', offered: of => has(of, 'logging'), accepted: byAll },
  { feature: 'progress', offered: untold, accepted: byAll },
  {
    feature: 'list_changed',
    offered: of => ['tools', 'resources', 'prompts'].some(name => has(of, name, 'listChanged')),
    accepted: byAll,
  },
  { feature: 'sampling', offered: untold, accepted: of => has(of, 'sampling') },
  { feature: 'elicitation', offered: untold, accepted: of => has(of, 'elicitation') },
  { feature: 'roots', offered: untold, accepted: of => has(of, 'roots') },
  { feature: 'tasks', offered: of => has(of, 'tasks'), accepted: of => has(of, 'tasks') },
];

/** undefined: the server has not run since the daemon began, so nothing is known of it. */
export function describePath(
  serverId: string,
  sessions: readonly Session[],
  reach: Reach,
  upstreams: Pick<Upstreams, 'losses'>,
  lists: Pick<ServerLists, 'known'>,
): ServerPath {
  const offer = reach.offer(serverId);
  const capabilities = offer?.capabilities ?? {};
  const carried = toCarried(capabilities);
  const clients = sessions.filter(({ place, maySee }) => reach.isAt(place, serverId) && maySee(serverId));
  return {
    serverId,
    running: reach.isRunning(serverId),
    protocolVersion: offer?.protocolVersion ?? null,
    features: rules.map(({ feature, offered, accepted }) => ({
      feature,
      offered: offer ? offered(capabilities) : null,
      forwarded:
        !notCarried.includes(feature) &&
        (!offer || offered(carried) === offered(capabilities) || feature === 'list_changed'),
      clients: clients.map(({ handle, info, capabilities: theirs }) => ({
        sessionId: handle,
        client: describeClient(info),
        accepts: accepted(theirs) ?? true,
      })),
    })),
    losses: [
      ...upstreams.losses(serverId),
      ...Object.keys(capabilities)
        .filter(name => notCarried.includes(name))
        .map(what => ({ what, reason: 'not-carried' as const, times: 1 })),
      ...shadowed(serverId, reach, lists),
    ],
  };
}

/** Of two resources with one address the list of all servers has one; the other is at the server's own address. */
function shadowed(serverId: string, reach: Reach, lists: Pick<ServerLists, 'known'>): ServerPath['losses'] {
  const running = reach.running({ place: everything, maySee: () => true, viewKey: '*' });
  const found = [
    ['a resource', 'resources', 'uri'],
    ['a resource template', 'resourceTemplates', 'uriTemplate'],
  ] as const;
  return found.flatMap(([what, list, key]) => {
    const times = countShadowed(lists.known(running, list), key, serverId);
    return times === 0 ? [] : [{ what, reason: 'another-server-has-it' as const, times }];
  });
}

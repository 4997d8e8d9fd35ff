// The servers behind Docker's gateways, as our own gateway uses them.
import { createLosses, type Losses } from '../../../supervision/losses.ts';
import type { Upstreams } from '../../../supervision/upstream.ts';
import { notRunning } from '../../../supervision/upstream-problems.ts';
import { createGatewayUpstream, type GatewayExchange, gatewayOffer, neverForwarded } from './gateway-upstream.ts';
import type { Member } from './member.ts';

export interface GatewayUpstreamsOptions {
  /** A server that runs. */
  find(id: string): { server: string; exchange: GatewayExchange; member: Pick<Member, 'hide' | 'redact'> } | undefined;
}

/** All clients share one session: Docker's gateway keeps none apart. */
export function createGatewayUpstreams({ find }: GatewayUpstreamsOptions): Upstreams {
  const lost = new Map<string, Losses>();
  const lossesOf = (id: string): Losses => {
    const known = lost.get(id) ?? createLosses();
    lost.set(id, known);
    return known;
  };
  return {
    of(id) {
      const found = find(id);
      if (!found) throw notRunning(id);
      const { server, exchange, member } = found;
      return createGatewayUpstream({
        id,
        server,
        exchange,
        losses: lossesOf(id),
        hide: value => member.hide(value),
        redact: text => member.redact(text),
      });
    },
    offer(id) {
      const found = find(id);
      return found && gatewayOffer(found.exchange, found.server);
    },
    losses(id) {
      const counted = lost.get(id)?.all() ?? [];
      const seen = new Set(counted.map(({ what }) => what));
      return [...counted, ...neverForwarded.filter(({ what }) => !seen.has(what))];
    },
    left() {},
  };
}

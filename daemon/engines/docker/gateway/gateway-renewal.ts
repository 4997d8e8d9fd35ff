// Another session with a gateway that goes on: its containers that have ended, or have old settings, are replaced.
import { setTimeout as pause } from 'node:timers/promises';
import { isStillStored, type LaunchedGateway, type LaunchPorts } from './gateway-launch.ts';
import type { GatewaySession } from './gateway-session.ts';

interface RenewalOptions {
  ports: Pick<LaunchPorts, 'store'>;
  /** Two renewals that are asked for are at least so many milliseconds apart. */
  apart: number;
  current: () => LaunchedGateway | undefined;
  session: Pick<GatewaySession, 'open'>;
  /** It takes no other session, or must not be given one. */
  onRefused: () => void;
}

export interface GatewayRenewal {
  now(): Promise<void>;
  /** As soon as it may be; what is asked for meanwhile is the same one. */
  soon(): Promise<void>;
}

export function createGatewayRenewal({ ports, apart, current, session, onRefused }: RenewalOptions): GatewayRenewal {
  let renewing: Promise<void> | undefined;
  const now = async (): Promise<void> => {
    const at = current();
    if (!at) return;
    const isGiven = await isStillStored(ports, at);
    if (current() !== at) return;
    const next = isGiven ? await at.run.renew().catch(() => undefined) : undefined;
    if (current() !== at) return void next?.close();
    if (next) session.open(next, at.facts());
    else onRefused();
  };
  return {
    now,
    soon() {
      renewing ??= now().finally(async () => {
        await pause(apart, undefined, { ref: false });
        renewing = undefined;
      });
      return renewing;
    },
  };
}

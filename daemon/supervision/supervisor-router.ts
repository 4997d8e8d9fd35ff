// One supervisor in front of two: a server is supervised by whoever runs its engine.
import type { Supervisor } from './supervisor.ts';

export interface SupervisorRouterOptions<P extends Supervisor> {
  processes: P;
  /** Undefined: there is no other engine. */
  gateways: Supervisor | undefined;
  runsInGateway(serverId: string): boolean;
}

/** What is not of a server (orphans of processes) stays with the supervisor of processes. */
export function createSupervisorRouter<P extends Supervisor>(options: SupervisorRouterOptions<P>): Supervisor {
  const { processes, gateways, runsInGateway } = options;
  const of = (serverId: string): Supervisor => (gateways && runsInGateway(serverId) ? gateways : processes);
  return {
    start: (id, ...rest) => of(id).start(id, ...rest),
    stop: id => of(id).stop(id),
    health: id => of(id).health(id),
    output: id => of(id).output(id),
    session: id => of(id).session(id),
    upstreams: {
      of: (id, client) => of(id).upstreams.of(id, client),
      offer: id => of(id).upstreams.offer(id),
      losses: id => of(id).upstreams.losses(id),
      left(client) {
        processes.upstreams.left(client);
        gateways?.upstreams.left(client);
      },
    },
    // Also when its row is gone already, so that nobody can tell any more whose it was.
    forget(id) {
      processes.forget(id);
      gateways?.forget(id);
    },
    async close() {
      await Promise.all([processes.close(), gateways?.close()]);
    },
  };
}

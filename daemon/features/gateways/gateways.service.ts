// The gateways as a person controls them: one of each profile. What runs in them are servers, which are started and stopped as
// every other server is.
import type * as z from 'zod';
import type { Gateway, GatewayDetail, listGateways } from '../../../shared/api/gateways.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page } from '../../../shared/api/route.ts';
import type { GatewayControl } from '../../engines/docker-engine.ts';
import type { GatewayRepository } from './gateways.repository.ts';

/** What a gateway's feature needs of servers. */
export interface GatewayServers {
  /** The servers of a profile, by id. */
  inProfile(profile: string): readonly string[];
  start(id: string, caller: string): Promise<unknown>;
  stop(id: string): Promise<unknown>;
}

export interface GatewayService {
  list(query: z.output<typeof listGateways.query>): Page<Gateway>;
  /** Errors: PROFILE_001. */
  get(profile: string): GatewayDetail;
  /** With the servers that ran last, or with all. Resolves when it runs with at least one. Errors: those of a start. */
  start(profile: string, caller: string): Promise<Gateway>;
  stop(profile: string): Promise<Gateway>;
  restart(profile: string, caller: string): Promise<Gateway>;
  setOwnTools(profile: string, on: boolean): Promise<Gateway>;
  /** Tells the gateways what was chosen in earlier lives of the daemon; before anything is started. */
  restore(): Promise<void>;
  close(): void;
}

export interface GatewayServiceOptions {
  repository: GatewayRepository;
  control: GatewayControl;
  servers: GatewayServers;
  profiles: () => readonly { id: string; name: string }[];
  publish: (
    event: { type: 'gateway.changed'; gateway: Gateway } | { type: 'gateway.output'; profile: string; lines: string[] },
  ) => void;
}

export function createGatewayService(options: GatewayServiceOptions): GatewayService {
  const { repository, control, servers, profiles, publish } = options;

  const nameOf = (profile: string): string => {
    const found = profiles().find(({ id }) => id === profile);
    if (found) return found.name;
    throw problem('PROFILE_001', {
      detail: `There is no profile "${profile}".`,
      next: 'The list of profiles shows their ids.',
    });
  };
  const present = (profile: string, title: string): Gateway => ({
    ...control.status(profile),
    title,
    ownTools: repository.find(profile)?.ownTools ?? false,
  });
  const changed = (profile: string): Gateway => {
    const gateway = present(profile, nameOf(profile));
    publish({ type: 'gateway.changed', gateway });
    return gateway;
  };
  /** The servers that are in it now, whatever they do. */
  const started = (profile: string): string[] => control.status(profile).servers.map(({ serverId }) => serverId);

  const toStart = (profile: string): readonly string[] => {
    const there = servers.inProfile(profile);
    const last = repository.find(profile)?.lastServers.filter(id => there.includes(id)) ?? [];
    const chosen = last.length > 0 ? last : there;
    if (chosen.length > 0) return chosen;
    throw problem('DOCKER_014', {
      detail: `The profile "${profile}" has no servers, so that there is nothing to run.`,
      next: 'Install a server into it first.',
    });
  };

  const service: GatewayService = {
    list({ page, limit, sort_order }) {
      const all = profiles().toSorted((a, b) => (sort_order === 'desc' ? -1 : 1) * a.id.localeCompare(b.id));
      const items = all.slice((page - 1) * limit, page * limit).map(({ id, name }) => present(id, name));
      return { items, total: all.length, page, limit };
    },
    get: profile => ({ ...present(profile, nameOf(profile)), output: control.output(profile) }),
    async start(profile, caller) {
      nameOf(profile);
      const results = await Promise.allSettled(toStart(profile).map(id => servers.start(id, caller)));
      // One that cannot be started is its own trouble; the gateway's state names it.
      const failures = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []));
      if (failures.length === results.length) throw failures[0];
      return changed(profile);
    },
    async stop(profile) {
      nameOf(profile);
      const running = started(profile);
      if (running.length > 0) repository.saveLastServers(profile, running);
      await Promise.all(running.map(id => servers.stop(id)));
      await control.stop(profile);
      return changed(profile);
    },
    async restart(profile, caller) {
      nameOf(profile);
      if (!control.active().includes(profile)) return await service.start(profile, caller);
      await control.restart(profile);
      return changed(profile);
    },
    async setOwnTools(profile, on) {
      nameOf(profile);
      repository.saveOwnTools(profile, on);
      await control.setOwnTools(profile, on);
      return changed(profile);
    },
    async restore() {
      const chosen = repository.all().filter(({ ownTools }) => ownTools);
      await Promise.all(chosen.map(({ profile }) => control.setOwnTools(profile, true)));
    },
    close() {
      for (const stop of listening) stop();
    },
  };
  const listening = [
    control.onChange(profile => {
      const found = profiles().find(({ id }) => id === profile);
      if (found) publish({ type: 'gateway.changed', gateway: present(profile, found.name) });
    }),
    control.onOutput((profile, lines) => publish({ type: 'gateway.output', profile, lines })),
  ];
  return service;
}

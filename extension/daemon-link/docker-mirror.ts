// What the daemon knows of Docker, kept up to date by its events: its status, the profiles and their gateways.
import type { DockerCapability, DockerStatus } from '../../shared/api/docker.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import type { Gateway } from '../../shared/api/gateways.ts';
import { problem } from '../../shared/api/problem.ts';
import type { Profile } from '../../shared/api/profiles.ts';
import { gather } from '../platform/gather.ts';
import { createSignal, type Disposable } from '../platform/signal.ts';
import type { DaemonLink } from './daemon-link.ts';
import { readAll } from './pages.ts';

/** Changes that come in one burst are told once. */
const gatherMilliseconds = 60;

export interface DockerMirror extends Disposable {
  /** Reads everything, once; later calls wait for that. Errors: as of the routes. */
  ready(): Promise<void>;
  /** Has the daemon look at Docker again, and reads everything. */
  refresh(): Promise<void>;
  readonly status: DockerStatus | undefined;
  /** By name. */
  readonly profiles: readonly Profile[];
  gateway(profile: string): Gateway | undefined;
  can(capability: DockerCapability): boolean;
  /** Before somebody is asked for what would be refused. Errors: DOCKER_002 with the reason; as of `ready`. */
  need(capability: DockerCapability): Promise<void>;
  readonly onDidChange: (listener: () => void) => Disposable;
  /** Containers came or went. */
  readonly onDidChangeContainers: (listener: () => void) => Disposable;
}

export function createDockerMirror(link: DaemonLink, log: (message: string) => void): DockerMirror {
  const failed = (error: unknown) => log(`A listener failed: ${String(error)}`);
  const changes = createSignal<void>(failed);
  const containers = createSignal<void>(failed);
  const profiles = new Map<string, Profile>();
  const gateways = new Map<string, Gateway>();
  let status: DockerStatus | undefined;
  let loaded = false;
  let loading: Promise<void> | undefined;
  /** Counts what makes a reading that is under way stale. */
  let round = 0;
  /** A profile came whose gateway has not told of itself. */
  let lacksGateway = false;

  const telling = gather(gatherMilliseconds, () => {
    changes.fire();
    if (lacksGateway && !loading) readInBackground();
    lacksGateway = false;
  });
  const forget = () => {
    round++;
    loaded = false;
    loading = undefined;
    status = undefined;
    profiles.clear();
    gateways.clear();
    telling.soon();
  };
  const load = async (look: boolean): Promise<void> => {
    const mine = ++round;
    const { api } = link;
    const found = look ? await api.probeDocker() : await api.getDocker();
    const [all, running] = await Promise.all([
      readAll(query => api.listProfiles({ query })),
      readAll(query => api.listGateways({ query })),
    ]);
    if (mine !== round) return;
    status = found;
    profiles.clear();
    gateways.clear();
    for (const profile of all) profiles.set(profile.id, profile);
    for (const gateway of running) gateways.set(gateway.profile, gateway);
    loaded = true;
    telling.soon();
  };
  const read = (look: boolean): Promise<void> => {
    const mine = load(look).finally(() => {
      if (loading === mine) loading = undefined;
    });
    loading = mine;
    return mine;
  };
  const readInBackground = () => void read(false).catch(error => log(`Docker could not be read: ${String(error)}`));

  const take = (event: DaemonEvent): void => {
    if (event.type === 'containers.changed') {
      containers.fire();
      return;
    }
    if (event.type === 'reset') {
      if (loaded || loading) readInBackground();
      return;
    }
    if (event.type === 'docker.changed') status = event.docker;
    else if (event.type === 'profile.changed') {
      profiles.set(event.profile.id, event.profile);
      lacksGateway ||= !gateways.has(event.profile.id);
    } else if (event.type === 'profile.removed') {
      profiles.delete(event.profileId);
      gateways.delete(event.profileId);
    } else if (event.type === 'gateway.changed') gateways.set(event.gateway.profile, event.gateway);
    else return;
    // What is being read may be older than this event.
    if (loading) readInBackground();
    telling.soon();
  };
  const subscriptions = [
    link.onEvent(take),
    link.onDidChangeState(({ kind }) => {
      if (kind === 'stopped' || kind === 'failed' || kind === 'restricted') forget();
    }),
  ];

  const ready = () => (loaded ? Promise.resolve() : (loading ?? read(false)));

  return {
    ready,
    refresh: () => read(true),
    get status() {
      return status;
    },
    get profiles() {
      return [...profiles.values()].sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
    },
    gateway: profile => gateways.get(profile),
    can: id => status?.capabilities.find(each => each.id === id)?.available === true,
    async need(capability) {
      await link.connect();
      await ready();
      const found = status?.capabilities.find(each => each.id === capability);
      if (!status || found?.available) return;
      const detail = found?.reason ?? status.problem?.detail ?? 'This docker mcp cannot do it.';
      throw problem(status.problem?.code ?? 'DOCKER_002', { detail });
    },
    onDidChange: changes.signal,
    onDidChangeContainers: containers.signal,
    dispose() {
      telling.dispose();
      for (const each of subscriptions) each.dispose();
      changes.dispose();
      containers.dispose();
    },
  };
}

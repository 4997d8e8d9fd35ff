// Which containers are ours. No label names the gateway that has started a container (CONTRACT section 6), and to end one of
// another client would be worse than to leave one of ours. So one is ours only when that is proven while its gateway runs:
//
// - by our mark in its environment, which a catalog that we have rendered gives to each server: random, one for each gateway;
// - or, on Linux, by exclusion: as many `docker run` processes of that server and image below our gateway hold a container of
//   this very engine as there are such containers, all these processes still live after the containers were listed, and live on.
//
// What is proven is recorded, so that a later daemon knows its orphans. Everything else is another client's.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerOwner } from '../../../../shared/api/containers.ts';
import { identify, isStill, type ProcessIdentity } from '../../../supervision/descendants.ts';
import type {
  ContainerOwnership,
  ContainerWatch,
  OwnershipRecords,
  OwnGateway,
  ServerContainer,
} from './container-control.ts';
import { type DockerRunClient, findDockerRuns } from './docker-run-clients.ts';
import { resolveEndpoint } from './endpoint.ts';
import type { EngineApi } from './engine-api.ts';

/** A new mark for the environment of a gateway's servers. */
export const newGatewayMark = (): string => randomBytes(16).toString('hex');

export interface OwnedContainer {
  container: ServerContainer;
  owner: ContainerOwner;
  profile: string | null;
  gatewayPid: number | null;
  /** Why, as a sentence. */
  reason: string;
}

export interface Ownership {
  /** Begins to look at new containers as they come. */
  start(): void;
  close(): Promise<void>;
  /** All server containers, each with whose it is. Looks for proofs first. */
  all(): Promise<OwnedContainer[]>;
}

export interface OwnershipOptions {
  api: EngineApi;
  watch: ContainerWatch;
  records: OwnershipRecords;
  /** Those that run now. */
  gateways: () => readonly OwnGateway[];
  /** The user's home folder, where a `docker run` without one finds its context. */
  home: string;
  onFailure: (error: unknown) => void;
  /** How long a client must live on for the proof by exclusion, in milliseconds. */
  confirmMs?: number;
}

/** By how much the clocks of processes and containers may differ. A larger difference only hides a proof. */
const clockToleranceMs = 2_000;
const retries = 5;

/** A gateway as its containers' records have it. */
type ProvenGateway = Omit<ContainerOwnership, 'containerId' | 'server'>;

export function createOwnership(options: OwnershipOptions): Ownership {
  const { watch, records, gateways, onFailure } = options;
  let proving: Promise<void> | undefined;
  let again = false;
  let retriesLeft = retries;
  let closed = false;
  let stopListening: (() => void) | undefined;
  const known = new Map(records.all().map(record => [record.containerId, record]));
  let seen = new Set<string>();

  /** Gateways by their marks, also those that are gone: a container may come up after the end of the one that asked for it. */
  const marked = new Map<string, ProvenGateway>();

  const record = (container: ServerContainer, gateway: ProvenGateway): void => {
    const proven = { containerId: container.id, server: container.serverName, ...gateway };
    known.set(container.id, proven);
    records.save(proven);
  };

  const proveOnce = async (): Promise<void> => {
    forgetRemoved();
    const unmarked: { gateway: ProvenGateway; identity: ProcessIdentity }[] = [];
    for (const { profile, pid, mark } of gateways()) {
      if (mark !== null && marked.get(mark)?.gatewayPid === pid) continue;
      const identity = await identify(pid);
      const gateway = { profile, gatewayPid: pid, gatewayStarted: identity?.startedAt ?? '' };
      if (mark !== null) marked.set(mark, gateway);
      else if (identity) unmarked.push({ gateway, identity });
    }
    for (const each of watch.list()) {
      const gateway = each.mark === null ? undefined : marked.get(each.mark);
      if (gateway && !known.has(each.id)) record(each, gateway);
    }
    for (const { gateway, identity } of unmarked) {
      if (watch.list().every(({ id, mark }) => mark !== null || known.has(id))) return;
      const proven = await proveByExclusion(options, identity, id => known.get(id));
      for (const each of proven) record(each, gateway);
    }
  };

  /** Only what was seen and went is gone for good: what was never seen may be on another engine. */
  const forgetRemoved = (): void => {
    if (watch.state().kind !== 'connected') return;
    const now = new Set(watch.list().map(({ id }) => id));
    for (const id of seen) if (!now.has(id) && known.delete(id)) records.remove(id);
    seen = now;
  };

  const prove = (): Promise<void> => {
    again = true;
    proving ??= (async () => {
      while (again && !closed) {
        again = false;
        await proveOnce().catch(onFailure);
      }
      proving = undefined;
    })();
    return proving;
  };

  /** A proof may need that the client has attached, which comes a moment after its container. */
  const proveSoon = (): void => {
    void prove().then(async () => {
      const open = watch.list().some(({ id, state }) => state === 'running' && !known.has(id));
      if (closed || !open || gateways().length === 0 || retriesLeft === 0) return;
      retriesLeft -= 1;
      await pause(500, undefined, { ref: false });
      if (!closed) proveSoon();
    });
  };

  return {
    start() {
      stopListening ??= watch.onChange(() => {
        retriesLeft = retries;
        proveSoon();
      });
    },
    async close() {
      closed = true;
      stopListening?.();
      await proving;
    },
    async all() {
      await prove();
      return await Promise.all(watch.list().map(each => judge(each, known.get(each.id), gateways())));
    },
  };
}

async function judge(
  container: ServerContainer,
  proven: ContainerOwnership | undefined,
  running: readonly OwnGateway[],
): Promise<OwnedContainer> {
  if (!proven) {
    const reason = 'It was not started by a gateway of Quayside, or that cannot be proven.';
    return { container, owner: 'other', profile: null, gatewayPid: null, reason };
  }
  const { profile, gatewayPid } = proven;
  const lives = running.some(({ pid }) => pid === gatewayPid) ? await isSame(proven) : await isAlive(proven);
  const reason = lives
    ? `The gateway of the profile "${profile}" runs and has started it.`
    : `The gateway of the profile "${profile}" that has started it is gone.`;
  return { container, owner: lives ? 'own' : 'orphan', profile, gatewayPid, reason };
}

/** A process of that id runs for us; it is another one if the id was used again. */
const isSame = async ({ gatewayPid, gatewayStarted }: ContainerOwnership): Promise<boolean> =>
  gatewayStarted === '' || (await isStill({ pid: gatewayPid, startedAt: gatewayStarted }));

/** Where the system does not tell when a process began, one of that id may be ours still, and so its containers stay. */
const isAlive = async (proven: ContainerOwnership): Promise<boolean> =>
  proven.gatewayStarted === '' ? exists(proven.gatewayPid) : await isSame(proven);

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function proveByExclusion(
  { api, watch, home, confirmMs = 1_000 }: OwnershipOptions,
  gateway: ProcessIdentity,
  knownOf: (id: string) => ContainerOwnership | undefined,
): Promise<ServerContainer[]> {
  const clients = await attachedHere(await findDockerRuns(gateway), api, home);
  if (clients.length === 0) return [];
  // The clients were attached before this list is read, so their containers are on it, unless they have ended since.
  await watch.refresh();
  const groups = [...Map.groupBy(clients, ({ serverName }) => serverName).values()];
  const candidates = () =>
    groups.map(group => {
      const found = watch.list().filter(each => mayBelongTo(each, group, knownOf(each.id), gateway.pid));
      return found.length === group.length && found.every(each => isOfOne(each, group)) ? found : [];
    });
  const before = candidates();
  if (before.flat().every(({ id }) => knownOf(id))) return [];
  // A client whose container has ended ends within moments: one that lives on holds one that lives.
  await pause(confirmMs, undefined, { ref: false });
  const after = candidates();
  const confirmed = await Promise.all(
    groups.map(async (group, index) => {
      const [first = [], second = []] = [before[index], after[index]];
      const same = second.length === first.length && second.every(({ id }) => first.some(each => each.id === id));
      return same && (await Promise.all(group.map(isStill))).every(Boolean) ? second : [];
    }),
  );
  return confirmed.flat().filter(({ id }) => !knownOf(id));
}

/** Those whose container exists, on the engine that we watch. */
async function attachedHere(clients: DockerRunClient[], api: EngineApi, home: string): Promise<DockerRunClient[]> {
  const here = (await api.endpoint()).host;
  const found = await Promise.all(
    clients.map(async client => {
      if (!client.isAttached) return [];
      const { environment } = client;
      const place = await resolveEndpoint({ environment, home: environment['HOME'] ?? home }).catch(() => undefined);
      return place?.host === here ? [client] : [];
    }),
  );
  return found.flat();
}

/** In whatever state: the container of a client may not have been started yet. */
function mayBelongTo(
  { serverName, createdAt, mark }: ServerContainer,
  group: readonly DockerRunClient[],
  known: ContainerOwnership | undefined,
  gatewayPid: number,
): boolean {
  const since = Math.min(...group.map(({ startedMs }) => startedMs)) - clockToleranceMs;
  const isAnothers = mark !== null || (known !== undefined && known.gatewayPid !== gatewayPid);
  return serverName === group[0]?.serverName && Date.parse(createdAt) >= since && !isAnothers;
}

const isOfOne = ({ image, state }: ServerContainer, group: readonly DockerRunClient[]): boolean =>
  state === 'running' && group.some(({ args }) => args.includes(image));

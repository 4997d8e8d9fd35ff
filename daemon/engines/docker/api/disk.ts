// What images and volumes of MCP servers take on the engine's disk, and clearing away what nothing needs.
import * as z from 'zod';
import type { DiskCleaned, DiskImage, DiskUse, DiskVolume } from '../../../../shared/api/containers.ts';
import { serverLabel, toIso } from './container-inspection.ts';
import type { EngineApi } from './engine-api.ts';
import { isNotFound, messageOf, statusCodeOf } from './engine-problems.ts';
import { normalizeReference } from './image-reference.ts';
import { rollbackRepository } from './images.ts';

/**
 * References of images, and `volume://NAME`, by the servers that need them. A volume that no server needs any more is
 * known to be a server's by an empty list.
 */
export type NeededByServers = ReadonlyMap<string, readonly string[]>;

export interface DiskControl {
  /** Errors: DOCKER_003 to DOCKER_005, DOCKER_015. */
  use(needed: NeededByServers): Promise<DiskUse>;
  /** Removes only what `use` shows and nothing needs; why the rest is kept is told. */
  clean(what: { images: readonly string[]; volumes: readonly string[] }, needed: NeededByServers): Promise<DiskCleaned>;
}

const none: ReadonlySet<string> = new Set();

/** An engine with much on its disk counts for a while. */
const countMs = 120_000;

/** A server's image describes itself by this label (CONTRACT section 4), or is one of Docker's own. */
const metadataLabel = 'io.docker.server.metadata';
const isDockersOwn = (reference: string): boolean => /^docker\.io\/mcp\//.test(normalizeReference(reference) ?? '');

const labels = z.record(z.string(), z.string()).nullish();
const Counted = z.looseObject({
  LayersSize: z.number().nonnegative().optional().catch(undefined),
  Images: z
    .array(
      z.looseObject({
        Id: z.string(),
        RepoTags: z.array(z.string()).nullish(),
        RepoDigests: z.array(z.string()).nullish(),
        Size: z.number().default(0),
        SharedSize: z.number().default(-1),
        Created: z.number().default(0),
        Labels: labels,
      }),
    )
    .nullish(),
  Containers: z
    .array(
      z.looseObject({
        ImageID: z.string().default(''),
        Labels: labels,
        Mounts: z.array(z.looseObject({ Type: z.string().optional(), Name: z.string().optional() })).nullish(),
      }),
    )
    .nullish(),
  Volumes: z
    .array(
      z.looseObject({
        Name: z.string(),
        CreatedAt: z.string().nullish(),
        UsageData: z.looseObject({ Size: z.number(), RefCount: z.number() }).nullish(),
      }),
    )
    .nullish(),
});
type Counted = z.infer<typeof Counted>;

/** `seenVolumes`: those that containers of servers were seen with, which show nothing of it once these are gone. */
export function createDiskControl(api: EngineApi, seenVolumes: () => ReadonlySet<string> = () => none): DiskControl {
  const count = async (): Promise<Counted> =>
    await api.request(
      'count what its disk holds',
      async ({ docker, abortSignal }) => {
        const asked: { df(options?: { abortSignal: AbortSignal }): Promise<unknown> } = docker;
        return Counted.parse(await asked.df({ abortSignal }));
      },
      { ms: countMs },
    );

  return {
    use: async needed => toDiskUse(await count(), needed, seenVolumes()),
    async clean({ images, volumes }, needed) {
      const before = await count();
      const use = toDiskUse(before, needed, seenVolumes());
      const cleaned: DiskCleaned = { freedBytes: 0, removed: [], kept: [] };
      const attempt = async (what: string, reason: string | undefined, remove: () => Promise<void>) => {
        const failure = reason ?? (await remove().then(() => undefined, describeFailure));
        if (failure === undefined) cleaned.removed.push(what);
        else cleaned.kept.push({ what, reason: failure });
      };
      for (const id of new Set(images)) {
        const image = use.images.find(each => isCalled(each, id));
        await attempt(id, reasonToKeepImage(image), () => removeImage(api, image));
      }
      let freed = 0;
      for (const name of new Set(volumes)) {
        const volume = use.volumes.find(each => each.name === name);
        await attempt(name, reasonToKeepVolume(volume), async () => {
          await api.raw(({ docker, abortSignal }) => docker.getVolume(name).remove({ abortSignal }));
          freed += volume?.bytes ?? 0;
        });
      }
      const after = images.length > 0 ? await count() : before;
      freed += Math.max(0, (before.LayersSize ?? 0) - (after.LayersSize ?? 0));
      return { ...cleaned, freedBytes: Math.round(freed) };
    },
  };
}

function toDiskUse(counted: Counted, needed: NeededByServers, seen: ReadonlySet<string>): DiskUse {
  const images = findImages(counted, needed);
  const volumes = findVolumes(counted, needed, seen);
  const ownBytes = ({ bytes, sharedBytes }: DiskImage) => bytes - (sharedBytes ?? 0);
  const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
  // Layers that images share are counted with the one that shares the most: the engine does not say which share which.
  const shared = Math.max(0, ...images.map(({ sharedBytes }) => sharedBytes ?? 0));
  return {
    images,
    volumes,
    totalBytes: sum(images.map(ownBytes)) + shared + sum(volumes.map(({ bytes }) => bytes ?? 0)),
    reclaimableBytes:
      sum(images.filter(each => reasonToKeepImage(each) === undefined && !each.keptForRollback).map(ownBytes)) +
      sum(volumes.filter(each => reasonToKeepVolume(each) === undefined).map(({ bytes }) => bytes ?? 0)),
  };
}

function findImages(counted: Counted, needed: NeededByServers): DiskImage[] {
  const byReference = groupByReference(needed);
  const containers = counted.Containers ?? [];
  const found = (counted.Images ?? []).map(image => {
    const references = [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])].filter(
      each => !each.startsWith('<none>'),
    );
    const holding = containers.filter(({ ImageID }) => ImageID === image.Id);
    const serverIds = references.flatMap(each => byReference.get(normalizeReference(each) ?? '') ?? []);
    const keptForRollback = references.some(each => each.startsWith(`${rollbackRepository}:`));
    const isServers =
      serverIds.length > 0 ||
      keptForRollback ||
      image.Labels?.[metadataLabel] !== undefined ||
      references.some(isDockersOwn) ||
      holding.some(container => container.Labels?.[serverLabel] === 'true');
    const entry: DiskImage = {
      id: image.Id,
      references,
      bytes: Math.round(image.Size),
      sharedBytes: image.SharedSize < 0 ? null : Math.round(image.SharedSize),
      createdAt: new Date(image.Created * 1_000).toISOString(),
      serverIds: [...new Set(serverIds)].sort(),
      containers: holding.length,
      keptForRollback,
    };
    return isServers ? [entry] : [];
  });
  return found.flat().sort((a, b) => b.bytes - a.bytes);
}

function groupByReference(needed: NeededByServers): Map<string, string[]> {
  const grouped = new Map<string, string[]>();
  for (const [reference, servers] of needed) {
    const key = normalizeReference(reference);
    if (key !== undefined) grouped.set(key, [...(grouped.get(key) ?? []), ...servers]);
  }
  return grouped;
}

function findVolumes(counted: Counted, needed: NeededByServers, seen: ReadonlySet<string>): DiskVolume[] {
  const mounts = (counted.Containers ?? []).flatMap(({ Labels, Mounts }) =>
    (Mounts ?? []).flatMap(({ Name }) => (Name ? [{ name: Name, isServers: Labels?.[serverLabel] === 'true' }] : [])),
  );
  const found = (counted.Volumes ?? []).map(({ Name, CreatedAt, UsageData }) => {
    const users = mounts.filter(({ name }) => name === Name);
    const serverIds = [...(needed.get(`volume://${Name}`) ?? [])];
    const size = UsageData?.Size ?? -1;
    const entry: DiskVolume = {
      name: Name,
      bytes: size < 0 ? null : Math.round(size),
      serverIds,
      containers: users.length,
      createdAt: CreatedAt ? toIso(CreatedAt) : null,
    };
    const isServers = needed.has(`volume://${Name}`) || seen.has(Name) || users.some(user => user.isServers);
    return isServers ? [entry] : [];
  });
  return found.flat().sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
}

const isCalled = ({ id, references }: DiskImage, wanted: string): boolean =>
  id === wanted || references.includes(wanted) || (wanted.length >= 12 && id.replace('sha256:', '').startsWith(wanted));

function reasonToKeepImage(image: DiskImage | undefined): string | undefined {
  if (!image) return 'It is no image of an MCP server on this engine.';
  return reasonOfUse(image);
}

function reasonToKeepVolume(volume: DiskVolume | undefined): string | undefined {
  if (!volume) return 'It is no volume of an MCP server on this engine.';
  return reasonOfUse(volume);
}

function reasonOfUse({ serverIds, containers }: { serverIds: string[]; containers: number }): string | undefined {
  if (serverIds.length > 0) return `It is needed by ${serverIds.join(', ')}.`;
  if (containers === 0) return undefined;
  return containers === 1 ? 'A container uses it.' : `${containers} containers use it.`;
}

/** Without force: name by name, and what somebody has begun to use meanwhile stays. */
async function removeImage(api: EngineApi, image: DiskImage | undefined): Promise<void> {
  if (!image) return;
  const tags = image.references.filter(reference => !reference.includes('@'));
  for (const name of [...tags, image.id]) {
    await api
      .raw(async ({ docker, abortSignal }) => {
        await docker.getImage(name).remove({ abortSignal });
      })
      .catch(error => {
        // With its last name the image itself went.
        if (!isNotFound(error)) throw error;
      });
  }
}

const describeFailure = (error: unknown): string =>
  statusCodeOf(error) === 409 ? 'It is in use.' : `The engine did not remove it: ${messageOf(error)}`;

// What images and volumes take, and removing those that a person has chosen.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { DiskCleaned, DiskImage, DiskUse, DiskVolume } from '../../shared/api/containers.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { formatBytes } from '../kit/format.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';

export interface DiskState {
  readonly disk: Load<DiskUse>;
  readonly chosen: ReadonlySignal<ReadonlySet<string>>;
  /** Bytes that removing the chosen would free at most. */
  readonly chosenBytes: ReadonlySignal<number>;
  readonly cleaning: Act;
  readonly cleaned: ReadonlySignal<DiskCleaned | undefined>;
  choose(key: string, on: boolean): void;
  chooseUnused(): void;
  clean(): Promise<void>;
  close(): void;
}

export const imageKey = ({ id }: DiskImage): string => `image ${id}`;
export const volumeKey = ({ name }: DiskVolume): string => `volume ${name}`;

/** True if nothing needs it: no server, no container, no way back after an update. */
export const isUnused = (
  { serverIds, containers }: Pick<DiskImage, 'serverIds' | 'containers'>,
  keptForRollback = false,
): boolean => serverIds.length === 0 && containers === 0 && !keptForRollback;

/** A volume may hold what somebody has made, so it is never chosen for them. */
export const unusedImages = ({ images }: DiskUse): DiskImage[] =>
  images.filter(image => isUnused(image, image.keptForRollback));

export function createDiskState({ api, live }: Pick<App, 'api' | 'live'>): DiskState {
  const disk = createLoad(abort => api.getDiskUse({}, { signal: abort }));
  const chosen = signal<ReadonlySet<string>>(new Set());
  const cleaned = signal<DiskCleaned | undefined>(undefined);
  const cleaning = createAct();
  void disk.reload();
  const stopListening = live.onEvent(event => {
    const ended = event.type === 'operation.changed' && event.operation.endedAt !== null;
    if (event.type === 'reset' || event.type === 'server.removed' || ended) void disk.reload();
  });
  const chosenImages = () => (disk.value.value?.images ?? []).filter(image => chosen.value.has(imageKey(image)));
  const chosenVolumes = () => (disk.value.value?.volumes ?? []).filter(volume => chosen.value.has(volumeKey(volume)));
  return {
    disk,
    chosen,
    chosenBytes: computed(
      () =>
        chosenImages().reduce((sum, image) => sum + image.bytes - (image.sharedBytes ?? 0), 0) +
        chosenVolumes().reduce((sum, volume) => sum + (volume.bytes ?? 0), 0),
    ),
    cleaning,
    cleaned,
    choose(key, on) {
      const next = new Set(chosen.value);
      if (on) next.add(key);
      else next.delete(key);
      chosen.value = next;
    },
    chooseUnused() {
      chosen.value = new Set(disk.value.value ? unusedImages(disk.value.value).map(imageKey) : []);
    },
    async clean() {
      const done = await cleaning.run('clean', () =>
        api.cleanDisk({
          body: { images: chosenImages().map(({ id }) => id), volumes: chosenVolumes().map(({ name }) => name) },
        }),
      );
      if (!done) return;
      cleaned.value = done;
      chosen.value = new Set();
      announce(`${formatBytes(done.freedBytes)} freed.`);
      void disk.reload();
    },
    close() {
      stopListening();
      disk.close();
    },
  };
}

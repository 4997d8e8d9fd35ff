import { setTimeout as wait } from 'node:timers/promises';
import type { ImageControl, LocalImage } from '../../../daemon/engines/docker/api/container-control.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { FakeDockerBehaviour } from './behaviour.ts';

export const fakeImage = (reference: string): LocalImage => ({
  id: `sha256:${Buffer.from(reference).toString('hex').padEnd(64, '0').slice(0, 64)}`,
  tags: [reference],
  digests: [],
  os: 'linux',
  architecture: 'amd64',
  mismatch: null,
  sizeBytes: 1_000_000,
  createdAt: null,
  labels: {},
});

type Images = Pick<ImageControl, 'find' | 'pull' | 'tagForRollback' | 'rollBack'>;

/** Pulls in four steps, which take as long as the behaviour says. */
export function createFakeImages(
  images: Map<string, LocalImage>,
  behaviour: FakeDockerBehaviour,
  refuseIfDown: () => void,
): Images {
  const kept = new Map<string, LocalImage>();
  return {
    async find(reference) {
      refuseIfDown();
      return images.get(reference);
    },
    async pull(reference, { signal, onProgress }) {
      refuseIfDown();
      const failure = behaviour.pullFailures.get(reference);
      for (let part = 1; part <= 4; part++) {
        await wait(behaviour.pullMs / 4, undefined, { signal }).catch(() => {
          throw problem('INSTALL_007', { detail: 'The pull was cancelled.' });
        });
        const layer = { id: 'layer', state: 'downloading', bytes: part * 250, totalBytes: 1_000 } as const;
        const transfer = { bytes: part * 250, totalBytes: 1_000, bytesPerSecond: 1_000, layers: [layer] };
        onProgress({ step: `Downloading ${part} of 4 parts`, progress: part / 4, transfer });
        if (failure && part === 2) throw failure;
      }
      images.set(reference, fakeImage(reference));
      return fakeImage(reference);
    },
    async tagForRollback(reference) {
      const image = images.get(reference);
      if (!image) return undefined;
      kept.set(reference, image);
      return `quayside.local/rollback:${kept.size}`;
    },
    async rollBack(reference) {
      const image = kept.get(reference);
      if (image) images.set(reference, image);
      return image !== undefined;
    },
  };
}

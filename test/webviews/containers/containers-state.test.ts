import assert from 'node:assert/strict';
import type { Container, DiskImage, DiskUse } from '../../../shared/api/containers.ts';
import { createContainersState } from '../../../webviews/containers/containers.state.ts';
import {
  createDiskState,
  imageKey,
  isUnused,
  unusedImages,
  volumeKey,
} from '../../../webviews/containers/disk.state.ts';
import { createCannedApp, pageWith, until } from '../canned-api.ts';

const container = (id: string, owner: Container['owner'], server = id): Container => ({
  id,
  name: id,
  server,
  serverId: null,
  profile: null,
  image: 'mcp/x',
  state: 'running',
  owner,
  startedAt: null,
  stats: null,
});
const image = (id: string, part: Partial<DiskImage> = {}): DiskImage => ({
  id,
  references: [`mcp/${id}`],
  bytes: 100,
  sharedBytes: 40,
  createdAt: '2026-01-01T00:00:00Z',
  serverIds: [],
  containers: 0,
  keptForRollback: false,
  ...part,
});
const volume = { name: 'data', bytes: 7, serverIds: [], containers: 0, createdAt: null };

describe('the containers', () => {
  it('are shown with what was left behind first and what is not ours last', async () => {
    const app = createCannedApp({
      listContainers: () => pageWith([container('a', 'other'), container('b', 'own'), container('c', 'orphan')]),
    });
    const state = createContainersState(app);
    const found = await until(() => state.containers.value.value);
    assert.deepEqual(
      found.map(({ id }) => id),
      ['c', 'b', 'a'],
    );
    state.close();
  });

  it('of one server are asked for by its name', async () => {
    const app = createCannedApp({ listContainers: () => pageWith([]) });
    const state = createContainersState(app, 'github');
    await until(() => state.containers.value.value);
    assert.equal(app.askedFor('listContainers')[0]?.query.get('server_id'), 'github');
    state.close();
  });

  it('are swept only after it was shown what goes and what stays', async () => {
    const app = createCannedApp({
      listContainers: () => pageWith([]),
      sweepContainers: ({ body }) => ({
        removed: [{ id: 'c', server: 'x', image: 'mcp/x' }],
        left: [{ id: 'a', server: 'y', reason: 'another client’s' }],
        dryRun: body.dryRun,
      }),
    });
    const state = createContainersState(app);
    await state.previewSweep();
    assert.equal(state.sweep.value?.dryRun, true);
    await state.runSweep();
    assert.equal(state.sweep.value?.dryRun, false);
    assert.deepEqual(
      app.askedFor('sweepContainers').map(({ body }) => body.dryRun),
      [true, false],
    );
    state.close();
  });

  it('are read again when they have changed', async () => {
    const app = createCannedApp({ listContainers: () => pageWith([]) });
    app.live.start();
    const state = createContainersState(app);
    await until(() => state.containers.value.value);
    app.emit({ type: 'containers.changed' });
    await until(() => app.askedFor('listContainers').length === 2);
    state.close();
    app.live.stop();
  });
});

describe('what is on the disk', () => {
  const disk: DiskUse = {
    images: [
      image('used', { serverIds: ['x'] }),
      image('running', { containers: 1 }),
      image('kept', { keptForRollback: true }),
      image('old'),
    ],
    volumes: [volume],
    totalBytes: 400,
    reclaimableBytes: 100,
  };

  it('is unused where no server, no container and no way back needs it', () => {
    assert.deepEqual(
      unusedImages(disk).map(({ id }) => id),
      ['old'],
    );
    assert.equal(isUnused(volume), true);
  });

  it('is removed only where it was chosen, and a volume is never chosen for anybody', async () => {
    const app = createCannedApp({
      getDiskUse: () => disk,
      cleanDisk: () => ({ freedBytes: 60, removed: ['mcp/old'], kept: [{ what: 'data', reason: 'in use' }] }),
    });
    const state = createDiskState(app);
    await until(() => state.disk.value.value);
    state.chooseUnused();
    assert.deepEqual([...state.chosen.value], [imageKey(image('old'))]);
    assert.equal(state.chosenBytes.value, 60, 'layers that others share are not freed');
    state.choose(volumeKey(volume), true);
    assert.equal(state.chosenBytes.value, 67);
    state.choose(volumeKey(volume), false);
    await state.clean();
    assert.deepEqual(app.askedFor('cleanDisk')[0]?.body, { images: ['old'], volumes: [] });
    assert.equal(state.cleaned.value?.kept[0]?.what, 'data');
    assert.equal(state.chosen.value.size, 0);
    state.close();
  });
});

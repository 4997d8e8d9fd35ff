import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { createContainerService } from '../../../../../daemon/engines/docker/api/container-service.ts';
import { createImageControl } from '../../../../../daemon/engines/docker/api/images.ts';
import { createOwnership, type Ownership } from '../../../../../daemon/engines/docker/api/ownership.ts';
import type { ContainerControl } from '../../../../../daemon/engines/docker-engine.ts';
import {
  createMemoryRecords,
  runServer,
  startStandInGateway,
  type TestWatch,
  untilRunning,
  watchOf,
} from '../../../../support/docker-engine/containers.ts';
import { startTestEngine, type TestEngine } from '../../../../support/docker-engine/engine.ts';
import { buildBusybox, buildLayers, busyboxImage } from '../../../../support/docker-engine/images.ts';
import { until } from '../../../../support/in-process-daemon.ts';

describe('containers and disk, as the features ask for them', function () {
  this.timeout(40_000);
  let engine: TestEngine;
  let at: TestWatch;
  let ownership: Ownership;
  let control: ContainerControl;
  let gateways: { profile: string; pid: number; mark: string | null }[] = [];

  // An engine of its own: what it has on its disk is counted.
  before(async () => {
    engine = await startTestEngine('docker-disk');
    await buildBusybox(engine.docker);
    at = await watchOf(engine);
    ownership = createOwnership({
      ...at,
      records: createMemoryRecords(),
      gateways: () => gateways,
      home: engine.folder,
      onFailure: error => {
        throw error;
      },
    });
    control = createContainerService({ ...at, ownership });
  });
  after(async () => {
    await ownership?.close();
    await at?.[Symbol.asyncDispose]();
    await engine?.stop();
  });

  it('lists containers with whose they are, and lets only ours be stopped and read', async () => {
    await using gateway = startStandInGateway(engine, 'mine', ['--mark', 'm'.repeat(32)]);
    gateways = [{ profile: 'work', pid: gateway.pid, mark: 'm'.repeat(32) }];
    const foreign = await runServer(engine, 'theirs');
    const [mine] = await untilRunning(at.watch, 'mine');
    await untilRunning(at.watch, 'theirs');
    const listed = await until(async () => {
      const all = await control.list();
      return all.every(({ stats }) => stats !== null) ? all : undefined;
    }, 'the first measurements');
    const facts = listed.map(({ server, owner, profile, state, image }) => [server, owner, profile, state, image]);
    deepEqual(facts.sort(), [
      ['mine', 'own', 'work', 'running', busyboxImage],
      ['theirs', 'other', null, 'running', busyboxImage],
    ]);
    await rejects(control.stop(foreign), { code: 'CONTAINER_002' });
    await rejects(control.logs(foreign, 10), { code: 'CONTAINER_002' });
    await rejects(control.stop('0'.repeat(12)), { code: 'CONTAINER_001' });
    deepEqual(await control.logs(mine?.id ?? '', 10), []);
    await control.stop(mine?.id.slice(0, 12) ?? '');
    await until(() => at.watch.list().length === 1, 'ours to be gone');
    gateways = [];
    const { removed, left } = await control.sweep(false);
    deepEqual([removed.length, left.map(({ id }) => id)], [0, [foreign]]);
    await at.watch.remove(foreign);
    await until(() => at.watch.list().length === 0, 'the other to be gone');
  });

  it('shows the images and volumes of servers, what needs them, and what can be had back', async () => {
    const { docker } = engine;
    await buildLayers(docker, 'lab/needed:1', [1_000_000]);
    await buildLayers(docker, 'lab/unused:1', [2_000_000]);
    await buildLayers(docker, 'mcp/vendor:1', [500_000]);
    await buildLayers(docker, 'private/thing:1', [300_000]);
    const images = createImageControl({ api: at.api });
    await images.tagForRollback('lab/unused:1');
    await docker.createVolume({ Name: 'notes' });
    await docker.createVolume({ Name: 'nobodys' });
    const running = await runServer(engine, 'uses', [], ['--volume', 'data:/data']);
    await untilRunning(at.watch, 'uses');
    const needed = new Map([
      ['docker.io/lab/needed:1', ['server-a', 'server-b']],
      ['volume://notes', ['server-a']],
    ]);
    const use = await control.disk(needed);
    const rows = use.images.map(({ references, serverIds, containers, keptForRollback }) => [
      references.filter(each => !each.includes('rollback')),
      serverIds,
      containers,
      keptForRollback,
    ]);
    deepEqual(rows, [
      [['lab/unused:1'], [], 0, true],
      [['lab/needed:1'], ['server-a', 'server-b'], 0, false],
      [['mcp/vendor:1'], [], 0, false],
      [[busyboxImage], [], 1, false],
    ]);
    deepEqual(use.volumes.map(({ name, serverIds, containers }) => [name, serverIds, containers]).sort(), [
      ['data', [], 1],
      ['notes', ['server-a'], 0],
    ]);
    const vendor = use.images.find(({ references }) => references.includes('mcp/vendor:1'));
    equal(use.reclaimableBytes, (vendor?.bytes ?? 0) - (vendor?.sharedBytes ?? 0));
    ok(use.reclaimableBytes >= 500_000 && use.totalBytes > use.reclaimableBytes + 3_000_000);

    const cleaned = await control.clean(
      {
        images: ['mcp/vendor:1', 'lab/unused:1', 'lab/needed:1', busyboxImage, 'private/thing:1'],
        volumes: ['notes', 'data', 'nobodys'],
      },
      needed,
    );
    deepEqual(cleaned.removed, ['mcp/vendor:1', 'lab/unused:1']);
    deepEqual(
      cleaned.kept.map(({ what }) => what),
      ['lab/needed:1', busyboxImage, 'private/thing:1', 'notes', 'data', 'nobodys'],
    );
    match(cleaned.kept[0]?.reason ?? '', /needed by server-a, server-b/);
    match(cleaned.kept[1]?.reason ?? '', /A container uses it/);
    match(cleaned.kept[2]?.reason ?? '', /no image of an MCP server/);
    ok(cleaned.freedBytes >= 2_500_000, `${cleaned.freedBytes} bytes`);
    equal(await images.find('mcp/vendor:1'), undefined);
    ok(await images.find('private/thing:1'));

    // What a server's container was seen with can go when the container is gone, and what is another's still cannot.
    await at.watch.remove(running);
    const later = await control.clean({ images: [], volumes: ['data', 'nobodys'] }, needed);
    deepEqual([later.removed, later.kept.map(({ what }) => what)], [['data'], ['nobodys']]);
  });
});

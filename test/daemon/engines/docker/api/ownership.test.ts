import { deepEqual, equal, ok } from 'node:assert/strict';
import type { OwnershipRecords } from '../../../../../daemon/engines/docker/api/container-control.ts';
import { gatewayMarkVariable, type OwnGateway } from '../../../../../daemon/engines/docker/api/container-control.ts';
import { sweepOrphans } from '../../../../../daemon/engines/docker/api/orphans.ts';
import { createOwnership, newGatewayMark, type Ownership } from '../../../../../daemon/engines/docker/api/ownership.ts';
import {
  createMemoryRecords,
  runServer,
  startStandInGateway,
  type TestWatch,
  untilRunning,
  watchOf,
} from '../../../../support/docker-engine/containers.ts';
import type { TestEngine } from '../../../../support/docker-engine/engine.ts';
import { sharedEngine } from '../../../../support/docker-engine/shared.ts';
import { until } from '../../../../support/in-process-daemon.ts';

describe('whose a container is', function () {
  this.timeout(30_000);
  let engine: TestEngine;
  let at: TestWatch;
  let records: OwnershipRecords;
  let gateways: OwnGateway[];
  let ownership: Ownership;
  const failures: unknown[] = [];

  const newDaemon = (): Ownership => {
    const { api, watch } = at;
    const made = createOwnership({
      api,
      watch,
      records,
      gateways: () => gateways,
      home: engine.folder,
      onFailure: error => failures.push(error),
      confirmMs: 200,
    });
    made.start();
    return made;
  };
  const owners = async (server: string) =>
    (await ownership.all()).filter(({ container }) => container.serverName === server).map(({ owner }) => owner);
  const sweep = (dryRun = false) => sweepOrphans({ ownership, watch: at.watch }, dryRun);

  beforeEach(async () => {
    engine = await sharedEngine();
    at = await watchOf(engine);
    // The engine is that of other suites as well.
    await Promise.all(at.watch.list().map(({ id }) => at.watch.remove(id)));
    await at.watch.refresh();
    records = createMemoryRecords();
    gateways = [];
    ownership = newDaemon();
  });
  afterEach(async () => {
    await ownership.close();
    await Promise.all(at.watch.list().map(({ id }) => at.watch.remove(id)));
    await at[Symbol.asyncDispose]();
    deepEqual(failures.splice(0), []);
  });

  it('is proven by the mark of a gateway that runs, and an orphan when that gateway is gone', async () => {
    const mark = newGatewayMark();
    await using gateway = startStandInGateway(engine, 'marked', ['--mark', mark]);
    gateways = [{ profile: 'work', pid: gateway.pid, mark }];
    const [container] = await untilRunning(at.watch, 'marked');
    deepEqual(await owners('marked'), ['own']);
    deepEqual(
      records
        .all()
        .map(({ containerId, profile, server, gatewayPid }) => ({ containerId, profile, server, gatewayPid })),
      [{ containerId: container?.id, profile: 'work', server: 'marked', gatewayPid: gateway.pid }],
    );
    deepEqual((await sweep()).removed, []);

    await gateway.kill();
    gateways = [];
    deepEqual(await owners('marked'), ['orphan']);
    const dry = await sweep(true);
    equal(dry.removed[0]?.id, container?.id);
    equal(at.watch.list().length, 1);
    equal((await sweep()).removed.length, 1);
    await until(() => at.watch.list().length === 0, 'the orphan to be gone');
    await until(() => records.all().length === 0 || ownership.all().then(() => false), 'its record to be gone');
  });

  it('is that of its mark, also if it comes up only after the end of its gateway', async () => {
    const mark = newGatewayMark();
    await using gateway = startStandInGateway(engine, 'late', ['--mark', mark]);
    gateways = [{ profile: 'work', pid: gateway.pid, mark }];
    await untilRunning(at.watch, 'late');
    await ownership.all();
    await gateway.kill();
    gateways = [];
    await runServer(engine, 'late', [], ['--env', `${gatewayMarkVariable}=${mark}`]);
    await untilRunning(at.watch, 'late', 2);
    deepEqual(await owners('late'), ['orphan', 'orphan']);
  });

  it('is known to the next daemon by the records of the one before', async () => {
    const mark = newGatewayMark();
    await using gateway = startStandInGateway(engine, 'left', ['--mark', mark]);
    gateways = [{ profile: 'work', pid: gateway.pid, mark }];
    await untilRunning(at.watch, 'left');
    await until(() => records.all().length === 1, 'the proof to be recorded without being asked for');
    await ownership.close();
    await gateway.kill();
    gateways = [];
    ownership = newDaemon();
    deepEqual(await owners('left'), ['orphan']);
    equal((await sweep()).removed[0]?.server, 'left');
  });

  it('is proven without a mark by the docker run processes below the gateway', async () => {
    await using gateway = startStandInGateway(engine, 'unmarked', ['--count', '2']);
    gateways = [{ profile: 'work', pid: gateway.pid, mark: null }];
    await untilRunning(at.watch, 'unmarked', 2);
    await until(async () => (await owners('unmarked')).every(owner => owner === 'own'), 'both to be proven');
    await gateway.kill();
    gateways = [];
    deepEqual(await owners('unmarked'), ['orphan', 'orphan']);
    equal((await sweep()).removed.length, 2);
  });

  it('is another client’s, whatever its labels and image are', async () => {
    await using other = startStandInGateway(engine, 'same-name');
    await untilRunning(at.watch, 'same-name');
    const mark = newGatewayMark();
    await using own = startStandInGateway(engine, 'same-name', ['--mark', mark]);
    gateways = [{ profile: 'work', pid: own.pid, mark }];
    const [first] = (await untilRunning(at.watch, 'same-name', 2)).filter(each => each.mark === null);
    const byHand = await runServer(engine, 'same-name');
    const forged = await runServer(engine, 'same-name', [], ['--env', `${gatewayMarkVariable}=${newGatewayMark()}`]);
    await untilRunning(at.watch, 'same-name', 4);
    deepEqual((await owners('same-name')).sort(), ['other', 'other', 'other', 'own']);
    await own.kill();
    await other.kill();
    gateways = [];
    const { removed, left } = await sweep();
    equal(removed.length, 1);
    deepEqual(left.map(({ id }) => id).sort(), [first?.id, byHand, forged].sort());
    ok(left.every(({ reason }) => reason.endsWith('.')));
    await until(() => at.watch.list().length === 3, 'only the orphan to be gone');
  });

  it('cannot be told, and stays, where a stranger’s container looks like ours without a mark', async () => {
    await using own = startStandInGateway(engine, 'alike');
    gateways = [{ profile: 'work', pid: own.pid, mark: null }];
    const stranger = await runServer(engine, 'alike');
    await untilRunning(at.watch, 'alike', 2);
    deepEqual(await owners('alike'), ['other', 'other']);
    // Once the stranger is gone there is nothing else that it could be.
    await at.watch.remove(stranger);
    await until(async () => (await owners('alike'))[0] === 'own', 'ours to be proven');
  });

  it('is not taken from a client that has no container yet', async () => {
    // The engine answers nobody: a docker run of ours waits, and a stranger's container of the same name is there.
    const stranger = await runServer(engine, 'early');
    await untilRunning(at.watch, 'early');
    await using stalled = await startStalledGateway(engine, 'early');
    gateways = [{ profile: 'work', pid: stalled.pid, mark: null }];
    deepEqual(await owners('early'), ['other']);
    equal(at.watch.list()[0]?.id, stranger);
  });

  it('ends in a sweep after its gateway, and those of other gateways stay', async () => {
    const marks = [newGatewayMark(), newGatewayMark()] as const;
    await using one = startStandInGateway(engine, 'one', ['--mark', marks[0]]);
    await using two = startStandInGateway(engine, 'two', ['--mark', marks[1]]);
    gateways = [
      { profile: 'a', pid: one.pid, mark: marks[0] },
      { profile: 'b', pid: two.pid, mark: marks[1] },
    ];
    await untilRunning(at.watch, 'one');
    await untilRunning(at.watch, 'two');
    await ownership.all();
    await one.kill();
    // Not yet taken off the list of those that run: what counts is that its process is gone.
    equal((await sweep()).removed.length, 1);
    await until(() => at.watch.list().length === 1, 'one container to be left');
    deepEqual(await owners('two'), ['own']);
    equal((await sweep()).removed.length, 0);
  });
});

/** A gateway whose docker run hangs before it has made its container: its engine takes the connection and is silent. */
async function startStalledGateway(engine: TestEngine, server: string) {
  const { createServer } = await import('node:net');
  const { rename } = await import('node:fs/promises');
  const hidden = `${engine.socket}.hidden`;
  await rename(engine.socket, hidden);
  const sockets = new Set<import('node:net').Socket>();
  const silent = createServer(socket => void sockets.add(socket.on('error', () => {})));
  await new Promise<void>(resolve => silent.listen(engine.socket, resolve));
  const gateway = startStandInGateway(engine, server);
  await until(() => sockets.size > 0, 'docker run to connect', 10_000);
  await rename(hidden, engine.socket);
  return {
    pid: gateway.pid,
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      for (const socket of sockets) socket.destroy();
      // Its own end would remove the engine's socket, which has the same path.
      silent.unref();
    },
  };
}

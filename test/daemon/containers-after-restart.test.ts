import { deepEqual, equal } from 'node:assert/strict';
import { createDockerEngine } from '../../daemon/engines/docker/docker.engine.ts';
import { createContainerOwnerRepository } from '../../daemon/features/containers/containers.repository.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import { identify } from '../../daemon/supervision/descendants.ts';
import { runServer, startStandInGateway, untilRunning, watchOf } from '../support/docker-engine/containers.ts';
import { sharedEngine } from '../support/docker-engine/shared.ts';
import { until } from '../support/in-process-daemon.ts';
import { rememberStored } from '../support/stored-secrets.ts';

describe('a daemon after one that was killed', function () {
  this.timeout(30_000);

  it('ends the containers that the gateways of that one have left, and none of another client', async () => {
    const engine = await sharedEngine();
    await using at = await watchOf(engine);
    await using gateway = startStandInGateway(engine, 'kept-by-gateway');
    await using dead = startStandInGateway(engine, 'left-behind');
    const [kept] = await untilRunning(at.watch, 'kept-by-gateway');
    const [left] = await untilRunning(at.watch, 'left-behind');
    const foreign = await runServer(engine, 'left-behind');
    await untilRunning(at.watch, 'left-behind', 2);

    // What the daemon before has recorded: two gateways, of which one still runs.
    const database = openDatabase(':memory:');
    const records = createContainerOwnerRepository(database, { now: () => Date.now() });
    for (const [container, { pid }] of [
      [kept, gateway],
      [left, dead],
    ] as const) {
      const gatewayStarted = (await identify(pid))?.startedAt ?? '';
      const { id: containerId = '', serverName: server = '' } = container ?? {};
      records.save({ containerId, profile: 'work', server, gatewayPid: pid, gatewayStarted });
    }
    await dead.kill();

    const failures: unknown[] = [];
    const docker = createDockerEngine({
      environment: engine.environment,
      home: engine.folder,
      stateFolder: engine.folder,
      version: '0.0.0',
      memory: { ownership: records, storedSecrets: rememberStored() },
      onFailure: error => failures.push(error),
    });
    await docker.tidy(new Set());
    await until(() => at.watch.list().every(({ id }) => id !== left?.id), 'the orphan to be gone');
    const rest = at.watch.list().map(({ id }) => id);
    deepEqual([rest.includes(kept?.id ?? ''), rest.includes(foreign)], [true, true]);
    await until(() => records.all().length === 1, 'its record to be gone');
    equal((await docker.containers.list()).find(({ id }) => id === kept?.id)?.owner, 'own');
    await docker.close();
    database.close();
    deepEqual(failures, []);
    await Promise.all([kept?.id ?? '', foreign].map(id => at.watch.remove(id)));
  });
});

import { deepEqual, equal, ok } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { runServer } from '../../../../support/docker-engine/containers.ts';
import { startTestEngine } from '../../../../support/docker-engine/engine.ts';
import { buildBusybox } from '../../../../support/docker-engine/images.ts';
import { waitForNoProcessOf } from '../../../../support/processes.ts';

describe('the engine of the tests', function () {
  this.timeout(40_000);

  it('leaves no process, container, mount or file, also when it was killed', async () => {
    const engine = await startTestEngine('docker-left');
    await buildBusybox(engine.docker);
    const id = await runServer(engine, 'survivor');
    const { State } = await engine.docker.getContainer(id).inspect();
    ok(existsSync(`/proc/${State.Pid}`));
    await engine.kill();
    ok(existsSync(`/proc/${State.Pid}`), 'a container outlives its engine');
    await engine.stop();
    deepEqual(await waitForNoProcessOf(engine.folder), []);
    // What has ended and was not taken away by its parent yet has no root any more.
    const state = /^State:\s+(\w)/m.exec(readIfThere(`/proc/${State.Pid}/status`))?.[1] ?? 'gone';
    ok(['gone', 'Z', 'X'].includes(state), `the container is ${state}`);
    equal(readFileSync('/proc/mounts', 'utf8').includes(engine.folder), false);
    equal(existsSync(engine.folder), false);
  });
});

const readIfThere = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

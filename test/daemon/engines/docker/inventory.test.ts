import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { watchDockerHome } from '../../../../daemon/engines/docker/home-watch.ts';
import { createInventory, type Inventory } from '../../../../daemon/engines/docker/inventory.ts';
import type { ProfileOfDocker } from '../../../../daemon/engines/docker-engine.ts';
import { type Problem, toProblem } from '../../../../shared/api/problem.ts';
import { createFakeDockerEngine, type FakeDockerEngine } from '../../../support/fake-docker-engine.ts';
import { until } from '../../../support/in-process-daemon.ts';
import { createTemporaryFolder } from '../../../support/temporary-folder.ts';

describe('the inventory', () => {
  let engine: FakeDockerEngine;
  let inventory: Inventory;
  let seen: ProfileOfDocker[][];
  let problems: (Problem | null)[];
  let applying: () => Promise<void>;
  beforeEach(() => {
    engine = createFakeDockerEngine();
    seen = [];
    problems = [];
    applying = async () => {};
    inventory = createInventory({
      engine,
      lookMs: 20,
      async apply(found) {
        seen.push(found);
        await applying();
      },
      onProblem: problem => problems.push(problem),
      onFailure: error => assert.fail(String(error)),
    });
  });
  afterEach(() => inventory.close());
  const down = toProblem('DOCKER_003', { detail: 'The engine does not answer.' });

  it('reads at its start, and when somebody else has changed something', async () => {
    inventory.start();
    await until(() => seen.length === 1);
    await engine.profiles.create({ name: 'Theirs' });
    engine.profiles.tellForeignChange();
    await until(() => seen.at(-1)?.length === 1);
  });

  it('reads once for many who ask while it reads, and after the last of them asked', async () => {
    let go: () => void = () => {};
    applying = () => new Promise(resolve => (go = resolve));
    const first = inventory.refresh();
    await until(() => seen.length === 1);
    await engine.profiles.create({ name: 'Late' });
    const others = [inventory.refresh(), inventory.refresh(), inventory.refresh()];
    applying = async () => {};
    go();
    await Promise.all([first, ...others]);
    assert.deepEqual([seen.length, seen.at(-1)?.length], [2, 1]);
  });

  it('says why Docker cannot be read, and looks for it by itself', async () => {
    engine.behaviour.down = down;
    inventory.start();
    await until(() => problems.at(-1)?.code === 'DOCKER_003');
    assert.equal(seen.length, 0);
    engine.behaviour.down = null;
    await until(() => seen.length > 0);
    assert.equal(problems.at(-1), null);
  });

  it('does not look again where there is no docker command at all', async () => {
    let looks = 0;
    const status = {
      ...(await engine.status()),
      available: false,
      problem: down,
      docker: { path: null, version: null },
    };
    engine.status = async () => status;
    engine.look = async () => {
      looks += 1;
      return status;
    };
    inventory.start();
    await until(() => problems.length > 0);
    await new Promise(resolve => setTimeout(resolve, 100));
    assert.equal(looks, 0);
  });
});

describe('the watch of Docker’s files', () => {
  it('tells of a changed database, also of one in a folder that is not there yet', async () => {
    const folder = await createTemporaryFolder('home');
    const mcpFolder = join(folder.path, 'mcp');
    let told = 0;
    const stop = watchDockerHome({ mcpFolder, quietMs: 10, lookMs: 30 }, () => {
      told += 1;
    });
    await mkdir(mcpFolder);
    await writeFile(join(mcpFolder, 'mcp-toolkit.db'), 'one');
    await until(() => told > 0);
    const before = told;
    await writeFile(join(mcpFolder, 'mcp-toolkit.db'), 'another');
    await until(() => told > before);
    stop();
    await folder.remove();
  });
});

// The commands of gateways, from the command line to a container: the real daemon, the plugin simulated.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestEngine } from '../support/docker-engine/engine.ts';
import { mcpImage } from '../support/docker-engine/images.ts';
import { sharedEngineWithServer } from '../support/docker-engine/shared.ts';
import { createSimulatedDocker, type SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';
import { isAlive } from '../support/supervised.ts';
import { type CommandLine, createCommandLine } from './cli/command-line.ts';
import { until } from './engines/docker/gateway/gateway-bench.ts';

describe('the commands of gateways', function () {
  this.timeout(120_000);
  let engine: TestEngine;
  let docker: SimulatedDocker;
  let line: CommandLine;
  let environment: Record<string, string>;

  before(async () => {
    engine = await sharedEngineWithServer();
    docker = await createSimulatedDocker({ dialect: 'profile', engine: { host: engine.host } });
    const definition = { name: 'one', type: 'server', image: mcpImage, description: 'One' };
    const catalog = await docker.writeCatalog('lab', { one: definition });
    for (const words of [
      ['catalog', 'create', 'lab/x:v1', '--from-legacy-catalog', catalog],
      ['profile', 'create', '--name', 'dev', '--server', 'catalog://lab/x:v1/one'],
    ]) {
      const made = await docker.run(['mcp', ...words]);
      assert.equal(made.exitCode, 0, made.stderr);
    }
    environment = {
      ...docker.environment,
      QUAYSIDE_DOCKER: join(docker.binFolder, 'docker'),
      DOCKER_HOST: engine.host,
    };
    line = await createCommandLine('gateways-cli');
  });
  after(async () => {
    await line?.[Symbol.asyncDispose]();
    await docker?.close();
  });
  const run = async (...args: string[]) => await line.run(args, { environment, milliseconds: 60_000 });

  it('start, show, call through, restart and stop the gateway of a profile', async () => {
    const probed = await run('docker', '--probe');
    assert.equal(probed.code, 0, probed.stderr);
    const listed = await run('gateway');
    assert.match(listed.stdout, /dev\s+Stopped/, listed.stdout + listed.stderr);
    const started = await run('gateway', 'start', 'dev');
    assert.match(started.stdout, /dev: running, 1 server/, started.stdout + started.stderr);
    const called = await run('call', 'one', 'echo', '--arg', 'message=through');
    assert.match(called.stdout, /through/, called.stdout + called.stderr);
    const shown = await run('gateway', 'show', 'dev');
    assert.match(shown.stdout, /from files made of the profile/);
    assert.match(shown.stdout, /one\s+ready/);
    assert.match((await run('gateway', 'logs', 'dev')).stdout, /Those servers are enabled: one/);
    assert.match((await run('gateway', 'restart', 'dev')).stdout, /dev: running/);
    const own = await run('gateway', 'own-tools', 'on', 'dev');
    assert.match(own.stdout, /on in 1 profile/, own.stderr);
    assert.match((await run('gateway', 'stop', 'dev')).stdout, /dev: stopped/);
    assert.equal((await run('gateway', 'show', 'nope')).code, 2);
    assert.equal((await run('gateway', 'own-tools', 'perhaps')).code, 1);
  });

  it('find nothing left of a daemon that was killed, and the same servers running again', async () => {
    assert.match((await run('gateway', 'start', 'dev')).stdout, /running/);
    const shown = async () => JSON.parse((await run('--json', 'gateway', 'show', 'dev')).stdout);
    const { pid } = await shown();
    const daemon = await line.discovery();
    process.kill(daemon?.pid ?? 0, 'SIGKILL');
    await until(async () => !(await isAlive(pid)), 'the end of the gateway');
    await until(async () => (await shown()).state === 'running', 'a new gateway', 60_000);
    assert.notEqual((await shown()).pid, pid);
    assert.equal((await readdir(docker.catalogsFolder)).filter(name => name.startsWith('quayside-')).length, 1);
    assert.match((await run('gateway', 'stop', 'dev')).stdout, /stopped/);
    assert.deepEqual(
      (await readdir(docker.catalogsFolder)).filter(name => name.startsWith('quayside-')),
      [],
    );
    const left = async () =>
      (await engine.docker.listContainers({ filters: { label: ['docker-mcp-name=one'] } })).length;
    await until(async () => (await left()) === 0, 'no container', 30_000);
  });
});

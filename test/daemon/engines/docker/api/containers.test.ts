import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import {
  runServer,
  serverLabels,
  type TestWatch,
  untilRunning,
  watchOf,
} from '../../../../support/docker-engine/containers.ts';
import type { TestEngine } from '../../../../support/docker-engine/engine.ts';
import { busyboxImage, mcpImage } from '../../../../support/docker-engine/images.ts';
import { createMcpClient } from '../../../../support/docker-engine/mcp-over-docker.ts';
import { sharedEngineWithServer } from '../../../../support/docker-engine/shared.ts';
import { until } from '../../../../support/in-process-daemon.ts';

describe('containers of a real engine', function () {
  this.timeout(30_000);
  let engine: TestEngine;
  let at: TestWatch;

  before(async () => {
    engine = await sharedEngineWithServer();
    at = await watchOf(engine);
  });
  // What a failed test has left would be in the way of the next.
  afterEach(async () => {
    for (const { id } of at.watch.list()) await at.watch.remove(id);
  });
  after(async () => await at?.[Symbol.asyncDispose]());

  it('says what the engine is', async () => {
    const ping = await at.api.ping();
    ok(ping.ok);
    const { version, os, arch, isDesktop, isRootless, cgroup } = ping.engine;
    equal(version, (await engine.cli('version', '--format', '{{.Server.Version}}')).trim());
    deepEqual([os, arch, isDesktop, isRootless], ['linux', process.arch === 'arm64' ? 'arm64' : 'amd64', false, false]);
    ok(cgroup === 1 || cgroup === 2);
  });

  it('are known as soon as they start, with their labels, and forgotten when they are removed', async () => {
    const { watch } = at;
    const told: number[] = [];
    const stop = watch.onChange(() => told.push(watch.list().length));
    const id = await runServer(engine, 'seen', [], ['--label', 'other=value']);
    const [container] = await untilRunning(watch, 'seen');
    equal(container?.id, id);
    equal(container.image, busyboxImage);
    equal(container.labels['other'], 'value');
    equal(container.health, 'none');
    ok(container.startedAt && Math.abs(Date.parse(container.startedAt) - Date.now()) < 60_000);
    ok(container.pid && container.pid > 1);
    ok(told.length > 0);
    await watch.remove(id);
    await until(() => watch.list().every(each => each.id !== id), 'the container to be forgotten');
    stop();
    const { length } = told;
    await runServer(engine, 'unheard').then(other => watch.remove(other));
    await until(() => watch.list().every(each => each.serverName !== 'unheard'));
    equal(told.length, length);
  });

  it('that docker mcp has not started are not listed', async () => {
    const id = (await engine.cli('run', '--detach', '--init', busyboxImage)).trim();
    const lookalike = (await engine.cli('run', '--detach', '--init', '-l', 'docker-mcp-name=x', busyboxImage)).trim();
    const server = await runServer(engine, 'after-them');
    await untilRunning(at.watch, 'after-them');
    deepEqual(
      at.watch.list().filter(each => [id, lookalike].includes(each.id)),
      [],
    );
    await engine.cli('rm', '-f', id, lookalike, server);
  });

  it('show that they were paused, and that they have ended', async () => {
    const id = await runServer(engine, 'changing');
    await untilRunning(at.watch, 'changing');
    const state = () => at.watch.list().find(each => each.id === id)?.state;
    await engine.cli('pause', id);
    await until(() => state() === 'paused', 'paused');
    await engine.cli('unpause', id);
    await until(() => state() === 'running', 'running again');
    await at.watch.stop(id);
    await until(() => state() === 'exited', 'ended');
    // What was wanted is so already.
    await at.watch.stop(id);
    await at.watch.remove(id);
    await at.watch.remove(id);
    await at.watch.stop(id, 'SIGKILL');
  });

  it('are measured while somebody asks, and not without', async () => {
    const id = await runServer(engine, 'busy', ['busybox', 'timeout', '60', 'sh', '-c', 'while :; do :; done']);
    const idle = await runServer(engine, 'lazy');
    await untilRunning(at.watch, 'busy');
    await untilRunning(at.watch, 'lazy');
    const { busy } = await until(async () => {
      const all = await at.watch.stats();
      const [busy, lazy] = [all.get(id), all.get(idle)];
      // How much of a processor the loop gets is for the machine to say.
      return busy && lazy && busy.cpuPercent > 1 && busy.cpuPercent > 2 * lazy.cpuPercent ? { busy } : undefined;
    }, 'a loop that takes more than a sleep');
    ok(busy.memoryBytes > 0 && busy.memoryBytes < 100 * 1_048_576);
    ok(busy.processes !== null && busy.processes >= 1);
    await at.watch.remove(id);
    await until(async () => !(await at.watch.stats()).has(id), 'the measurement to go with its container');
    await at.watch.remove(idle);
  });

  it('have a log of their errors, without control characters, secrets and the protocol', async () => {
    const said = [
      'echo started with $API_KEY >&2',
      `printf '\\033[31mred\\033[0m\\n' >&2`,
      `echo '{"result":{"private":true},"jsonrpc":"2.0","id":1}'`,
      'echo plain output',
      // The engine reads the two outputs each by itself.
      'sleep 0.5',
      "printf '%050000d\n' 0 >&2",
      `for i in $(seq 300); do echo line $i >&2; done`,
      'sleep 600',
    ].join('; ');
    const id = await runServer(engine, 'talks', ['sh', '-c', said], ['--env', 'API_KEY=hush-hush-hush']);
    const lines = await until(async () => {
      const all = await at.watch.logs(id, { tail: 1_000 });
      return all.includes('line 300') ? all : undefined;
    }, 'the last line');
    ok(lines.includes('started with •••'));
    ok(lines.includes('red'));
    ok(lines.includes('plain output'));
    ok(lines.every(line => !line.includes('private') && line.length <= 2_000));
    ok(lines.some(line => line.startsWith('0000')));
    const last = await at.watch.logs(id, { tail: 5 });
    deepEqual(last, ['line 296', 'line 297', 'line 298', 'line 299', 'line 300']);
    await at.watch.remove(id);
    await rejects(at.watch.logs(id), { code: 'CONTAINER_001' });
  });

  it('run an MCP server that answers over their input and output', async () => {
    await using client = await createMcpClient(engine, [
      'run',
      '--rm',
      '-i',
      '--init',
      ...serverLabels('echo'),
      mcpImage,
    ]);
    const tools = await client.request('tools/list');
    ok(JSON.stringify(tools).includes('"echo"'));
    const [container] = await untilRunning(at.watch, 'echo');
    ok(container?.command.length === 0 && container.image === mcpImage);
    // Messages are no log.
    deepEqual(await at.watch.logs(container.id), []);
  });

  it('can be listed anew at any time', async () => {
    const id = await runServer(engine, 'refreshed');
    await at.watch.refresh();
    ok(at.watch.list().some(each => each.id === id));
    await at.watch.remove(id);
  });
});

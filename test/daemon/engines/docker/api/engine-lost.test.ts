import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createEngineApi } from '../../../../../daemon/engines/docker/api/engine-api.ts';
import { createImageControl } from '../../../../../daemon/engines/docker/api/images.ts';
import { runServer, type TestWatch, untilRunning, watchOf } from '../../../../support/docker-engine/containers.ts';
import { startTestEngine, type TestEngine } from '../../../../support/docker-engine/engine.ts';
import { buildBusybox } from '../../../../support/docker-engine/images.ts';
import { until } from '../../../../support/in-process-daemon.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../../support/temporary-folder.ts';

describe('an engine that is not there', () => {
  let folder: TemporaryFolder;
  const servers: Server[] = [];
  const at = (socket: string) => createEngineApi({ environment: {}, home: folder.path, socket, requestMs: 300 });
  const problemAt = async (socket: string) => {
    const ping = await at(socket).ping({ ms: 300 });
    return ping.ok ? undefined : ping.problem;
  };

  before(async () => {
    folder = await createTemporaryFolder('no-engine');
  });
  after(async () => {
    for (const server of servers) server.close();
    await folder.remove();
  });

  const listen = async (name: string, answer: string | null): Promise<string> => {
    const socket = join(folder.path, name);
    const server = createServer(client => {
      client.on('error', () => {});
      if (answer !== null) client.once('data', () => client.end(answer));
    });
    servers.push(server.unref());
    await new Promise<void>(resolve => server.listen(socket, resolve));
    return socket;
  };

  /** An answer that begins and never ends. */
  const listenHalf = async (name: string): Promise<string> => {
    const socket = join(folder.path, name);
    const server = createServer(client => {
      client.on('error', () => {});
      client.once('data', () => client.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Name":'));
    });
    servers.push(server.unref());
    await new Promise<void>(resolve => server.listen(socket, resolve));
    return socket;
  };

  it('is told apart: no socket, nobody behind it, silence, half an answer, something else', async () => {
    const missing = await problemAt(join(folder.path, 'missing.sock'));
    equal(missing?.code, 'DOCKER_003');
    match(missing.detail, /there is no such socket\.$/);
    const silent = await problemAt(await listen('silent.sock', null));
    equal(silent?.code, 'DOCKER_003');
    const page = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi';
    const other = await problemAt(await listen('other.sock', page));
    equal(other?.code, 'DOCKER_003');
    match(other.detail, /not as a Docker engine/);
    const nonsense = await problemAt(await listen('nonsense.sock', '\u0000\u0001not HTTP'));
    equal(nonsense?.code, 'DOCKER_003');
    const half = await problemAt(await listenHalf('half.sock'));
    equal(half?.code, 'DOCKER_003');
    match(half.detail, /there was no answer in time\.$/);
    // Also the calls that dockerode knows no end for.
    const images = createImageControl({ api: at(join(folder.path, 'silent.sock')) });
    await rejects(images.find('x:1'), { code: 'DOCKER_003' });
  });

  it('is told apart: a socket that this user may not use', async () => {
    const socket = await listen('closed.sock', null);
    await chmod(socket, 0);
    // Root may use every socket, so another user asks.
    const { execFile } = await import('node:child_process');
    await chmod(folder.path, 0o755);
    const script = `
      import { createEngineApi } from ${JSON.stringify(join(import.meta.dirname, '../../../../../daemon/engines/docker/api/engine-api.ts'))};
      process.setgid(65534); process.setuid(65534);
      const ping = await createEngineApi({ environment: {}, home: '/', socket: ${JSON.stringify(socket)} }).ping();
      console.log(JSON.stringify(ping));`;
    const output = await new Promise<string>((resolve, reject) =>
      execFile(process.execPath, ['--input-type=module', '-e', script], { timeout: 15_000 }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      ),
    );
    const ping = JSON.parse(output) as { ok: boolean; problem: { code: string; next: string } };
    deepEqual([ping.ok, ping.problem.code], [false, 'DOCKER_004']);
    match(ping.problem.next, /group "docker"/);
  });
});

describe('an engine that is killed and started again', function () {
  this.timeout(60_000);
  let engine: TestEngine;
  let watching: TestWatch;

  before(async () => {
    engine = await startTestEngine('docker-killed');
    await buildBusybox(engine.docker);
    watching = await watchOf(engine);
  });
  after(async () => {
    await watching?.[Symbol.asyncDispose]();
    await engine?.stop();
  });

  it('is missed and found again by itself under load, with the states as they are then', async () => {
    const { watch } = watching;
    const states: string[] = [];
    watch.onChange(() => {
      if (states.at(-1) !== watch.state().kind) states.push(watch.state().kind);
    });
    const ids = await Promise.all(['a', 'b', 'c'].map(server => runServer(engine, server)));
    await Promise.all(['a', 'b', 'c'].map(server => untilRunning(watch, server)));
    // Somebody measures, somebody reads logs, and containers come and go.
    let underLoad = true;
    const load = Promise.all([
      repeat(
        () => underLoad,
        () => watch.stats(),
      ),
      repeat(
        () => underLoad,
        () => watch.logs(ids[0] ?? ''),
      ),
      repeat(
        () => underLoad,
        () =>
          engine.cli(
            'run',
            '--rm',
            '-l',
            'docker-mcp=true',
            '-l',
            'docker-mcp-name=short',
            'quayside-test/busybox:1',
            'true',
          ),
      ),
    ]);
    await until(() => watch.list().some(each => each.serverName === 'short'), 'the load to begin');
    await engine.kill();
    await until(() => watch.state().kind === 'lost', 'the loss to be noticed');
    deepEqual(watch.list(), []);
    const state = watch.state();
    equal(state.kind === 'lost' && state.problem.code, 'DOCKER_003');
    await watch.settled();
    equal(watch.state().kind, 'lost');
    underLoad = false;
    await load;

    await engine.start();
    await until(() => watch.state().kind === 'connected', 'the engine to be found again');
    ok(states.includes('lost') && states.at(-1) === 'connected');
    // A restarted engine has ended them; that is what is shown, and not what was true before.
    const actual = await engine.docker.listContainers({ all: true, filters: { label: ['docker-mcp=true'] } });
    const shown = () =>
      watch
        .list()
        .map(each => `${each.id} ${each.state}`)
        .sort();
    await until(
      () =>
        shown().join() ===
        actual
          .map(each => `${each.Id} ${each.State}`)
          .sort()
          .join(),
      'the states to be those of the engine',
    );
    // And it follows again.
    await runServer(engine, 'later');
    await untilRunning(watch, 'later');
    ok((await watch.logs(watch.list().find(each => each.serverName === 'later')?.id ?? '')).length === 0);
  });

  it('answers with a problem, and not with an empty list, while it is away', async () => {
    await engine.kill();
    const ping = await watching.api.ping();
    equal(ping.ok ? '' : ping.problem.code, 'DOCKER_003');
    const refused = await watching.watch.logs('a'.repeat(64)).catch(error => error);
    equal(refused.code, 'DOCKER_003');
    await engine.start();
    await watching.watch.settled();
    equal(watching.watch.state().kind, 'connected');
    equal((await watching.api.ping()).ok, true);
  });
});

async function repeat(goesOn: () => boolean, act: () => Promise<unknown>): Promise<void> {
  while (goesOn()) {
    await act().catch(() => {});
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

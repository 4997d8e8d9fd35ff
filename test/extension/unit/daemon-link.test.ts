import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Hono } from 'hono';
import { listenOnSocket } from '../../../daemon/http/listen.ts';
import { writeProblem } from '../../../daemon/http/write-problem.ts';
import { stopAndWait } from '../../../extension/daemon-link/attach.ts';
import { createDaemonLink, type DaemonLink } from '../../../extension/daemon-link/daemon-link.ts';
import { findDiscovery, isAlive } from '../../../extension/daemon-link/discovery.ts';
import { launchDaemon, parseOutcome } from '../../../extension/daemon-link/launch.ts';
import { Mirror } from '../../../extension/daemon-link/mirror.ts';
import { daemonPlace } from '../../../extension/daemon-link/place.ts';
import { HostProblem } from '../../../extension/platform/host-problem.ts';
import { isProblemError, toProblem } from '../../../shared/api/problem.ts';
import { daemonProgram, sources } from '../../support/programs.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const runtime = { path: process.execPath, nodeVersion: process.versions.node };

async function until(what: string, isSo: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`It did not come to this within ${milliseconds} ms: ${what}`);
    await pause(25);
  }
}

describe('the link to the daemon', function () {
  this.timeout(60_000);
  let folder: TemporaryFolder;
  let links: DaemonLink[];

  const place = () => daemonPlace(folder.path, {});
  /** The real daemon under another version. */
  const daemonOf = async (version: string): Promise<string> => {
    const file = join(folder.path, `daemon-${version}.mjs`);
    await writeFile(
      file,
      `process.env.QUAYSIDE_VERSION = '${version}'; await import(${JSON.stringify(sources.daemon)});`,
    );
    return file;
  };
  const openLink = ({
    isTrusted = true,
    version = manifest.version,
    idleExitSeconds = 60 as number | null,
    program: file = daemonProgram,
  } = {}) => {
    const link = createDaemonLink({
      attach: () => ({
        place: place(),
        version,
        launch: { program: file, runtime, port: 0, idleExitSeconds },
        log: () => {},
      }),
      isTrusted: () => isTrusted,
      log: () => {},
    });
    links.push(link);
    return link;
  };

  beforeEach(async () => {
    folder = await createTemporaryFolder('link');
    links = [];
  });
  afterEach(async () => {
    for (const link of links) link.dispose();
    const left = await findDiscovery(place().discoveryFile);
    if (left && isAlive(left.pid)) {
      process.kill(left.pid, 'SIGTERM');
      await until('the daemon has ended', () => !isAlive(left.pid), 20_000);
    }
    await folder.remove();
  });

  it('starts nothing by itself', async () => {
    const link = openLink();
    assert.equal(await link.attachIfRunning(), false);
    assert.equal(link.state.kind, 'idle');
    assert.equal(await findDiscovery(place().discoveryFile), undefined);
  });

  it('starts the daemon for the first call, and a second window uses the same', async () => {
    const first = openLink();
    const status = await first.api.getStatus();
    const second = openLink();
    assert.equal(await second.attachIfRunning(), true);
    assert.equal((await second.api.getStatus()).pid, status.pid);
    assert.equal(status.stateFolder, folder.path);
    assert.equal(status.persistent, false);
  });

  it('starts one daemon though three windows ask at once', async () => {
    const all = [openLink(), openLink(), openLink()];
    const pids = await Promise.all(all.map(async link => (await link.api.getStatus()).pid));
    assert.equal(new Set(pids).size, 1);
  });

  it('reports a crash once and starts the daemon again by itself', async () => {
    const link = openLink();
    const crashes: string[] = [];
    link.onCrash(problem => crashes.push(problem.code));
    const { pid } = await link.api.getStatus();
    await until('events are followed', async () => (await link.api.getStatus()).clients > 0);
    process.kill(pid, 'SIGKILL');
    await until('another daemon is connected', () => link.state.kind === 'connected' && link.state.daemon.pid !== pid);
    assert.notEqual((await link.api.getStatus()).pid, pid);
    assert.deepEqual(crashes, ['DAEMON_002']);
  });

  it('answers a call though the daemon died a moment before', async () => {
    const link = openLink();
    const { pid } = await link.api.getStatus();
    process.kill(pid, 'SIGKILL');
    await until('the process has ended', () => !isAlive(pid));
    assert.notEqual((await link.api.getStatus()).pid, pid);
  });

  it('knows an end that was asked for from a crash, and finds the next daemon', async () => {
    const [mine, theirs] = [openLink(), openLink()];
    const crashes: unknown[] = [];
    mine.onCrash(problem => crashes.push(problem));
    await mine.connect();
    await theirs.connect();
    await until('both are followed', async () => (await theirs.api.getStatus()).clients >= 2);
    await theirs.stop();
    await until('the end was noticed', () => mine.state.kind === 'stopped');
    const next = await theirs.connect();
    await until('the next one was found', () => mine.state.kind === 'connected');
    assert.ok(mine.state.kind === 'connected' && mine.state.daemon.pid === next.pid);
    assert.deepEqual(crashes, []);
  });

  it('ends one that is ending already, whoever has asked it', async () => {
    const link = openLink();
    const discovery = await link.connect();
    const door = await listenOnSocket(
      {
        app: new Hono(),
        takeAtOnce(_incoming, outgoing) {
          writeProblem(outgoing, toProblem('DAEMON_003', { detail: 'It ends.' }));
          process.kill(discovery.pid, 'SIGTERM');
          return true;
        },
      },
      join(folder.path, 'ending', 'daemon.sock'),
    );
    await stopAndWait({ ...discovery, socket: join(folder.path, 'ending', 'daemon.sock') }, 'a test');
    assert.equal(isAlive(discovery.pid), false);
    await door.close();
  });

  it('is not brought back by what is asked while it ends', async () => {
    const link = openLink();
    await link.connect();
    let isStopped = false;
    const stopping = link.stop().then(() => {
      isStopped = true;
    });
    const asked: Promise<unknown>[] = [];
    while (!isStopped) {
      asked.push(link.api.getStatus().catch(() => undefined));
      await pause(2);
    }
    await Promise.all([stopping, ...asked]);
    await pause(500);
    assert.equal(link.state.kind, 'stopped');
    assert.equal(await findDiscovery(place().discoveryFile), undefined);
  });

  it('restarts the daemon and keeps what was there', async () => {
    const link = openLink();
    await link.api.createServer({ body: { type: 'command', id: 'some', command: 'true' } });
    const before = (await link.api.getStatus()).pid;
    await link.restart();
    assert.notEqual((await link.api.getStatus()).pid, before);
    assert.equal((await link.api.getServer({ params: { id: 'some' } })).id, 'some');
  });

  it('replaces a daemon of an older version, and keeps what was there', async () => {
    const older = daemonOf('0.0.1');
    const before = await openLink({ version: '0.0.1', program: await older }).connect();
    assert.equal(before.version, '0.0.1');
    await links[0]?.api.createServer({ body: { type: 'command', id: 'some', command: 'true' } });
    const newer = openLink();
    assert.equal(await newer.attachIfRunning(), false, 'an older one is not used as it is');
    const { version, pid } = await newer.api.getStatus();
    assert.deepEqual([version, isAlive(before.pid), pid !== before.pid], [manifest.version, false, true]);
    assert.equal((await newer.api.getServer({ params: { id: 'some' } })).id, 'some');
  });

  it('lets a daemon that was meant to stay be replaced by one that stays', async () => {
    await openLink({ version: '0.0.1', program: await daemonOf('0.0.1'), idleExitSeconds: null }).connect();
    assert.equal((await openLink().api.getStatus()).persistent, true);
  });

  it('uses a daemon of a newer version with the same API', async () => {
    const running = await openLink({ version: '9.0.0', program: await daemonOf('9.0.0') }).connect();
    assert.equal((await openLink().connect()).pid, running.pid);
  });

  describe('in a window that is not trusted', () => {
    it('starts no daemon', async () => {
      const link = openLink({ isTrusted: false });
      await assert.rejects(
        link.api.listServers(),
        error => error instanceof HostProblem && error.kind === 'restricted',
      );
      assert.equal(link.state.kind, 'restricted');
      assert.equal(await findDiscovery(place().discoveryFile), undefined);
    });

    it('reads from one that runs, and changes nothing', async () => {
      await openLink().connect();
      const link = openLink({ isTrusted: false });
      assert.deepEqual((await link.api.listServers()).items, []);
      await assert.rejects(link.api.createServer({ body: { type: 'command', id: 'x', command: 'true' } }), HostProblem);
      await assert.rejects(link.stop(), HostProblem);
    });
  });

  describe('and its mirror', () => {
    it('has what the daemon has, and follows its changes', async () => {
      const [mine, theirs] = [openLink(), openLink()];
      const mirror = new Mirror(mine, () => {});
      await mirror.ready();
      assert.equal(mirror.servers.length, 0);
      await theirs.api.createServer({ body: { type: 'command', id: 'some', command: 'true', title: 'B' } });
      await theirs.api.createServer({ body: { type: 'command', id: 'other', command: 'true', title: 'A' } });
      await until('both are there', () => mirror.servers.length === 2);
      assert.deepEqual(
        mirror.servers.map(server => server.title),
        ['A', 'B'],
      );
      assert.ok((await mirror.catalog()).some(entry => entry.id === 'everything'));
      await theirs.api.deleteServer({ params: { id: 'some' } });
      await until('one is gone', () => mirror.servers.length === 1);
      await theirs.stop();
      await until('nothing is left of a stopped daemon', () => mirror.servers.length === 0);
      mirror.dispose();
    });
  });

  describe('when the daemon cannot be started', () => {
    const launch = (change: object) =>
      launchDaemon({ place: place(), program: daemonProgram, runtime, port: 0, idleExitSeconds: 60, ...change });
    const isCode = (code: string, text: RegExp) => (error: unknown) =>
      isProblemError(error) && error.code === code && text.test(error.problem.detail);

    it('says that Node is too old before it runs it', async () => {
      const old = { path: '/nowhere/node', nodeVersion: '20.19.0' };
      await assert.rejects(launch({ runtime: old }), isCode('DAEMON_007', /runs Node 20\.19\.0/));
    });

    it('says that the runtime is not there', async () => {
      const missing = { path: '/nowhere/node', nodeVersion: '24.0.0' };
      await assert.rejects(launch({ runtime: missing }), isCode('DAEMON_002', /could not be run/));
    });

    it('says how it ended, and keeps its last words as the cause', async () => {
      const broken = join(folder.path, 'broken.mjs');
      await writeFile(broken, 'console.error("no such luck"); process.exit(3);');
      await assert.rejects(launch({ program: broken }), error => {
        assert.ok(isCode('DAEMON_002', /ended with code 3/)(error));
        return error instanceof Error && error.cause instanceof Error && /no such luck/.test(error.cause.message);
      });
    });

    it('waits a limited time for one that never says it is ready, and ends it', async () => {
      const silent = join(folder.path, 'silent.mjs');
      const pidFile = join(folder.path, 'pid');
      await writeFile(
        silent,
        `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
      );
      await assert.rejects(
        launch({ program: silent, readySeconds: 1 }),
        isCode('DAEMON_002', /not ready after 1 seconds/),
      );
      await until('it was ended', async () => !isAlive(Number(await readFile(pidFile, 'utf8'))));
    });

    it('says that the folder cannot be written', async () => {
      await writeFile(join(folder.path, 'file'), '');
      await assert.rejects(
        launch({ place: daemonPlace(join(folder.path, 'file', 'home'), {}) }),
        isCode('DAEMON_006', /cannot be written/),
      );
    });

    it('says so too where the system takes no folders', async () => {
      await assert.rejects(
        launch({ place: daemonPlace('/proc/no-such-folder', {}) }),
        isCode('DAEMON_006', /cannot be written/),
      );
    });

    it('hands on the daemon’s own reason', () => {
      const said = { ready: false, problem: { type: 'x', code: 'DAEMON_008', title: 't', status: 500, detail: 'd' } };
      assert.deepEqual(parseOutcome(`warning\n${JSON.stringify(said)}\n`), said);
      assert.equal(parseOutcome('{"ready":true,"pid"'), undefined);
    });
  });
});

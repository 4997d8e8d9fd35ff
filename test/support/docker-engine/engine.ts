// A private engine: its own dockerd with its own socket, data and process folder, which leaves nothing behind. It needs root,
// as the suites that use it do; no network is made, so that nothing of the machine's own is touched.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Docker from 'dockerode';
import { signal } from '../processes.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

export interface TestEngine extends AsyncDisposable {
  readonly folder: string;
  readonly socket: string;
  /** unix://… for DOCKER_HOST. */
  readonly host: string;
  /** A client of the test's own, beside the one under test. */
  readonly docker: Docker;
  readonly pid: number;
  /** Ends dockerd alone and at once, as a crash does; containers may live on until it is started again. */
  kill(): Promise<void>;
  /** Starts dockerd on the same folders and waits until it answers. */
  start(): Promise<void>;
  /** The docker command line with this engine; resolves with its standard output. */
  cli(...args: string[]): Promise<string>;
  /** The environment that makes the docker command line use this engine, and nobody's settings. */
  readonly environment: Record<string, string>;
  /** Ends it with all its containers and mounts, and removes its folder. */
  stop(): Promise<void>;
}

const readyMilliseconds = 30_000;
const instances = new Set<string>();
let clearsThem = false;

/** Errors: one that says what is missing, or the end of dockerd's own log. */
export async function startTestEngine(name = 'docker'): Promise<TestEngine> {
  if (process.getuid?.() !== 0) throw new Error('A Docker engine for tests can be started by root only.');
  const temporary = await createTemporaryFolder(name);
  const folder = temporary.path;
  clearAtExit(folder);
  const socket = join(folder, 'docker.sock');
  const home = join(folder, 'home');
  await mkdir(home);
  const host = `unix://${socket}`;
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, DOCKER_HOST: host, DOCKER_CONFIG: home };
  const docker = new Docker({ socketPath: socket });
  let child: ChildProcess | undefined;

  const engine: TestEngine = {
    folder,
    socket,
    host,
    docker,
    environment,
    get pid() {
      return Number(readFileSync(join(folder, 'docker.pid'), 'utf8'));
    },
    async start() {
      // Its containerd ends with a killed dockerd, but where nobody reaps it its id would still pass for a living one.
      await rm(join(folder, 'exec', 'containerd', 'containerd.pid'), { force: true });
      child = spawnEngine(folder, socket);
      await waitUntilReady(child, docker, folder);
    },
    async kill() {
      if (child) await ended(child, 'SIGKILL');
    },
    cli: (...args) =>
      new Promise((resolve, reject) => {
        execFile('docker', args, { env: environment, timeout: 30_000 }, (error, stdout, stderr) =>
          error ? reject(new Error(`docker ${args[0]}: ${stderr || error.message}`)) : resolve(stdout),
        );
      }),
    async stop() {
      if (child) {
        await removeContainers(docker);
        await ended(child, 'SIGTERM');
      }
      endProcessesOf(folder);
      instances.delete(folder);
      await temporary.remove();
    },
    [Symbol.asyncDispose]: () => engine.stop(),
  };
  try {
    await engine.start();
    return engine;
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/** In a mount namespace of its own: whatever ends it, its mounts go with its last process. */
function spawnEngine(folder: string, socket: string): ChildProcess {
  const flags = {
    host: `unix://${socket}`,
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'docker.pid'),
    bridge: 'none',
    iptables: 'false',
    ip6tables: 'false',
    'shutdown-timeout': '1',
    'insecure-registry': '127.0.0.0/8',
  };
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn('unshare', ['--mount', 'dockerd', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, HOME: join(folder, 'home') },
  });
  const log = createWriteStream(join(folder, 'dockerd.log'), { flags: 'a' });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once('close', () => log.end());
  child.once('error', () => {});
  return child;
}

async function waitUntilReady(child: ChildProcess, docker: Docker, folder: string): Promise<void> {
  const limit = Date.now() + readyMilliseconds;
  for (;;) {
    const answers = await docker.ping().then(
      () => true,
      () => false,
    );
    if (answers) return;
    if (hasEnded(child) || child.pid === undefined || Date.now() > limit) {
      const log = await readFile(join(folder, 'dockerd.log'), 'utf8').catch(() => '');
      throw new Error(`dockerd did not start:\n${log.split('\n').slice(-15).join('\n')}`);
    }
    await pause(50);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function ended(child: ChildProcess, name: NodeJS.Signals): Promise<void> {
  if (hasEnded(child)) return;
  const end = new Promise<void>(resolve => child.once('exit', () => resolve()));
  child.kill(name);
  const inTime = await Promise.race([end.then(() => true), pause(15_000, false, { ref: false })]);
  if (inTime) return;
  child.kill('SIGKILL');
  await end;
}

async function removeContainers(docker: Docker): Promise<void> {
  const all = await docker.listContainers({ all: true }).catch(() => []);
  await Promise.all(
    all.map(({ Id }) =>
      docker
        .getContainer(Id)
        .remove({ force: true })
        .catch(() => {}),
    ),
  );
}

/** What a crash left: containerd, its shims, and the containers, whose root lies in the folder. */
function endProcessesOf(folder: string): void {
  for (let round = 0; round < 5; round++) {
    const found = readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter(name => isOf(name, folder));
    if (found.length === 0) return;
    for (const pid of found) signal(Number(pid), 'SIGKILL');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
}

function isOf(pid: string, folder: string): boolean {
  const read = (file: string): string => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8');
    } catch {
      return '';
    }
  };
  const [program = '', ...args] = read('cmdline').split('\0');
  // Only what an engine consists of: a test that names the folder in its arguments is none of it.
  if (/(^|\/)(dockerd|containerd|containerd-shim[\w-]*|unshare)$/.test(program))
    return [program, ...args].join(' ').includes(folder) || placeOf(pid).startsWith(folder);
  return read('mountinfo')
    .split('\n')
    .some(line => line.split(' ')[4] === '/' && line.includes(`upperdir=${folder}/`));
}

function placeOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** However the test process ends, nothing may be left. */
function clearAtExit(folder: string): void {
  if (!clearsThem) {
    clearsThem = true;
    process.once('exit', () => {
      for (const each of instances) {
        endProcessesOf(each);
        rmSync(each, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      }
    });
  }
  instances.add(folder);
}

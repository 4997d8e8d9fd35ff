// The `docker run` processes that a gateway has started: each of them holds one container of it (CONTRACT section 6). Linux only.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { findDescendants, type ProcessIdentity } from '../../../supervision/descendants.ts';
import { toEnvironment } from './container-inspection.ts';

export interface DockerRunClient extends ProcessIdentity {
  /** Epoch milliseconds, to about a second. */
  startedMs: number;
  serverName: string;
  /** What follows `run`. */
  args: string[];
  environment: Record<string, string>;
  /** It holds the connections that it opens once its container exists: to wait for it, and to its input and output. */
  isAttached: boolean;
}

/** Every one below the root that is still there. Empty where the system does not show processes. */
export async function findDockerRuns(root: ProcessIdentity): Promise<DockerRunClient[]> {
  const [descendants, bootMs] = await Promise.all([findDescendants([root]), readBootMs()]);
  if (bootMs === undefined) return [];
  const found = await Promise.all(descendants.map(each => readClient(each, bootMs)));
  return found.filter(client => client !== undefined);
}

async function readClient(process: ProcessIdentity, bootMs: number): Promise<DockerRunClient | undefined> {
  const place = `/proc/${process.pid}`;
  const words = (await readFile(`${place}/cmdline`, 'utf8').catch(() => '')).split('\0').slice(0, -1);
  const run = readDockerRun(words);
  if (!run) return undefined;
  const environment = await readFile(`${place}/environ`, 'utf8').catch(() => undefined);
  if (environment === undefined) return undefined;
  return {
    ...process,
    ...run,
    startedMs: bootMs + Number(process.startedAt) * (1_000 / ticksPerSecond),
    environment: toEnvironment(environment.split('\0').filter(Boolean)),
    isAttached: (await countSockets(process.pid)) >= attachedSockets,
  };
}

/**
 * The one that it made its container over, one to wait for it, one to its input and output. The first is closed after half a
 * minute, and then nothing is proven any more; with fewer, telemetry of Docker Desktop could pass for one of them.
 */
const attachedSockets = 3;

/** USER_HZ, which is part of the kernel's interface and the same everywhere. */
const ticksPerSecond = 100;

/** `docker run … -l docker-mcp-name=NAME … IMAGE …`; undefined for everything else, and for a client with an engine of its own choice. */
export function readDockerRun(words: readonly string[]): { serverName: string; args: string[] } | undefined {
  const [program = '', verb, ...args] = words;
  if (verb !== 'run' || !/(?:^|[\\/])(?:docker|com\.docker\.cli)(?:\.exe)?$/.test(program)) return undefined;
  const labels = args.filter((_, index) => ['-l', '--label'].includes(args[index - 1] ?? ''));
  const name = labels.find(label => label.startsWith('docker-mcp-name='));
  return name && labels.includes('docker-mcp=true')
    ? { serverName: name.slice(name.indexOf('=') + 1), args }
    : undefined;
}

/** Beside its own input and output, which may be sockets as well. */
async function countSockets(pid: number): Promise<number> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const others = names.filter(name => Number(name) > 2);
  const targets = await Promise.all(others.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
  return targets.filter(target => target.startsWith('socket:')).length;
}

async function readBootMs(): Promise<number | undefined> {
  const text = await readFile('/proc/stat', 'latin1').catch(() => '');
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

// The daemon and its machine: Node, the state folder, disk, clock, port, proxy, vault.
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { byHand, type Check, type Finding, fromProblem, ok } from '../check.ts';
import type { DoctorNeeds } from '../doctor-needs.ts';

const oldestNode = 22;

export const daemonChecks = (needs: DoctorNeeds): Check[] => [
  { id: 'daemon.node', title: 'Node is new enough', run: () => findNode(process.versions.node) },
  {
    id: 'daemon.state-folder',
    title: 'The state folder can be written, and nobody else reads it',
    run: async () => await findStateFolder((await needs.status()).stateFolder),
  },
  {
    id: 'daemon.disk',
    title: 'There is room on the disk',
    run: async () => await findDisk((await needs.status()).stateFolder),
  },
  { id: 'daemon.port', title: 'Page and API have their port', run: async () => findPort(await needs.status()) },
  {
    id: 'daemon.clock',
    title: 'The clock runs evenly',
    run: () => findClock(Date.now(), performance.timeOrigin + performance.now()),
  },
  { id: 'daemon.proxy', title: 'Proxy and certificates are set as they should be', run: () => findProxy(needs) },
  { id: 'vault.state', title: 'The secrets are well kept', run: () => findVault(needs) },
];

export function findNode(version: string): Finding {
  if (Number.parseInt(version, 10) >= oldestNode) return ok(`Node ${version}.`);
  return {
    state: 'error',
    detail: `Node ${version} is older than ${oldestNode}.`,
    cause: 'The database needs a newer one.',
    fix: byHand('Update the editor, or start Quayside with a newer Node.'),
  };
}

async function findStateFolder(folder: string): Promise<Finding> {
  try {
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const { mode } = await stat(folder);
    if (process.platform === 'win32' || (mode & 0o077) === 0) return ok(folder);
    return {
      state: 'warning',
      detail: `${folder} has the mode ${(mode & 0o777).toString(8)}.`,
      cause: 'Other users of this machine may look into it.',
      fix: byHand('Take their rights away', `chmod 700 "${folder}"`),
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return {
      state: 'error',
      detail: `${folder} cannot be written (${code}).`,
      cause: 'Nothing that is changed can be kept.',
      fix: byHand('Make it writable for your user', `chmod u+rwx "${folder}"`),
    };
  }
}

const leastBytes = 200_000_000;
const comfortableBytes = 2_000_000_000;

async function findDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk(bavail * bsize, folder);
}

export function judgeDisk(free: number, folder: string): Finding {
  const detail = `${(free / 1e9).toFixed(1)} GB are free where ${folder} is.`;
  if (free >= comfortableBytes) return ok(detail);
  return {
    state: free < leastBytes ? 'error' : 'warning',
    detail,
    cause: 'Images, packages and the database need room; a full disk stops all of them.',
    fix: byHand('See what images of servers take', 'quayside disk'),
  };
}

function findPort({ url, socket, warnings }: Awaited<ReturnType<DoctorNeeds['status']>>): Finding {
  const taken = warnings.find(({ code }) => code === 'DAEMON_004');
  if (taken) return fromProblem('warning', taken);
  return ok(url === null ? `Only the socket ${socket} is used, as it was asked for.` : url);
}

/** Milliseconds that the two clocks of this machine may be apart. */
const evenly = 10_000;

export function findClock(wall: number, steady: number): Finding {
  const jump = wall - steady;
  if (Math.abs(jump) <= evenly) return ok('It has not jumped since the daemon was started.');
  return {
    state: 'warning',
    detail: `It has jumped by ${Math.round(jump / 1000)} s since the daemon was started.`,
    cause: 'The machine slept, or its time was set; times in history and logs do not fit together.',
    fix: byHand('If the time is wrong, let the system set it from the network.'),
  };
}

async function findProxy({ environment }: DoctorNeeds): Promise<Finding> {
  const variable = (name: string) => environment[name] ?? environment[name.toLowerCase()];
  const authority = environment['NODE_EXTRA_CA_CERTS'];
  if (
    authority &&
    !(await access(authority, constants.R_OK).then(
      () => true,
      () => false,
    ))
  ) {
    return {
      state: 'warning',
      detail: 'NODE_EXTRA_CA_CERTS names a file that cannot be read.',
      cause: 'Addresses behind the company’s own certificate are refused.',
      fix: byHand('Correct the variable, or remove it.'),
    };
  }
  const proxy = variable('HTTPS_PROXY') ?? variable('HTTP_PROXY') ?? variable('ALL_PROXY');
  if (!proxy) return ok('No proxy is set.');
  const exceptions = (variable('NO_PROXY') ?? '').split(/[\s,]+/);
  const local = exceptions.some(each => each === '*' || each === 'localhost' || each.startsWith('127.'));
  if (local) return ok('A proxy is set, and this machine is an exception to it.');
  return {
    state: 'warning',
    detail: 'A proxy is set, and NO_PROXY does not name this machine.',
    cause: 'Programs may send requests for 127.0.0.1, such as those to a gateway, to the proxy.',
    fix: byHand('Add this machine to the exceptions', 'export NO_PROXY="$NO_PROXY,localhost,127.0.0.1,::1"'),
  };
}

function findVault({ vaultWarnings }: DoctorNeeds): Finding[] {
  const warnings = vaultWarnings();
  if (warnings.length === 0) return [ok('The vault has nothing to complain about.')];
  return warnings.map((warning, at) => ({
    ...fromProblem('warning', warning),
    ...(at > 0 ? { about: { id: String(at + 1), title: 'The secrets are well kept' } } : {}),
  }));
}

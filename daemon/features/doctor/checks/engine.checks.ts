// The engine: whether it answers, who may use it, its clock, docker-init, and the system around it.
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import { byDaemon, byHand, type Check, type Finding, fromProblem, ok, skipped } from '../check.ts';
import type { DoctorNeeds } from '../doctor-needs.ts';

const links = {
  install: 'https://docs.docker.com/engine/install/',
  permission: 'https://docs.docker.com/engine/install/linux-postinstall/',
  rootless: 'https://docs.docker.com/engine/security/rootless/',
};

const again = byDaemon('Look again', 'probe');

export function engineChecks(needs: DoctorNeeds, look: () => Promise<DockerStatus>): Check[] {
  const after = ['docker.engine'];
  return [
    {
      id: 'docker.engine',
      title: 'The Docker engine answers',
      after: ['docker.command'],
      run: async () => await findEngine(await look()),
    },
    { id: 'docker.clock', title: 'The engine has the same time', after, run: async () => await findSkew(needs) },
    { id: 'docker.init', title: 'The engine has docker-init', after, run: async () => await findInit(await look()) },
    {
      id: 'docker.surroundings',
      title: 'This system is no obstacle',
      run: async () => findSurroundings(await needs.docker.surroundings(), await look()),
    },
  ];
}

async function findEngine(status: DockerStatus): Promise<Finding> {
  const { engine } = status;
  if (engine.reachable) {
    const where = engine.platform === 'desktop' ? 'Docker Desktop' : 'Docker Engine';
    return ok(
      `${where} ${engine.version ?? ''} on ${engine.os ?? '?'}/${engine.architecture ?? '?'}.`.replace('  ', ' '),
    );
  }
  if (status.problem && status.problem.code === 'DOCKER_004') return await explainPermission(status);
  if (status.problem)
    return { ...fromProblem('error', status.problem), fix: fixForEngine(status), link: links.install };
  return { state: 'error', detail: 'No engine answers.', fix: again, link: links.install };
}

const fixForEngine = (status: DockerStatus): Finding['fix'] =>
  byHand(status.problem?.next ?? 'Start Docker.', startCommand(status));

const startCommand = ({ engine, insideContainer }: DockerStatus): string | null =>
  process.platform === 'linux' &&
  !insideContainer &&
  (engine.host === null || engine.host === 'unix:///var/run/docker.sock')
    ? 'sudo systemctl start docker'
    : null;

/** Whose socket it is, whether the user's groups have it, and the way without root. */
async function explainPermission({ engine, problem }: DockerStatus): Promise<Finding> {
  const socket = /^unix:\/\/(.+)$/.exec(engine.host ?? '')?.[1];
  const found = socket === undefined ? undefined : await stat(socket).catch(() => undefined);
  const group = found ? await groupName(found.gid) : undefined;
  const isMember = found !== undefined && (process.getgroups?.() ?? []).includes(found.gid);
  const who = userInfo().username;
  const mode = found ? `, mode ${(found.mode & 0o777).toString(8)}` : '';
  const detail =
    socket && group
      ? `${socket} belongs to the group "${group}"${mode}, and ${who} is ${isMember ? '' : 'not '}in it.`
      : (problem?.detail ?? '');
  return {
    state: 'error',
    detail,
    cause:
      'Your user may not use the engine. Members of that group have the rights of root; a rootless engine does without.',
    fix: byHand(
      'Add your user to the group, then sign in again; or set up a rootless engine',
      group ? `sudo usermod -aG ${group} "${who}"` : 'dockerd-rootless-setuptool.sh install',
    ),
    link: group ? links.permission : links.rootless,
  };
}

async function groupName(gid: number): Promise<string | undefined> {
  const groups = await readFile('/etc/group', 'utf8').catch(() => '');
  const line = groups.split('\n').find(each => each.split(':')[2] === String(gid));
  return line?.split(':')[0]?.replace(/[^\w.-]/g, '') || undefined;
}

/** Milliseconds. Certificates and tokens mind minutes. */
const slightSkew = 30_000;
const badSkew = 300_000;

async function findSkew({ docker }: DoctorNeeds): Promise<Finding> {
  const before = Date.now();
  const said = (await docker.engineTime?.()) ?? null;
  if (said === null) return skipped('The engine does not tell its time.');
  return judgeSkew(Date.parse(said) - (before + Date.now()) / 2);
}

export function judgeSkew(milliseconds: number): Finding {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (!(Math.abs(milliseconds) > slightSkew)) return ok(`It differs by ${seconds} s.`);
  return {
    state: Math.abs(milliseconds) > badSkew ? 'error' : 'warning',
    detail: `The engine’s clock is ${seconds} s ${milliseconds > 0 ? 'ahead' : 'behind'}.`,
    cause:
      'Tokens and certificates are refused, and logs do not fit together. A virtual machine that slept is often the cause.',
    fix: byHand('Restart Docker, or the virtual machine that it runs in.'),
  };
}

const initPlaces = [
  '/usr/bin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/local/sbin',
  '/sbin',
  '/usr/libexec/docker',
  '/usr/local/libexec/docker',
  '/usr/local/lib/docker',
  '/usr/lib/docker',
];

/** The gateway starts every container with --init (CONTRACT section 6). */
async function findInit({ engine, insideContainer }: DockerStatus): Promise<Finding> {
  if (engine.platform === 'desktop') return ok('Docker Desktop brings it.');
  if (!engine.host?.startsWith('unix:') || insideContainer || process.platform !== 'linux')
    return skipped('The engine is on another system.');
  const found = await Promise.all(
    initPlaces.map(
      async folder =>
        await access(`${folder}/docker-init`, constants.X_OK).then(
          () => folder,
          () => undefined,
        ),
    ),
  );
  const place = found.find(folder => folder !== undefined);
  if (place !== undefined) return ok(`${place}/docker-init`);
  return {
    state: 'warning',
    detail: 'docker-init was not found in the usual places.',
    cause: 'The gateway starts every container with --init, which fails without it.',
    fix: byHand('Install it with the engine’s package; in Debian it is "tini" or part of docker.io.'),
  };
}

function findSurroundings(
  { insideContainer, wsl }: { insideContainer: boolean; wsl: boolean },
  { engine, available }: DockerStatus,
): Finding {
  if (insideContainer && !available) {
    return {
      state: 'warning',
      detail: 'This is a container.',
      cause: 'The engine is outside, and can only be used if its socket is mounted.',
      fix: byHand('Mount the socket into this container', '-v /var/run/docker.sock:/var/run/docker.sock'),
    };
  }
  if (insideContainer)
    return ok('This is a container. Folders of servers are those of the engine’s host, not of this container.');
  if (wsl && !engine.reachable) {
    return {
      state: 'warning',
      detail: 'This is WSL, and no engine answers in it.',
      cause: 'Docker Desktop shares its engine only with the distributions that are switched on in its settings.',
      fix: byHand(
        'In Docker Desktop: Settings, Resources, WSL integration; or install Docker Engine in this distribution.',
      ),
    };
  }
  return ok(wsl ? 'This is WSL.' : 'Neither a container nor WSL.');
}

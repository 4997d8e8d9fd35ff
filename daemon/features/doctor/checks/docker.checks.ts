// Docker: command, plugin, dialect, version, engine, who may use it, which one is chosen, and where we are.
import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import type { ProblemCode } from '../../../../shared/api/problem.ts';
import { byDaemon, byHand, type Check, type Finding, fromProblem, ok, skipped } from '../check.ts';
import type { DoctorNeeds } from '../doctor-needs.ts';

const links = {
  engine: 'https://docs.docker.com/engine/install/',
  plugin: 'https://github.com/docker/mcp-gateway#install',
  permission: 'https://docs.docker.com/engine/install/linux-postinstall/',
  rootless: 'https://docs.docker.com/engine/security/rootless/',
  context: 'https://docs.docker.com/engine/manage-resources/contexts/',
  releases: 'https://github.com/docker/mcp-gateway/releases',
};

const again = byDaemon('Look again', 'probe');

/** The checks share one look at Docker: `look` may be called as often as they like. */
export function dockerChecks(needs: DoctorNeeds, look: () => Promise<DockerStatus>): Check[] {
  const of = (find: (status: DockerStatus) => Promise<Finding | Finding[]> | Finding | Finding[]) => async () =>
    await find(await look());
  return [
    { id: 'docker.command', title: 'The docker command is there', run: of(findCommand) },
    { id: 'docker.plugin', title: 'docker mcp is installed', after: ['docker.command'], run: of(findPlugin) },
    { id: 'docker.dialect', title: 'docker mcp has profiles', after: ['docker.plugin'], run: of(findDialect) },
    {
      id: 'docker.version',
      title: 'docker mcp has no known weaknesses',
      after: ['docker.plugin'],
      run: of(findVersion),
    },
    { id: 'docker.engine', title: 'The Docker engine answers', after: ['docker.command'], run: of(findEngine) },
    {
      id: 'docker.usable',
      title: 'docker mcp can be used',
      after: ['docker.plugin', 'docker.engine'],
      run: of(findUsable),
    },
    {
      id: 'docker.context',
      title: 'Commands and servers use the same engine',
      after: ['docker.engine'],
      run: of(findContext),
    },
    {
      id: 'docker.clock',
      title: 'The engine has the same time',
      after: ['docker.engine'],
      run: async () => await findSkew(needs),
    },
    { id: 'docker.init', title: 'The engine has docker-init', after: ['docker.engine'], run: of(findInit) },
    {
      id: 'docker.own-tools',
      title: 'The gateway’s own tools are off',
      after: ['docker.plugin'],
      run: of(findOwnTools),
    },
    {
      id: 'docker.surroundings',
      title: 'This system is no obstacle',
      run: async () => findSurroundings(await needs.docker.surroundings(), await look()),
    },
  ];
}

const hasCode = ({ problem }: DockerStatus, ...codes: ProblemCode[]): boolean =>
  problem !== null && codes.includes(problem.code);

function findCommand({ docker, problem }: DockerStatus): Finding {
  if (docker.path !== null) return ok(`${docker.path}${docker.version ? ` (${docker.version})` : ''}`);
  return problem
    ? { ...fromProblem('warning', problem), state: 'error', link: links.engine }
    : { state: 'error', detail: 'There is no docker command.', fix: again, link: links.engine };
}

function findPlugin({ plugin, problem }: DockerStatus): Finding {
  if (plugin.installed)
    return ok(`docker mcp ${plugin.version ?? 'of unknown version'}${plugin.path ? `, ${plugin.path}` : ''}`);
  const found = problem
    ? fromProblem('error', problem)
    : { state: 'error' as const, detail: 'docker mcp is not there.', fix: again };
  return { ...found, link: links.plugin };
}

function findDialect({ plugin, capabilities }: DockerStatus): Finding {
  if (plugin.dialect === 'profile') return ok('It has profiles and catalogs of the present generation.');
  const reason = capabilities.find(({ id }) => id === 'profiles')?.reason ?? 'Its commands are not known.';
  const canSwitch = reason.includes('feature enable profiles');
  return {
    state: plugin.dialect === 'legacy' ? 'warning' : 'error',
    detail: reason,
    cause: 'There is one selection of servers for everybody, and secrets, settings and tools are less well separated.',
    fix: canSwitch ? byDaemon('Switch profiles on', 'enable-profiles') : byHand('Update docker mcp.'),
    link: links.releases,
  };
}

function findVersion({ plugin, warnings }: DockerStatus): Finding {
  if (plugin.safe) return ok(`${plugin.version ?? 'This version'} has the hardening of v0.43.1.`);
  const warning = warnings.find(({ code }) => code === 'DOCKER_016');
  const found = warning
    ? fromProblem('error', warning)
    : { state: 'error' as const, detail: 'It lacks the hardening of v0.43.1.' };
  // Servers run all the same, over standard input and output.
  return { ...found, state: 'warning', link: links.releases };
}

async function findEngine(status: DockerStatus): Promise<Finding> {
  const { engine } = status;
  if (engine.reachable) {
    const where = engine.platform === 'desktop' ? 'Docker Desktop' : 'Docker Engine';
    return ok(
      `${where} ${engine.version ?? ''} on ${engine.os ?? '?'}/${engine.architecture ?? '?'}.`.replace('  ', ' '),
    );
  }
  if (status.problem && hasCode(status, 'DOCKER_004')) return await explainPermission(status);
  if (status.problem) return { ...fromProblem('error', status.problem), fix: fixForEngine(status), link: links.engine };
  return { state: 'error', detail: 'No engine answers.', fix: again, link: links.engine };
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

function findUsable({ available, problem, passInstalled, engine }: DockerStatus): Finding {
  if (available)
    return ok(
      engine.platform === 'desktop'
        ? `By Docker Desktop${passInstalled ? ', with its secret store' : ''}.`
        : 'Its commands answer.',
    );
  return problem
    ? {
        ...fromProblem('error', problem),
        fix: problem.next ? byDaemon(`${problem.next} Then look again`, 'probe') : again,
      }
    : ok('Its commands answer.');
}

function findContext(status: DockerStatus): Finding {
  const { warnings, engine } = status;
  const split = warnings.find(({ code }) => code === 'DOCKER_005');
  if (split) return { ...fromProblem('error', split), link: links.context };
  return ok(
    `${engine.context ? `Context "${engine.context}"` : 'No context'}${engine.host ? `, ${engine.host}` : ''}.`,
  );
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

function findOwnTools({ ownTools }: DockerStatus): Finding {
  if (!ownTools) return ok('A connected model cannot change profiles.');
  return {
    state: 'warning',
    detail: 'The feature dynamic-tools is on, as docker mcp has it by default.',
    cause:
      'Where the gateway is started without Quayside, a connected model can change your profiles. Quayside switches them off for its own gateways unless you ask for them.',
    fix: byHand('Switch them off everywhere', 'docker mcp feature disable dynamic-tools'),
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

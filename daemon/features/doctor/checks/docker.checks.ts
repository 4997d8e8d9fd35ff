// Docker: command, plugin, dialect, version, what it may do, and which engine is chosen.
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import { byDaemon, byHand, type Check, type Finding, fromProblem, ok, skipped } from '../check.ts';
import type { DoctorNeeds } from '../doctor-needs.ts';
import { engineChecks } from './engine.checks.ts';

const links = {
  install: 'https://docs.docker.com/engine/install/',
  plugin: 'https://github.com/docker/mcp-gateway#install',
  context: 'https://docs.docker.com/engine/manage-resources/contexts/',
  releases: 'https://github.com/docker/mcp-gateway/releases',
};

const again = byDaemon('Look again', 'probe');

/** The checks share one look at Docker: `look` may be called as often as they like. */
export function dockerChecks(needs: DoctorNeeds, look: () => Promise<DockerStatus>): Check[] {
  const of = (find: (status: DockerStatus) => Finding) => async () => find(await look());
  const command = ['docker.command'];
  const plugin = ['docker.plugin'];
  return [
    { id: 'docker.command', title: 'The docker command is there', run: of(findCommand) },
    { id: 'docker.plugin', title: 'docker mcp is installed', after: command, run: of(findPlugin) },
    { id: 'docker.dialect', title: 'docker mcp has profiles', after: plugin, run: of(findDialect) },
    { id: 'docker.version', title: 'docker mcp has no known weaknesses', after: plugin, run: of(findVersion) },
    { id: 'docker.own-tools', title: 'The gateway’s own tools are off', after: plugin, run: of(findOwnTools) },
    ...engineChecks(needs, look),
    { id: 'docker.usable', title: 'docker mcp can be used', after: [...plugin, 'docker.engine'], run: of(findUsable) },
    {
      id: 'docker.context',
      title: 'Commands and servers use the same engine',
      after: ['docker.engine'],
      run: of(findContext),
    },
  ];
}

const isOff = ({ problem }: DockerStatus): boolean => problem?.code === 'ENGINE_001';

/** Whoever has switched Docker off has chosen so: one row says it, in place of all that look at Docker. */
export const choiceOfDocker = (look: () => Promise<DockerStatus>): Check => ({
  id: 'docker.choice',
  title: 'Docker is used',
  run: async () => {
    const status = await look();
    return isOff(status) ? skipped([status.problem?.detail, status.problem?.next].filter(Boolean).join(' ')) : [];
  },
});

/** The check, which has nothing to tell where Docker is switched off. */
export const unlessOff = (check: Check, look: () => Promise<DockerStatus>): Check => ({
  ...check,
  run: async signal => (isOff(await look()) ? [] : await check.run(signal)),
});

function findCommand({ docker, problem }: DockerStatus): Finding {
  if (docker.path !== null) return ok(`${docker.path}${docker.version ? ` (${docker.version})` : ''}`);
  return problem
    ? { ...fromProblem('warning', problem), state: 'error', link: links.install }
    : { state: 'error', detail: 'There is no docker command.', fix: again, link: links.install };
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

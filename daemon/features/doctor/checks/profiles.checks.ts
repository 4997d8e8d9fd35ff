// Catalogs, tool names within a profile, gateways, ports, and what was left behind.
import { connect } from 'node:net';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import type { Gateway } from '../../../../shared/api/gateways.ts';
import { findPortOwner } from '../../../platform/port-owner.ts';
import { byDaemon, byHand, type Check, enumerate, type Finding, fromProblem, ok } from '../check.ts';
import { findClashes } from '../clashes.ts';
import type { DoctorNeeds } from '../doctor-needs.ts';

/** The port that docker mcp takes unless it is told another. */
const usualGatewayPort = 8811;

export const profileChecks = (needs: DoctorNeeds, look: () => Promise<DockerStatus>): Check[] => [
  {
    id: 'catalogs.entries',
    title: 'Catalogs are there and not empty',
    after: ['docker.usable'],
    run: async () => findCatalogs(await needs.catalogs()),
  },
  {
    id: 'tools.clashes',
    title: 'No two tools of a profile have one name',
    run: async () => findToolClashes(needs, await look()),
  },
  { id: 'gateways.state', title: 'The gateways are well', run: () => findGateways(needs.gateways.list()) },
  {
    id: 'gateways.port',
    title: `Nobody else serves at port ${usualGatewayPort}`,
    run: async signal => await findGatewayPort(signal),
  },
  {
    id: 'containers.orphans',
    title: 'No containers were left behind',
    after: ['docker.engine'],
    run: async () => await findOrphans(needs),
  },
  { id: 'gateways.files', title: 'No files of gateways were left behind', run: async () => await findLeftovers(needs) },
];

function findCatalogs(catalogs: Awaited<ReturnType<DoctorNeeds['catalogs']>>): Finding[] {
  const ours = catalogs.filter(({ engine }) => engine === 'docker');
  if (ours.length === 0) {
    return [
      {
        state: 'warning',
        detail: 'docker mcp has no catalog.',
        cause: 'Servers can be added from images and files only.',
        fix: byHand('Pull Docker’s own', 'quayside catalogs pull mcp/docker-mcp-catalog:latest'),
      },
    ];
  }
  const found = ours.flatMap(({ ref, title, entries, problem, cached }): Finding[] => {
    const about = { id: ref, title: `The catalog ${title || ref}` };
    if (problem)
      return [
        { ...fromProblem('warning', problem), about, ...(cached ? { cause: 'What was read before is shown.' } : {}) },
      ];
    if (entries > 0) return [];
    return [
      {
        state: 'warning',
        detail: `${ref} has no entries.`,
        cause:
          'docker mcp makes an empty catalog without an error when the file that it shall be made of does not exist.',
        fix: byHand('Make it again from the right file, or remove it', `quayside catalogs remove ${ref}`),
        about,
      },
    ];
  });
  if (found.length > 0) return found;
  return [ok(enumerate(ours.map(({ ref, entries }) => `${ref} (${entries})`)))];
}

/** Upstream a clash ends the whole gateway; in file mode our prefixes keep the names apart (CONTRACT section 6). */
function findToolClashes({ servers, gateways }: DoctorNeeds, status: DockerStatus): Finding[] {
  const modes = new Map(gateways.list().map(({ profile, mode, ownTools }) => [profile, { mode, ownTools }]));
  const found = findClashes(servers(), profile => {
    const { mode = null, ownTools = false } = modes.get(profile) ?? {};
    const usesFiles = mode === null ? status.engine.platform !== 'desktop' : mode === 'files';
    return { usesFiles, ownTools };
  });
  if (found.length === 0) return [ok('Names are different in each profile.')];
  return found.map(({ profile, clashes, harmless }) => ({
    state: harmless ? 'ok' : 'error',
    detail: enumerate(clashes.map(({ tool, servers: names }) => `${tool} of ${names.join(' and ')}`)),
    cause: harmless
      ? 'It does no harm here: Quayside starts this gateway from files in which each server has a prefix. A gateway that is started without Quayside would refuse this profile.'
      : 'docker mcp refuses to start a gateway with two tools of one name.',
    fix: harmless
      ? null
      : byHand('Switch one of the two off, or turn the prefixes on', 'docker mcp feature enable tool-name-prefix'),
    about: { id: profile, title: `Tool names in the profile ${profile}` },
  }));
}

function findGateways(gateways: Gateway[]): Finding[] {
  const found = gateways.flatMap((gateway): Finding[] => {
    const { profile, state, problem, changesWaiting } = gateway;
    const about = { id: profile, title: `The gateway of ${profile}` };
    const fix = byDaemon(`Restart the gateway of ${profile}`, `restart-gateway:${profile}`);
    if (state === 'failed' || state === 'crash-looping') {
      return [
        { ...(problem ? fromProblem('error', problem) : { state: 'error', detail: 'It does not run.' }), fix, about },
      ];
    }
    const leftOut = gateway.servers.filter(server => server.state === 'left-out' || server.state === 'failed');
    if (leftOut.length > 0) {
      const reasons = leftOut.map(({ name, problem: why }) => `${name}${why ? `: ${why.detail}` : ''}`);
      return [
        {
          state: 'warning',
          detail: `Without ${enumerate(reasons, 3)}`,
          cause: 'The others run without them.',
          fix,
          about,
        },
      ];
    }
    if (!changesWaiting) return [];
    return [
      {
        state: 'warning',
        detail: 'Changes wait for a restart.',
        cause: 'docker mcp reads a profile only when its gateway starts.',
        fix,
        about,
      },
    ];
  });
  return found.length > 0
    ? found
    : [
        ok(
          gateways.length === 0
            ? 'None runs.'
            : enumerate(gateways.map(({ profile, state }) => `${profile}: ${state}`)),
        ),
      ];
}

async function findGatewayPort(signal: AbortSignal): Promise<Finding> {
  if (!(await isListening(usualGatewayPort, signal)))
    return ok('Nobody. Gateways of Quayside take a free port anyway.');
  const owner = await findPortOwner(usualGatewayPort);
  return {
    state: 'warning',
    detail: `${owner ?? 'A program'} listens at port ${usualGatewayPort}.`,
    cause:
      'It may be a gateway that was started by hand. Quayside’s own take a free port and are not disturbed; a second one that is started by hand would fail.',
    fix: byHand('If nobody needs it, end it.'),
  };
}

/** Only this machine is asked, and only for a moment. */
const isListening = (port: number, signal: AbortSignal): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    signal.addEventListener('abort', () => end(false), { once: true });
  });

async function findOrphans({ sweep }: DoctorNeeds): Promise<Finding> {
  const { removed } = await sweep(true);
  if (removed.length === 0) return ok('None of ours. Those of other clients are not looked at.');
  const number = `${removed.length} ${removed.length === 1 ? 'container' : 'containers'}`;
  return {
    state: 'warning',
    detail: `${number} of gateways that are gone: ${enumerate([...new Set(removed.map(({ server }) => server))])}.`,
    cause: 'They take memory, and nobody will ever use them again.',
    fix: byDaemon(`Remove ${number}`, 'sweep-orphans'),
  };
}

async function findLeftovers({ leftovers }: DoctorNeeds): Promise<Finding> {
  const files = await leftovers.find();
  if (files.length === 0) return ok('None.');
  const number = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  return {
    state: 'warning',
    detail: enumerate(files, 3),
    cause: 'Gateways that ended without warning could not remove them.',
    fix: byDaemon(`Remove ${number}`, 'remove-leftovers'),
  };
}

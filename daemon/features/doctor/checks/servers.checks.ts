// The servers: their settings, secrets, folders and images, and whether their tools can live together.
import { posix, win32 } from 'node:path';
import type { DockerStatus } from '../../../../shared/api/docker.ts';
import type { SecretReference } from '../../../../shared/api/secrets.ts';
import { byDaemon, byHand, type Check, enumerate, type Finding, fromProblem, ok } from '../check.ts';
import type { DoctorNeeds, DoctorServer } from '../doctor-needs.ts';
import { shortId } from '../fix-ids.ts';
import { findSettingErrors } from '../settings-check.ts';
import { judgeVolume } from '../volumes.ts';
import { unlessOff } from './docker.checks.ts';

export const serverChecks = (needs: DoctorNeeds, look: () => Promise<DockerStatus>): Check[] => [
  { id: 'servers.state', title: 'No server has failed', run: () => findFailed(needs.servers()) },
  { id: 'servers.settings', title: 'The settings of servers fit', run: () => findSettings(needs.servers()) },
  { id: 'servers.secrets', title: 'Servers have the secrets that they need', run: () => findSecrets(needs) },
  { id: 'servers.folders', title: 'Servers may use the folders that they want', run: () => findFolders(needs) },
  unlessOff(
    {
      id: 'servers.images',
      title: 'The images of servers are here and fit this machine',
      after: ['docker.engine'],
      run: async signal => await findImages(needs, signal),
    },
    look,
  ),
];

/** One row of each server with something to tell, or one for all of them. */
const perServer = (
  servers: readonly DoctorServer[],
  title: string,
  find: (server: DoctorServer) => Finding | undefined,
  fine: string,
): Finding[] => {
  const found = servers.flatMap(each => {
    const finding = find(each);
    return finding ? [{ ...finding, about: { id: each.server.id, title: `${title}: ${each.server.title}` } }] : [];
  });
  return found.length > 0 ? found : [ok(servers.length === 0 ? 'There are no servers yet.' : fine)];
};

const findFailed = (servers: DoctorServer[]): Finding[] =>
  perServer(
    servers,
    'It has failed',
    ({ server: { id, state, problem } }) => {
      if (state !== 'failed' && state !== 'crash-looping') return undefined;
      const found: Finding = problem ? fromProblem('error', problem) : { state: 'error', detail: 'It does not run.' };
      return { ...found, fix: found.fix ?? byHand('Look at what it said', `quayside server ${id}`) };
    },
    'None of them.',
  );

const findSettings = (servers: DoctorServer[]): Finding[] =>
  perServer(
    servers,
    'The settings do not fit',
    ({ server, configuration, settingsSchema }) => {
      const errors = settingsSchema ? findSettingErrors(configuration.settings, settingsSchema) : [];
      if (errors.length === 0) return undefined;
      return {
        state: 'error',
        detail: enumerate(errors, 4),
        cause: 'docker mcp does not check settings when they are set; its gateway then refuses the whole profile.',
        fix: byHand('Correct the settings', `quayside config get ${server.id}`),
      };
    },
    'All required ones are set, and of the right type.',
  );

const variableOf = (reference: SecretReference): string | undefined =>
  'environmentVariable' in reference ? reference.environmentVariable : undefined;

const findSecrets = ({ servers, secretHasValue }: DoctorNeeds): Finding[] =>
  perServer(
    servers(),
    'Secrets are missing',
    ({ server, configuration, secretSlots }) => {
      const given = new Set(
        configuration.secretReferences.filter(({ secretId }) => secretHasValue(secretId)).map(variableOf),
      );
      const missing = secretSlots.filter(slot => slot.required && !given.has(slot.environmentVariable));
      const [first] = missing;
      if (!first) return undefined;
      return {
        state: 'error',
        detail: `It has no value for ${enumerate(missing.map(({ name, environmentVariable }) => `${name} (${environmentVariable})`))}.`,
        cause: 'It is not started without: docker mcp would hand it a placeholder instead.',
        fix: byHand(
          'Store the secret, and give it to the server',
          `quayside secrets set ${server.id}.${keyOf(first.name)} && quayside secrets link ${server.id}.${keyOf(first.name)} ${server.id} --env ${first.environmentVariable}`,
        ),
      };
    },
    'Each has a value.',
  );

const keyOf = (name: string): string =>
  (name.split('.').at(-1) ?? name).toLowerCase().replace(/[^a-z0-9_-]/g, '-') || 'token';

function findFolders({ servers, environment, platform = process.platform }: DoctorNeeds): Finding[] {
  const { delimiter } = platform === 'win32' ? win32 : posix;
  const listOf = (name: string) => (environment[name] ?? '').split(delimiter).filter(Boolean);
  const allowed = ['/tmp', ...listOf('MCP_GATEWAY_DOCKER_BIND_ALLOWED_PATHS')];
  const writable = listOf('MCP_GATEWAY_DOCKER_BIND_ALLOW_WRITABLE_PATHS');
  return perServer(
    servers(),
    'A folder is not allowed',
    ({ definition, configuration }) => {
      const volumes = Array.isArray(definition?.['volumes']) ? definition['volumes'] : [];
      const refused = volumes.flatMap(volume =>
        typeof volume === 'string' ? (judgeVolume(volume, configuration.settings, { allowed, writable }) ?? []) : [],
      );
      const [first] = refused;
      if (!first) return undefined;
      return {
        state: 'error',
        detail: enumerate(
          refused.map(({ reason }) => reason),
          3,
        ),
        cause: 'The gateway leaves the whole server out when it refuses one of its folders.',
        fix: byHand('Start Quayside with the folder allowed', `${first.variable}="${first.path}"`),
      };
    },
    'None asks for a folder that is not allowed.',
  );
}

const mostImages = 50;

async function findImages({ servers, images }: DoctorNeeds, signal: AbortSignal): Promise<Finding[]> {
  const byImage = new Map<string, string[]>();
  for (const { server } of servers()) {
    if (server.source.type !== 'image') continue;
    byImage.set(server.source.image, [...(byImage.get(server.source.image) ?? []), server.title]);
  }
  const found: Finding[] = [];
  for (const [image, titles] of [...byImage].slice(0, mostImages)) {
    if (signal.aborted) break;
    const there = await images.find(image);
    const about = { id: shortId(image), title: `The image of ${enumerate(titles)}` };
    if (!there) found.push({ ...absent(image, images.pull !== undefined), about });
    else if (there.mismatch !== null) found.push({ ...misfit(image, there.mismatch), about });
  }
  if (found.length > 0) return found;
  return [ok(byImage.size === 0 ? 'No server needs one.' : `All ${byImage.size} of them.`)];
}

const absent = (image: string, canPull: boolean): Finding => ({
  state: 'warning',
  detail: `${image} is not on the engine.`,
  cause: 'The gateway never pulls while it starts a server; the server would be left out.',
  fix: canPull ? byDaemon(`Pull ${image}`, `pull-image:${shortId(image)}`) : byHand('Pull it', `docker pull ${image}`),
});

const misfit = (image: string, mismatch: string): Finding => ({
  state: 'error',
  detail: `${image}: ${mismatch}`,
  cause: 'The server ends at once, with "exec format error" or the like.',
  fix: byHand('Choose an image for this machine, or an engine of the other architecture.'),
});

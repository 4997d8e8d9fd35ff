// What is done with a server of Docker step by step: installed into a profile, updated, rolled back, and started with its tools.
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { NewOperation, OperationStep } from '../../../shared/api/operations.ts';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import type { ServerConfigurationChange } from '../../../shared/api/server-configuration.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import { nameFromPackage } from '../../../shared/domain/names.ts';
import type { DockerInstall, Engine, Installed, InstallProgress } from '../../engines/engine.ts';
import type { DockerNeeds, InstallNeeds } from './install-needs.ts';
import type { NewRun, RunContext } from './operation-runs.ts';

type InstallOperation = Extract<NewOperation, { kind: 'install' }>;
type Order = Omit<NewRun, 'request'>;

/** Images can be large and lines slow. */
const minutes = 120;

const startStep = (state: OperationStep['state'], detail = ''): OperationStep => ({
  id: 'start',
  title: 'Start it and list its tools',
  state,
  detail,
});

export interface DockerPlan {
  request: DockerInstall;
  title: string;
  catalogEntry: string | null;
  configuration: ServerConfigurationChange;
  start: boolean;
  /** True: an earlier try has installed it, and what is left is its start. */
  installed: boolean;
}

const noDocker = () =>
  problem('ENGINE_001', {
    detail: 'This server needs Docker, and Docker is not here.',
    next: 'Install Docker and its MCP plugin.',
  });

/** Errors: ENGINE_001. */
export function dockerOf(needs: InstallNeeds, engine: Engine | undefined): { docker: DockerNeeds; engine: Engine } {
  if (!needs.docker || !engine) throw noDocker();
  return { docker: needs.docker, engine };
}

/** Errors: PROFILE_001, PROFILE_005, SERVER_002, SERVER_010, SERVER_011, REQUEST_001. */
export async function planDockerEntry(
  input: InstallOperation,
  entry: CatalogEntry,
  catalogRef: string,
  docker: DockerNeeds,
  installed: boolean,
): Promise<DockerPlan> {
  const profile = await docker.chooseProfile(input.profile);
  const configuration = input.configuration ?? {};
  const settings = { ...input.inputs, ...configuration.settings };
  docker.checkSettings(entry.title, entry.configurationSchema, settings);
  docker.checkSecrets(entry.title, entry.secretSlots, configuration.secretReferences ?? [], input.start);
  const there = docker.find(profile, entry.nameInCatalog);
  if (there && !installed) throw isThere(entry.title, profile, there.id);
  return {
    request: {
      kind: 'docker',
      serverId: input.serverId ?? there?.id ?? docker.freeId(profile, entry.nameInCatalog),
      profile,
      from: { catalogRef, name: entry.nameInCatalog },
      settings,
      replace: false,
    },
    title: entry.title,
    catalogEntry: entry.id,
    configuration,
    start: input.start,
    installed,
  };
}

/** An image that describes itself: what it needs is known when it is here. Errors: PROFILE_001, PROFILE_005. */
export async function planImage(
  input: InstallOperation,
  image: string,
  docker: DockerNeeds,
  installed: boolean,
): Promise<DockerPlan> {
  const profile = await docker.chooseProfile(input.profile);
  const configuration = input.configuration ?? {};
  const settings = { ...input.inputs, ...configuration.settings };
  const name = nameFromPackage(image.replace(/@.*$/, '').replace(/:[^/]*$/, ''));
  const serverId = input.serverId ?? docker.freeId(profile, name);
  const request = { kind: 'docker', serverId, profile, from: { image }, settings, replace: false } as const;
  return { request, title: image, catalogEntry: null, configuration, start: input.start, installed };
}

const isThere = (title: string, profile: string, id: string) =>
  problem('SERVER_002', {
    detail: `${title} is in the profile "${profile}" already, as "${id}".`,
    next: 'Update that one, change its settings, or choose another profile.',
  });

/** What is done, step by step; what is there already when it is tried again is passed over. */
export function installOrder(plan: DockerPlan, engine: Engine, needs: InstallNeeds, docker: DockerNeeds): Order {
  const { request } = plan;
  return {
    kind: 'install',
    serverId: request.serverId,
    title: `Install ${plan.title}`,
    steps: [],
    minutes,
    done: 'Installed',
    async work(context) {
      const progress = withStart(context, plan.start);
      if (!plan.installed) await install(plan, engine, needs, docker, context, progress);
      if (!plan.start) return;
      await start(request.serverId, needs, context.signal, progress, async () => {
        // Cancelled: the server goes again, with its row. Failed: it stays, and its start can be tried again.
        await needs.removeServer(request.serverId);
      });
    },
  };
}

async function install(
  plan: DockerPlan,
  engine: Engine,
  needs: InstallNeeds,
  docker: DockerNeeds,
  { signal, onInstalled }: RunContext,
  progress: Progress,
): Promise<void> {
  const { request } = plan;
  const name = 'name' in request.from ? request.from.name : null;
  const release = docker.expect(request.profile, name);
  try {
    const installed = await engine.install(request, { onProgress: progress.report, signal });
    try {
      signal.throwIfAborted();
      if (!installed.inProfile) throw noDocker();
      needs.addServer({
        id: request.serverId,
        title: installed.title,
        description: installed.description,
        source: installed.source,
        catalogEntry: plan.catalogEntry,
        configuration: plan.configuration,
        inProfile: installed.inProfile,
      });
    } catch (error) {
      await engine.remove({ id: request.serverId, inProfile: installed.inProfile });
      throw error;
    }
    onInstalled();
  } finally {
    release();
  }
}

/** Update and roll-back: another definition in the same place, and the server runs again if it ran. */
export function replaceOrder(
  kind: 'update' | 'roll-back',
  serverId: string,
  engine: Engine,
  needs: InstallNeeds,
  docker: DockerNeeds,
): Order {
  const { row, inProfile, previous } = docker.of(serverId);
  const from = kind === 'roll-back' ? { before: previous ?? refuseRollBack(row.title) } : originOf(inProfile);
  return {
    kind,
    serverId,
    title: `${kind === 'update' ? 'Update' : 'Roll back'} ${row.title}`,
    steps: [],
    minutes,
    done: kind === 'update' ? 'Updated' : 'Rolled back',
    async work(context) {
      const now = docker.of(serverId);
      if (kind === 'update' && now.isRunning) await checkNewSecrets(now, needs, docker);
      const { settings, profile } = now.inProfile;
      const request: DockerInstall = { kind: 'docker', serverId, profile, from, settings, replace: true };
      const progress = withStart(context, now.isRunning);
      const release = docker.expect(profile, now.inProfile.name);
      const put = (installed: Installed, before: typeof previous) =>
        installed.inProfile && docker.replace(serverId, installed.inProfile, before);
      try {
        const installed = await engine.install(request, { onProgress: progress.report, signal: context.signal });
        put(installed, kind === 'update' ? (installed.before ?? now.inProfile) : null);
        if (!now.isRunning) return;
        await needs.stopServer(serverId);
        await start(serverId, needs, context.signal, progress, async () => {
          const back = { ...request, from: { before: now.inProfile } };
          put(
            await engine.install(back, { onProgress: () => {}, signal: AbortSignal.timeout(minutes * 60_000) }),
            now.previous,
          );
          await needs.startServer(serverId).catch(() => {});
        });
      } finally {
        release();
      }
    },
  };
}

/** A server that runs would not start again without them, so nothing is touched. Errors: SERVER_011. */
async function checkNewSecrets(
  { row, references }: ReturnType<DockerNeeds['of']>,
  needs: InstallNeeds,
  docker: DockerNeeds,
): Promise<void> {
  if (row.catalogEntry === null) return;
  const entry = await needs.catalogEntry(row.catalogEntry).catch(() => undefined);
  if (!entry) return;
  const declared = new Set(entry.secretSlots.map(slot => slot.environmentVariable));
  const kept = references.filter(each => !('header' in each) && declared.has(each.environmentVariable));
  docker.checkSecrets(entry.title, entry.secretSlots, kept, true);
}

const originOf = ({ catalogRef, name, source }: ReturnType<DockerNeeds['of']>['inProfile']) => {
  if (catalogRef !== null) return { catalogRef, name };
  if (source.type === 'image') return { image: source.image };
  throw problem('CATALOG_001', {
    detail: `"${name}" came from no catalog, so there is nothing to update it from.`,
    next: 'Remove it and install it again.',
  });
};

const refuseRollBack = (title: string) => {
  throw problem('OPERATION_003', {
    detail: `What ${title} was before is not known: it was never updated here.`,
    next: 'Install the version that you want instead.',
  });
};

interface Progress {
  report(progress: InstallProgress): void;
  start(state: OperationStep['state'], detail?: string): void;
}

/** The engine's steps with the start behind them. */
function withStart({ onProgress }: RunContext, starts: boolean): Progress {
  let steps: OperationStep[] = [];
  const share = starts ? 0.9 : 1;
  return {
    report(progress) {
      steps = progress.steps ?? steps;
      const fraction = progress.progress === null ? null : progress.progress * share;
      onProgress({ ...progress, progress: fraction, steps: starts ? [...steps, startStep('waiting')] : steps });
    },
    start(state, detail) {
      onProgress({
        step: 'Starting it and listing its tools',
        progress: state === 'done' ? 1 : share,
        steps: [...steps, startStep(state, detail)],
        transfer: null,
      });
    },
  };
}

async function start(
  serverId: string,
  needs: InstallNeeds,
  signal: AbortSignal,
  progress: Progress,
  undo: () => Promise<void>,
): Promise<void> {
  progress.start('running');
  const stop = () => void needs.stopServer(serverId).catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const server = await needs.startServer(serverId);
    signal.throwIfAborted();
    progress.start('done', describeTools(server));
  } catch (error) {
    if (signal.aborted) {
      await undo();
      progress.start('undone');
      throw error;
    }
    progress.start('failed', isProblemError(error) ? error.problem.detail : 'It did not start.');
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const describeTools = ({ toolCount }: MCPServer): string =>
  toolCount === null ? 'It runs.' : toolCount === 1 ? 'It runs, with 1 tool.' : `It runs, with ${toolCount} tools.`;

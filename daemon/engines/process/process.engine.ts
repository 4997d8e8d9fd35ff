// The embedded engine: MCP servers as child processes of the daemon, from npm packages or commands, and remote servers.
import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Engine, InstallContext, Installed, LaunchPlan, PackageInstall, ServerToRun } from '../engine.ts';
import { cleanEnvironment, type HostEnvironment, installerEnvironment } from './host-environment.ts';
import { toInstallProblem } from './install-problems.ts';
import { type InstallDone, type InstallerOptions, runInstaller } from './installer.ts';
import { type LaunchPlace, planPackage, planProgram, planRemote } from './launch-plan.ts';
import { findProgram } from './program.ts';
import { createReleases, type Releases } from './releases.ts';
import { starterCatalog } from './starter-catalog.ts';

export interface ProcessEngineOptions {
  /** The engine's own folder, inside the state folder. */
  folder: string;
  /** Node, or Electron that can run as Node: `process.execPath`. */
  runtime: string;
  runtimeIsElectron: boolean;
  /** The daemon's own environment, of which servers get a small part. */
  hostEnvironment: HostEnvironment;
  platform: NodeJS.Platform;
  /** The installer's entry. Default: install-child.ts beside this file; a bundle has to name its own. */
  installerEntry?: string;
  installLimits?: { seconds: number; bytes: number };
  log?: (message: string) => void;
}

const ownInstaller = () => fileURLToPath(new URL('./install-child.ts', import.meta.url));

export function createProcessEngine(options: ProcessEngineOptions): Engine {
  const { folder, platform, hostEnvironment } = options;
  const releases = createReleases(folder);
  const running = new Set<string>();

  return {
    kind: 'process',
    probe: () => probe(options),
    catalog: async () => structuredClone([...starterCatalog]),
    async install(request, context) {
      if (request.kind !== 'package') throw notOurs(request.serverId);
      if (running.has(request.serverId)) {
        throw problem('INSTALL_009', {
          detail: `"${request.serverId}" is being installed now.`,
          next: 'Wait until it is done.',
        });
      }
      running.add(request.serverId);
      try {
        return await install(request, context, releases, options);
      } finally {
        running.delete(request.serverId);
      }
    },
    remove: ({ id }) => releases.remove(id),
    tidy: known => releases.tidy(known, running),
    async plan(server) {
      const { source } = server;
      if (source.type === 'remote') return planRemote(source.url, server);
      if (source.type === 'image') throw notOurs(server.id);
      const place: LaunchPlace = { ...options, joinPath: join, workFolder: await releases.workFolder(server.id) };
      const plan =
        source.type === 'npm'
          ? await planInstalled({ ...server, source }, releases, place)
          : await planCommand(server, source.command, place);
      await checkWorkingDirectory(plan);
      return plan;
    },
  };

  async function planCommand(server: ServerToRun, command: string, place: LaunchPlace): Promise<LaunchPlan> {
    const environment = cleanEnvironment(hostEnvironment, { platform, inheritProxy: false });
    const path = server.configuration.environment['PATH'];
    const search = path === undefined ? environment : { ...environment, PATH: path };
    return planProgram(server, await findProgram(command, { platform, environment: search }), place);
  }
}

async function install(
  request: PackageInstall,
  context: InstallContext,
  releases: Releases,
  options: ProcessEngineOptions,
): Promise<Installed> {
  const { serverId } = request;
  const staged = await releases.stage(serverId).catch(error => {
    throw toInstallProblem(error, request);
  });
  try {
    context.onProgress({ step: 'Starting the installer', progress: 0 });
    const order = {
      folder: staged.path,
      spareCache: join(options.folder, 'npm-cache'),
      package: request.package,
      version: request.version,
      allowScripts: request.allowScripts,
      scriptEnvironment: cleanEnvironment(options.hostEnvironment, { platform: options.platform, inheritProxy: true }),
      ...(request.integrity === undefined ? {} : { integrity: request.integrity }),
    };
    const done = await runInstaller(order, context, installerOptions(options));
    if (context.signal.aborted)
      throw problem('INSTALL_007', { detail: 'The installation was cancelled. Nothing of it was kept.' });
    await releases.commit(serverId, { folder: staged.name, ...done });
    context.onProgress({ step: describeEnd(done), progress: 1 });
    const { package: name, version, integrity, title, description } = done;
    return { source: { type: 'npm', package: name, version, integrity }, title, description };
  } catch (error) {
    await releases.discard(serverId, staged.name).catch(() => {});
    throw toInstallProblem(error, request);
  }
}

const installerOptions = (options: ProcessEngineOptions): InstallerOptions => ({
  entry: options.installerEntry ?? ownInstaller(),
  runtime: options.runtime,
  environment: {
    ...installerEnvironment(options.hostEnvironment, options.platform),
    ...(options.runtimeIsElectron ? { ELECTRON_RUN_AS_NODE: '1' } : {}),
  },
  limitSeconds: options.installLimits?.seconds ?? 900,
  limitBytes: options.installLimits?.bytes ?? 1_500_000_000,
  log: options.log ?? (() => {}),
});

const describeEnd = ({ withoutScripts }: InstallDone): string =>
  withoutScripts.length === 0
    ? 'Installed'
    : `Installed, without running the install scripts of ${withoutScripts.slice(0, 5).join(', ')}${withoutScripts.length > 5 ? ' and others' : ''}`;

async function planInstalled(
  server: ServerToRun & { source: { type: 'npm' } },
  releases: Releases,
  place: LaunchPlace,
): Promise<LaunchPlan> {
  const { id, source } = server;
  const release = await releases.find(id);
  if (!release) throw missingFiles(`The files of ${source.package} are not there.`);
  if (release.integrity !== source.integrity) {
    throw missingFiles(`The installed files are not those of ${source.package} ${source.version}, which was pinned.`);
  }
  const file = releases.fileOf(id, release);
  await access(file, constants.R_OK).catch(() => {
    throw missingFiles(`The files of ${source.package} are damaged: ${file} is missing.`);
  });
  return planPackage(server, file, release.runsOnNode, place);
}

const notOurs = (id: string): ProblemError =>
  problem('ENGINE_001', {
    detail: `"${id}" is an image, and images are run by Docker.`,
    next: 'Install Docker and its MCP plugin, or choose a server that is a package.',
  });

const missingFiles = (detail: string): ProblemError =>
  problem('SERVER_004', { detail, next: 'Remove the server and install it again.' });

async function checkWorkingDirectory(plan: LaunchPlan): Promise<void> {
  if (plan.kind !== 'stdio') return;
  const found = await stat(plan.workingDirectory).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw problem('SERVER_004', {
    detail: `Its working folder ${plan.workingDirectory} ${found ? 'is not a folder' : 'does not exist'}.`,
    next: 'Correct the working folder in the configuration of this server.',
  });
}

async function probe({ folder, runtime, runtimeIsElectron }: ProcessEngineOptions): ReturnType<Engine['probe']> {
  const status = {
    kind: 'process',
    title: 'Processes on this machine',
    version: process.version,
    capabilities: ['install', 'command', 'remote', 'inputs'],
    isolated: false,
  } as const;
  const answer = (reason: string | null) => ({
    ...status,
    capabilities: [...status.capabilities],
    available: reason === null,
    reason,
  });
  try {
    await access(runtime, constants.X_OK);
  } catch {
    return answer(`The program that runs servers is not there: ${runtime}${runtimeIsElectron ? ' (Electron)' : ''}`);
  }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch {
    return answer(`The folder ${folder} cannot be written.`);
  }
  return answer(null);
}

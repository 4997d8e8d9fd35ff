// An engine by hand that implements the port: it installs nothing, takes the time it is told to, fails when it is told to,
// and runs the small servers of mcp-servers/. It passes the same contract tests as the real one.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type {
  CatalogOffer,
  Engine,
  InstallContext,
  Installed,
  LaunchPlan,
  PackageInstall,
  ServerToRun,
} from '../../daemon/engines/engine.ts';
import { type ProblemError, problem } from '../../shared/api/problem.ts';

const serversFolder = fileURLToPath(new URL('./mcp-servers/', import.meta.url));

/** Path of a test server's script, for sources of the type "command" with node. */
export const testServerScript = (name: string): string => join(serversFolder, `${name}.mjs`);

const scripts = readdirSync(serversFolder)
  .filter(file => file.endsWith('.mjs') && file !== 'json-lines.mjs')
  .map(file => file.slice(0, -'.mjs'.length));

/** The package name that the fake engine runs as `mcp-servers/NAME.mjs`. */
export const testPackage = (name: string): string => `@quayside-test/${name}`;

export const testVersion = '1.2.3';

/** The integrity that the fake engine knows a test package by. */
export const testIntegrity = (name: string): string =>
  `sha512-${createHash('sha512').update(testPackage(name)).digest('base64')}`;

const toOffer = (name: string): CatalogOffer => ({
  id: name,
  title: `The ${name} server`,
  description: `A test server: ${name}`,
  publisher: 'Quayside tests',
  license: 'MIT',
  categories: ['test'],
  homepage: null,
  origin: 'test',
  catalog: 'test',
  catalogOrigin: 'built-in',
  nameInCatalog: name,
  kind: 'package',
  tags: [],
  icon: null,
  readme: null,
  secretSlots: [],
  popularity: null,
  definitionDigest: null,
  toolCount: null,
  engine: 'process',
  source: { type: 'npm', package: testPackage(name), version: testVersion, integrity: testIntegrity(name) },
  configurationSchema: null,
  toolNames: name === 'echo' ? ['echo', 'add', 'fail', 'break', 'started'] : [],
  runsInstallScripts: false,
});

export interface FakeEngineBehaviour {
  /** How long an install takes, in milliseconds; it makes `steps` steps on the way. */
  installMs: number;
  steps: number;
  /** Fail each install of a package with this. */
  failures: Map<string, ProblemError>;
  /** Extra arguments for a package's server, by server id. */
  serverArguments: Map<string, string[]>;
}

export interface FakeEngine extends Engine {
  /** May be changed at any time; the next install uses it. */
  readonly behaviour: FakeEngineBehaviour;
  /** The ids of the servers that are installed now. */
  readonly installed: ReadonlyMap<string, { script: string }>;
}

/**
 * `offers`: catalog entries (default: every test server). Servers that were installed before can be given by id and
 * script name, as after a restart of the daemon.
 */
export function createFakeEngine(
  options: {
    offers?: CatalogOffer[];
    installed?: Record<string, string>;
    behaviour?: Partial<FakeEngineBehaviour>;
  } = {},
): FakeEngine {
  const behaviour: FakeEngineBehaviour = {
    installMs: 0,
    steps: 4,
    failures: new Map(),
    serverArguments: new Map(),
    ...options.behaviour,
  };
  const installed = new Map(Object.entries(options.installed ?? {}).map(([id, script]) => [id, { script }]));

  const plan = async ({ id, source, configuration }: ServerToRun): Promise<LaunchPlan> => {
    if (source.type === 'image') throw missing('This engine runs no images.');
    if (source.type === 'remote') return { kind: 'http', url: source.url, headers: configuration.network.headers };
    const environment = { PATH: process.env['PATH'] ?? '', ...configuration.environment };
    const workingDirectory = configuration.workingDirectory ?? tmpdir();
    const launch = { kind: 'stdio', environment, workingDirectory } as const;
    if (source.type === 'command') {
      return { ...launch, command: findCommand(source.command), args: configuration.arguments };
    }
    const found = installed.get(id);
    if (!found) throw missing(`The files of "${id}" are not there.`);
    const args = [
      testServerScript(found.script),
      ...(behaviour.serverArguments.get(id) ?? []),
      ...configuration.arguments,
    ];
    return { ...launch, command: process.execPath, args };
  };

  return {
    kind: 'process',
    behaviour,
    installed,
    probe: async () => ({
      kind: 'process',
      title: 'Test engine',
      available: true,
      reason: null,
      version: process.version,
      capabilities: ['install', 'command', 'remote'],
      isolated: false,
    }),
    catalog: async () => options.offers ?? scripts.map(toOffer),
    async install(request, context) {
      if (request.kind !== 'package') throw problem('ENGINE_001', { detail: 'This engine installs packages alone.' });
      return await install(request, context, behaviour, installed);
    },
    remove: async ({ id }) => void installed.delete(id),
    async tidy(known) {
      for (const id of installed.keys()) if (!known.has(id)) installed.delete(id);
    },
    plan,
  };
}

async function install(
  request: PackageInstall,
  { onProgress, signal }: InstallContext,
  behaviour: FakeEngineBehaviour,
  installed: Map<string, { script: string }>,
): Promise<Installed> {
  const script = scripts.find(name => testPackage(name) === request.package);
  await work(behaviour, onProgress, signal);
  const failure = behaviour.failures.get(request.package);
  if (failure) throw failure;
  if (!script || !['latest', '*', testVersion].includes(request.version)) {
    throw problem('INSTALL_001', {
      detail: `The package ${request.package}@${request.version} is not in the registry.`,
    });
  }
  const integrity = testIntegrity(script);
  if (request.integrity && request.integrity !== integrity) {
    throw problem('INSTALL_002', { detail: `The checksum of ${request.package} differs from the pinned one.` });
  }
  installed.set(request.serverId, { script });
  onProgress({ step: 'Installed', progress: 1 });
  return {
    source: { type: 'npm', package: request.package, version: testVersion, integrity },
    title: script,
    description: `A test server: ${script}`,
  };
}

async function work(
  { installMs, steps }: FakeEngineBehaviour,
  onProgress: InstallContext['onProgress'],
  signal: AbortSignal,
): Promise<void> {
  const cancelled = () => problem('INSTALL_007', { detail: 'The installation was cancelled; nothing of it was kept.' });
  for (let step = 0; step < steps; step++) {
    if (signal.aborted) throw cancelled();
    onProgress({ step: `Downloading ${step} of ${steps} packages`, progress: step / steps });
    await wait(installMs / steps, undefined, { signal }).catch(() => {
      throw cancelled();
    });
  }
}

const missing = (detail: string): ProblemError => problem('SERVER_004', { detail, next: 'Install it again.' });

function findCommand(command: string): string {
  const candidates = command.includes('/')
    ? [command]
    : (process.env['PATH'] ?? '').split(':').map(folder => join(folder, command));
  const found = candidates.find(path => {
    try {
      accessSync(path, constants.X_OK);
      return existsSync(path);
    } catch {
      return false;
    }
  });
  if (!found) throw missing(`There is no program "${command}".`);
  return found;
}

// Looks at what Docker is on this machine: the command, its plugin mcp, the engine, and what they can do together. The cheap
// questions come first (CONTRACT section 1); on a machine without docker nothing is started.
import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { Problem } from '../../../shared/api/problem.ts';
import type { EnginePing } from './api/container-control.ts';
import { dockerFolder, readDockerConfig } from './api/docker-config.ts';
import type { ProbeCli } from './cli/docker-cli.ts';
import { noEngine } from './no-engine.ts';
import { cached } from './probe-bounds.ts';
import { findCapabilities, isSafe } from './probe-capabilities.ts';
import { type EngineLook, lookAtEngine } from './probe-engine.ts';
import { findDockerProgram, findPlugin, findSurroundings, type HostPlace, type Surroundings } from './probe-files.ts';
import { findCommandProblem, lookAtPlugin, noPlugin, type PluginLook, type Touch } from './probe-plugin.ts';
import * as say from './probe-problems.ts';

export interface DockerProbeOptions {
  environment: Readonly<Record<string, string | undefined>>;
  home: string;
  platform?: NodeJS.Platform;
  /** What is asked before the dialect is known; only if there is a docker command. */
  cli: ProbeCli;
  /** The engine's own API, without the command line. Never rejects. */
  ping(): Promise<EnginePing>;
  /** Any cheap command that needs all that commands need: of Desktop, its backend and the MCP Toolkit. */
  touch: Touch;
  now?: () => number;
  /** How long each question may take, in milliseconds. */
  limit?: number;
  /** Stands for "/" when it is found out whether this is a container; for tests. */
  root?: string;
}

export interface DockerProbe {
  /** The last look; the first call looks. Never rejects. */
  status(): Promise<DockerStatus>;
  /** Looks again, always after this call. Never rejects. */
  look(): Promise<DockerStatus>;
  /** Linux in Windows; as of the last look. */
  surroundings(): Promise<Surroundings>;
  /** Told when anything but the time has changed. Returns the way to stop. */
  onStatusChange(listener: (status: DockerStatus) => void): () => void;
}

const usualLimit = 10_000;

export function createDockerProbe(options: DockerProbeOptions): DockerProbe {
  const place: HostPlace = {
    environment: options.environment,
    home: options.home,
    platform: options.platform ?? process.platform,
  };
  const { read, look, onChange } = cached(
    () => lookAtDocker(options, place),
    // The time alone is no news.
    ({ probedAt: _, ...facts }) => JSON.stringify(facts),
  );
  return {
    status: read,
    look,
    onStatusChange: onChange,
    surroundings: () => findSurroundings(place, options.root),
  };
}

async function lookAtDocker(options: DockerProbeOptions, place: HostPlace): Promise<DockerStatus> {
  const name = place.environment['QUAYSIDE_DOCKER'] || 'docker';
  const [program, surroundings] = await Promise.all([
    findDockerProgram(name, place),
    findSurroundings(place, options.root),
  ]);
  if (program === undefined)
    return toStatus(options, place, { ...nothing, problem: say.noDockerProgram(name), surroundings });
  const limit = options.limit ?? usualLimit;
  const [plugin, engine, config, pass] = await Promise.all([
    lookAtPlugin(options.cli, place, limit),
    lookAtEngine(options, place, limit),
    readDockerConfig(dockerFolder(place.environment, place.home)),
    findPlugin('pass', place),
  ]);
  const first = plugin.problem ?? engine.problem;
  const found = first ?? (await findCommandProblem(options.touch, plugin, limit));
  const problem = found?.code === 'DOCKER_006' && surroundings.insideContainer ? say.desktopOutside() : found;
  return toStatus(options, place, {
    surroundings,
    problem,
    program,
    plugin,
    engine,
    passInstalled: pass !== undefined,
    // Switched on unless the user has switched it off (CONTRACT section 6).
    ownTools: plugin.installed && featureOf(config, 'dynamic-tools') !== 'disabled',
  });
}

function featureOf(config: Record<string, unknown>, name: string): unknown {
  const features = config['features'];
  return typeof features === 'object' && features !== null ? Reflect.get(features, name) : undefined;
}

interface Look {
  surroundings: Surroundings;
  problem: Problem | null;
  program: string | null;
  plugin: PluginLook;
  engine: EngineLook;
  passInstalled: boolean;
  ownTools: boolean;
}

const nothing: Omit<Look, 'problem' | 'surroundings'> = {
  program: null,
  plugin: noPlugin,
  engine: { engine: noEngine, client: null, problem: null, apiProblem: null, warning: null },
  passInstalled: false,
  ownTools: false,
};

function toStatus({ now = Date.now }: DockerProbeOptions, place: HostPlace, look: Look): DockerStatus {
  const { plugin, engine, problem, passInstalled } = look;
  const safe = plugin.installed && isSafe(plugin);
  const engineProblem = engine.apiProblem ?? (look.program === null ? problem : null);
  const warnings = [plugin.installed && !safe ? say.unsafePlugin(plugin) : null, engine.warning];
  return {
    available: problem === null,
    problem,
    plugin: {
      installed: plugin.installed,
      version: plugin.version,
      path: plugin.path,
      dialect: plugin.dialect,
      safe,
      flags: [...plugin.flags].sort(),
    },
    engine: engine.engine,
    insideContainer: look.surroundings.insideContainer,
    docker: { path: look.program, version: engine.client },
    passInstalled,
    ownTools: look.ownTools,
    capabilities: findCapabilities({
      plugin,
      safe,
      blocked: problem && say.sentenceOf(problem),
      engineBlocked: engineProblem && say.sentenceOf(engineProblem),
      desktop: engine.engine.platform === 'desktop',
      passInstalled,
      platform: place.platform,
    }),
    warnings: warnings.filter(warning => warning !== null),
    probedAt: new Date(now()).toISOString(),
  };
}

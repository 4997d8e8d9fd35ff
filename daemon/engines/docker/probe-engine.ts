// The engine: whether it answers, which one it is, and who has chosen it.
import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { Problem } from '../../../shared/api/problem.ts';
import type { EnginePing } from './api/container-control.ts';
import { resolveEndpoint } from './api/endpoint.ts';
import type { ProbeCli } from './cli/docker-cli.ts';
import type { DockerVersion } from './cli/schemas.ts';
import { noEngine } from './no-engine.ts';
import { bounded } from './probe-bounds.ts';
import type { HostPlace } from './probe-files.ts';
import * as say from './probe-problems.ts';

export interface EngineLook extends Pick<DockerStatus, 'engine'> {
  problem: Problem | null;
  /** Why the engine's API cannot be used, though the commands may. */
  apiProblem: Problem | null;
  client: string | null;
  warning: Problem | null;
}

export async function lookAtEngine(
  options: { cli: ProbeCli; ping(): Promise<EnginePing> },
  place: HostPlace,
  limit: number,
): Promise<EngineLook> {
  const [ping, version, chosen] = await Promise.all([
    bounded(() => options.ping(), limit, 'the engine’s ping'),
    bounded(signal => options.cli.engine({ signal }), limit, 'docker version'),
    findEndpoint(place),
  ]);
  const answered = ping.ok && ping.value.ok ? ping.value.engine : undefined;
  const server = version.ok ? version.value.Server : undefined;
  const apiProblem = answered
    ? null
    : ping.ok && !ping.value.ok
      ? ping.value.problem
      : say.tooSlow('the engine’s ping');
  const reachable = answered !== undefined || Boolean(server);
  const engine: DockerStatus['engine'] = {
    ...noEngine,
    reachable,
    version: answered?.version ?? (server?.Version || null),
    platform: reachable ? platformOf(answered?.isDesktop, server, place.platform) : null,
    os: answered?.os ?? server?.Os ?? null,
    architecture: answered?.arch ?? server?.Arch ?? null,
    context: chosen.context ?? (version.ok ? (version.value.Client?.Context ?? null) : null),
    host: chosen.host,
    hostFrom: chosen.from,
  };
  const client = version.ok ? (version.value.Client?.Version ?? null) : null;
  return {
    engine,
    client,
    apiProblem,
    problem: reachable ? null : apiProblem,
    warning: reachable ? await findEngineWarning(place, chosen.host) : null,
  };
}

/** On macOS and Windows docker mcp takes every engine for Desktop (CONTRACT section 3). */
function platformOf(
  isDesktop: boolean | undefined,
  server: DockerVersion['Server'],
  platform: NodeJS.Platform,
): 'desktop' | 'engine' {
  if (platform !== 'linux') return 'desktop';
  return (isDesktop ?? server?.Platform?.Name?.startsWith('Docker Desktop')) ? 'desktop' : 'engine';
}

async function findEndpoint({ environment, home, platform }: HostPlace) {
  const byVariable = environment['DOCKER_HOST']?.trim() || environment['DOCKER_CONTEXT'];
  try {
    const { context, host, origin } = await resolveEndpoint({ environment, home, platform });
    return { context, host, from: byVariable ? ('environment' as const) : origin };
  } catch {
    // The ping says why; an address such as ssh://user@host is not repeated.
    return {
      context: environment['DOCKER_CONTEXT'] ?? null,
      host: null,
      from: byVariable ? ('environment' as const) : null,
    };
  }
}

async function findEngineWarning(
  { environment, home, platform }: HostPlace,
  host: string | null,
): Promise<Problem | null> {
  const by = (['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG'] as const).find(name => environment[name]?.trim());
  if (!by || host === null) return null;
  const child = await resolveEndpoint({ environment: {}, home, platform }).catch(() => undefined);
  if (child?.host === host) return null;
  return say.engineNotInherited({ by, host, childHost: child?.host ?? 'an engine that cannot be found' });
}

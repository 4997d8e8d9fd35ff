// What stands in the way of Docker, and what works but is dangerous, as problems that a person can act on.
import { type Problem, toProblem } from '../../../shared/api/problem.ts';
import { type PluginFacts, safeVersion } from './probe-capabilities.ts';

/** One paragraph for a greyed-out control. */
export const sentenceOf = ({ detail, next }: Problem): string => (next ? `${detail} ${next}` : detail);

export const noDockerProgram = (program: string): Problem =>
  toProblem('DOCKER_001', {
    detail:
      program === 'docker'
        ? 'There is no docker command on PATH.'
        : `There is no docker command at ${program}, which QUAYSIDE_DOCKER names.`,
    next:
      program === 'docker'
        ? 'Install Docker Desktop, or Docker Engine with the docker mcp plugin; or set QUAYSIDE_DOCKER to the full path of docker.'
        : 'Correct QUAYSIDE_DOCKER, or remove it so that PATH is searched.',
  });

export const noPlugin = (): Problem =>
  toProblem('DOCKER_001', {
    detail: 'The docker command is here, but its plugin "mcp" is not.',
    next: `Update Docker Desktop, or put the docker-mcp binary (${safeVersion} or newer) into ~/.docker/cli-plugins.`,
  });

export const brokenPlugin = (path: string): Problem =>
  toProblem('DOCKER_001', {
    detail: `The plugin is at ${path}, but docker does not run it.`,
    next: 'Put the docker-mcp binary for this system there again, and make it executable.',
  });

export const strangePlugin = (): Problem =>
  toProblem('DOCKER_015', {
    detail: 'The help of docker mcp names neither profiles nor the older configuration, so its commands are not known.',
    next: `Update docker mcp to ${safeVersion} or newer.`,
  });

export const tooSlow = (what: string): Problem =>
  toProblem('DOCKER_015', {
    detail: `There was no answer in time to: ${what}.`,
    next: 'Look whether Docker is busy or hangs, and look again.',
  });

/** The red banner. */
export const unsafePlugin = ({ version, flags }: PluginFacts): Problem =>
  toProblem('DOCKER_016', {
    detail: `${version ?? 'This version'} is older than ${safeVersion}: ${
      flags.has('host') ? 'its HTTP gateway' : 'its HTTP gateway listens on every network interface, and'
    } misses the hardening of that release against requests from web pages (GHSA-46gc-mwh4-cc5r). Its HTTP gateway is not used.`,
    next: `Update docker mcp to ${safeVersion} or newer.`,
  });

/** Desktop's backend answers outside of a container alone (CONTRACT section 3). */
export const desktopOutside = (): Problem =>
  toProblem('DOCKER_006', {
    detail:
      'This is a container, the engine outside is Docker Desktop, and its backend cannot be reached from in here.',
    next: 'Start Quayside with DOCKER_MCP_IN_CONTAINER=1, so that docker mcp does without Desktop; or run it where Desktop runs.',
  });

export interface EngineChoice {
  /** The variable that decides. */
  by: 'DOCKER_HOST' | 'DOCKER_CONTEXT' | 'DOCKER_CONFIG';
  /** Where the commands go. */
  host: string;
  /** Where the servers of the gateway would start. */
  childHost: string;
}

/**
 * The child `docker run` of the gateway gets PATH and the declared variables, and none of these (CONTRACT section 6,
 * recorded: docker-host-not-inherited).
 */
export const engineNotInherited = ({ by, host, childHost }: EngineChoice): Problem =>
  toProblem('DOCKER_005', {
    detail: `${by} chooses the engine at ${host}, but the gateway does not hand it on: servers would start on ${childHost}.`,
    next:
      by === 'DOCKER_HOST'
        ? `Remove DOCKER_HOST and choose the engine by a context: docker context create mine --docker "host=${host}" && docker context use mine`
        : `Remove ${by} and choose the engine by "docker context use NAME".`,
  });

// The way to the Engine API: finds the engine, loads dockerode when it is first asked for, and bounds every request.
import { Agent as HttpsAgent } from 'node:https';
import type Docker from 'dockerode';
import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import type { EngineIdentity, EnginePing } from './container-control.ts';
import { type EngineEndpoint, resolveEndpoint } from './endpoint.ts';
import { readIdentity } from './engine-identity.ts';
import { toEngineProblem } from './engine-problems.ts';

export interface EngineApiOptions {
  /** Read for DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH. */
  environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  home: string;
  /** Instead of what these say: the path of a socket. */
  socket?: string;
  platform?: NodeJS.Platform;
  /** Milliseconds for one request that is no stream. */
  requestMs?: number;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** Milliseconds instead of the usual limit. */
  ms?: number;
}

/** What a request is given. The signal has to go into dockerode's options, of every call that has them. */
export interface RequestScope {
  docker: Docker;
  abortSignal: AbortSignal;
}

export interface EngineApi {
  /** Where it is looked for now. Errors: DOCKER_005. */
  endpoint(): Promise<EngineEndpoint>;
  ping(options?: CallOptions): Promise<EnginePing>;
  /** One request. `doing` completes "could not". Errors: DOCKER_003 to DOCKER_005, DOCKER_015, or what `act` throws as a problem. */
  request<T>(doing: string, act: (scope: RequestScope) => Promise<T>, options?: CallOptions): Promise<T>;
  /** The same without turning errors of the engine itself into problems: for callers that look at the status. */
  raw<T>(act: (scope: RequestScope) => Promise<T>, options?: CallOptions): Promise<T>;
  /** A client for streams, which last as long as their own signal lets them. Errors: DOCKER_005. */
  client(): Promise<Docker>;
  /** The problem for an error of such a stream. */
  explain(error: unknown, doing: string): Promise<ProblemError>;
}

const usualRequestMs = 30_000;

export function createEngineApi(options: EngineApiOptions): EngineApi {
  const { socket, requestMs = usualRequestMs } = options;
  let opened: { key: string; docker: Docker } | undefined;

  const endpoint = async (): Promise<EngineEndpoint> =>
    socket === undefined
      ? await resolveEndpoint(options)
      : { kind: 'socket', origin: 'environment', context: null, host: `unix://${socket}`, path: socket };

  // The context may be changed at any time, so it is read for each new use; only the client is kept.
  const client = async (): Promise<Docker> => {
    const place = await endpoint();
    const key = keyOf(place);
    if (opened?.key === key) return opened.docker;
    const { default: DockerClient } = await import('dockerode');
    const docker = new DockerClient(toClientOptions(place));
    opened = { key, docker };
    return docker;
  };

  const raw: EngineApi['raw'] = async (act, { signal, ms = requestMs } = {}) => {
    const limit = AbortSignal.timeout(ms);
    const abortSignal = signal ? AbortSignal.any([signal, limit]) : limit;
    return await act({ docker: await client(), abortSignal });
  };

  const explain = async (error: unknown, doing: string): Promise<ProblemError> => {
    if (isProblemError(error)) return error;
    const host = await endpoint().then(
      place => place.host,
      () => 'the chosen address',
    );
    return toEngineProblem(error, host, doing);
  };

  return {
    endpoint,
    client,
    raw,
    explain,
    async request(doing, act, call) {
      try {
        return await raw(act, call);
      } catch (error) {
        throw await explain(error, doing);
      }
    },
    async ping(call = {}) {
      try {
        return { ok: true, engine: await raw(identify, { ms: 5_000, ...call }) };
      } catch (error) {
        return { ok: false, problem: (await explain(error, 'say what it is')).problem };
      }
    },
  };
}

async function identify({ docker, abortSignal }: RequestScope): Promise<EngineIdentity> {
  const asked: WithSignal = docker;
  const [info, version] = await Promise.all([asked.info({ abortSignal }), asked.version({ abortSignal })]);
  const identity = readIdentity(info, version);
  if (identity) return identity;
  throw problem('DOCKER_003', {
    detail: 'Something answers at the address of the engine, but not as a Docker engine does.',
    next: 'See what listens there, or choose another engine with "docker context use".',
  });
}

/** dockerode takes the signal here as well, which its types do not say. */
interface WithSignal {
  info(options?: { abortSignal: AbortSignal }): Promise<unknown>;
  version(options?: { abortSignal: AbortSignal }): Promise<unknown>;
}

const keyOf = (place: EngineEndpoint): string =>
  place.kind === 'socket'
    ? place.path
    : `${place.host} ${place.tls?.rejectUnauthorized} ${place.tls?.cert?.toString('base64').slice(0, 200)}`;

function toClientOptions(place: EngineEndpoint): Docker.DockerOptions {
  if (place.kind === 'socket') return { ...withoutEnvironment, socketPath: place.path };
  const { hostname, port, pathPrefix, tls } = place;
  const host = { ...withoutEnvironment, host: hostname, port, pathPrefix: pathPrefix || '/' };
  if (!tls) return { ...host, protocol: 'http' };
  const { ca, cert, key } = tls;
  return { ...host, protocol: 'https', ca, cert, key, ...unverified(tls.rejectUnauthorized) };
}

/** dockerode reads DOCKER_HOST itself and adds its parts to what it is given; we have decided already. */
const withoutEnvironment: Docker.DockerOptions = {
  host: undefined,
  port: undefined,
  protocol: 'http',
  ca: undefined,
  cert: undefined,
  key: undefined,
};

/** Only where the user's own context says to skip it. */
const unverified = (verify: boolean): { agent?: HttpsAgent } =>
  verify ? {} : { agent: new HttpsAgent({ rejectUnauthorized: false }) };

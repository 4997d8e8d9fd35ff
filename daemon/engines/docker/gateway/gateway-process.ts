// One run of one gateway: started, ready, and its end. Who starts it again, and with which servers, is decided elsewhere.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import type { Connection, ConnectionContext } from '../../../supervision/connection.ts';
import { connectRemote } from '../../../supervision/remote.connection.ts';
import type { StreamedProcess, StreamedProcessEnd } from '../../run.ts';
import type { GatewayCli, GatewayPlan } from '../cli/docker-cli.ts';
import { findFreePort } from './free-port.ts';
import { createGatewayLog, type GatewayLog } from './gateway-log.ts';
import { toEndProblem } from './gateway-problems.ts';
import { createStdioLink } from './stdio-link.ts';

export interface GatewayRun {
  readonly pid: number;
  readonly url: string | null;
  readonly log: GatewayLog;
  readonly connection: Connection;
  /** Another session with the same gateway: its servers get new containers. Undefined over standard streams. */
  renew(): Promise<Connection | undefined>;
  /** When it ends without being asked. Never rejects, and never resolves after `stop`. */
  readonly failed: Promise<ProblemError>;
  /** Ends the process group and all sessions. Never rejects. */
  stop(): Promise<void>;
}

/** Thrown by a start: it cannot go on with these servers. The gateway is ended. */
export class ServersOut extends Error {
  readonly servers: readonly string[];
  /** `hang`: they have not answered in their time. `secret`: theirs did not arrive, and they would run with something else. */
  readonly why: 'hang' | 'secret';
  constructor(why: 'hang' | 'secret', servers: readonly string[]) {
    super(`${why}: ${servers.join(', ')}`);
    this.why = why;
    this.servers = servers;
  }
}

export interface GatewayRunOptions {
  cli: GatewayCli;
  profile: string;
  transport: 'http' | 'stdio';
  plan: Omit<GatewayPlan, 'transport' | 'host' | 'port' | 'token'>;
  servers: readonly { name: string; startSeconds: number; isSilent: boolean }[];
  context: Omit<ConnectionContext, 'child' | 'onPid'>;
  onLine: (text: string, server: string | null) => void;
  onProgress: (log: GatewayLog) => void;
  /** As soon as it has one, before it can have started a container. */
  onPid: (pid: number) => void;
  /** The gateway runs, and the session with it has ended. */
  onSessionLost: () => void;
  now?: () => number;
  times?: RunTimes;
  /** For tests: the port that is tried first. */
  findPort?: () => Promise<number>;
}

/** Milliseconds. */
export interface RunTimes {
  watch: number;
  /** Pulling and checking images may take so long without a word. */
  pull: number;
  /** From "all is listed" until it answers. */
  serve: number;
}

const usualTimes: RunTimes = { watch: 50, pull: 300_000, serve: 30_000 };
const portTries = 4;
const stopPatience = 10_000;

/** Errors: ServersOut, SERVER_005, those of docker mcp (DOCKER_…), or the signal's reason. Nothing is left of a start that failed. */
export async function startGatewayRun(options: GatewayRunOptions): Promise<GatewayRun> {
  for (let tries = 1; ; tries++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (!(error instanceof PortTaken)) throw error;
      if (tries === portTries) throw error.problem;
    }
  }
}

/** Somebody was faster at the port. */
class PortTaken extends Error {
  readonly problem: ProblemError;
  constructor(failure: ProblemError) {
    super('The port is taken.');
    this.problem = failure;
  }
}

async function startOnce(options: GatewayRunOptions): Promise<GatewayRun> {
  const { cli, context, servers, transport, now = Date.now } = options;
  context.signal.throwIfAborted();
  const progress = { log: undefined as GatewayLog | undefined };
  const log = createGatewayLog({
    servers: servers.map(({ name }) => name),
    silent: new Set(servers.flatMap(({ name, isSilent }) => (isSilent ? [name] : []))),
    now,
    onLine: options.onLine,
    onProgress: () => progress.log && options.onProgress(progress.log),
  });
  progress.log = log;
  const token = randomBytes(32).toString('base64url');
  const port = transport === 'http' ? await (options.findPort ?? findFreePort)() : undefined;
  const link = createStdioLink();
  const child = await cli.start(
    {
      ...options.plan,
      ...(port === undefined ? { transport: 'stdio' } : { transport: 'streaming', host: '127.0.0.1', port, token }),
      confidential: [...(options.plan.confidential ?? []), token],
    },
    { onError: line => log.add(line), onOutput: line => (port === undefined ? link.push(line) : log.add(line)) },
  );
  options.onPid(child.pid);
  const url = port === undefined ? null : `http://127.0.0.1:${port}/mcp`;
  const connect = (signal: AbortSignal): Promise<Connection> => {
    const patient = { ...context.policy, startSeconds: url === null ? 86_400 : 30 };
    const given = { ...context, policy: patient, signal };
    if (url === null) return link.connect(child, given);
    const headers = { Authorization: `Bearer ${token}` };
    return connectRemote({ kind: 'http', url, headers, confidential: [token] }, given);
  };
  try {
    const connection = await untilReady(child, log, options, port, connect);
    refuseWithoutSecrets(log);
    return toRun(child, { log, url, connection, connect, options });
  } catch (error) {
    await child.stop(stopPatience);
    if (context.signal.aborted) throw context.signal.reason;
    throw error;
  }
}

async function untilReady(
  child: StreamedProcess,
  log: GatewayLog,
  options: GatewayRunOptions,
  port: number | undefined,
  connect: (signal: AbortSignal) => Promise<Connection>,
): Promise<Connection> {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, options.context.signal]);
  const connecting = (async () => {
    if (port !== undefined) await answersHealth(port, signal);
    return await connect(signal);
  })();
  connecting.catch(() => {});
  try {
    return await Promise.race([
      connecting.catch(error => afterFailure(error, child, signal)),
      endedEarly(child, log, options),
      watchStart(log, options, signal),
    ]);
  } finally {
    over.abort();
    // One that came too late belongs to nobody.
    void connecting.then(
      async late => signal.aborted && options.context.signal.aborted && (await late.close()),
      () => {},
    );
  }
}

/** A gateway that ends breaks its connections a moment before: its end says more. */
async function afterFailure(error: unknown, child: StreamedProcess, signal: AbortSignal): Promise<never> {
  if (!signal.aborted)
    await Promise.race([child.ended.then(() => new Promise(() => {})), pause(1_000, undefined, { ref: false })]);
  throw isProblemError(error) ? unusable(error) : unusable(undefined, error);
}

const unusable = (failure: ProblemError | undefined, cause: unknown = failure): ProblemError =>
  problem('DOCKER_015', {
    detail: `The gateway started, but it could not be talked to.${failure ? ` ${failure.problem.detail}` : ''}`,
    next: 'Look at its output, and start it again.',
    cause,
  });

async function endedEarly(child: StreamedProcess, log: GatewayLog, options: GatewayRunOptions): Promise<never> {
  const end = await child.ended;
  const failure = toEndProblem(`start the gateway of "${options.profile}"`, child, end, log);
  throw log.tail().some(line => line.includes('address already in use')) ? new PortTaken(failure) : failure;
}

/** Looks after a start: rejects when a server holds it up, or when nothing goes on. */
async function watchStart(log: GatewayLog, options: GatewayRunOptions, signal: AbortSignal): Promise<never> {
  const { servers, now = Date.now, times = usualTimes } = options;
  const startMilliseconds = new Map(servers.map(({ name, startSeconds }) => [name, startSeconds * 1_000]));
  const longest = Math.max(0, ...startMilliseconds.values());
  for (;;) {
    await pause(times.watch, undefined, { ref: false });
    if (signal.aborted) return await new Promise(() => {});
    const at = now();
    refuseWithoutSecrets(log);
    const late = log.overdue(at, name => startMilliseconds.get(name) ?? 0);
    if (late.length > 0) throw new ServersOut('hang', late);
    const patience = log.isPulling ? times.pull : log.isListed ? times.serve : longest + 5_000;
    if (at - log.lastLineAt > patience) throw silent(options.profile, patience);
  }
}

/** Docker would put a placeholder in the place of a secret that did not arrive. Errors: ServersOut. */
function refuseWithoutSecrets(log: GatewayLog): void {
  const poor = [...log.missingSecrets().keys()];
  if (poor.length > 0) throw new ServersOut('secret', poor);
}

const silent = (profile: string, milliseconds: number): ProblemError =>
  problem('SERVER_005', {
    detail: `The gateway of "${profile}" was started, and nothing went on for ${Math.round(milliseconds / 1_000)} seconds.`,
    next: 'Look at its output, and at the state of Docker.',
  });

/** Milliseconds. A request to a gateway that is not ready is accepted and not answered. */
const health = { patience: 2_000, pause: 50 } as const;

async function answersHealth(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const within = AbortSignal.any([signal, AbortSignal.timeout(health.patience)]);
    const isReady = await fetch(`http://127.0.0.1:${port}/health`, { signal: within, redirect: 'error' }).then(
      async response => {
        await response.body?.cancel();
        return response.status === 200;
      },
      () => false,
    );
    if (isReady) return;
    await pause(health.pause, undefined, { ref: false });
  }
}

interface Parts {
  log: GatewayLog;
  url: string | null;
  connection: Connection;
  connect: (signal: AbortSignal) => Promise<Connection>;
  options: GatewayRunOptions;
}

function toRun(child: StreamedProcess, { log, url, connection, connect, options }: Parts): GatewayRun {
  const stopping = new AbortController();
  const failed = Promise.withResolvers<ProblemError>();
  let current = connection;
  const describe = (end: StreamedProcessEnd) =>
    toEndProblem(`keep the gateway of "${options.profile}" running`, child, end, log);
  void child.ended.then(end => {
    if (!stopping.signal.aborted) failed.resolve(describe(end));
  });
  /** The session may be lost while the gateway lives. */
  const watch = (watched: Connection): void => {
    void watched.ended.then(async () => {
      if (watched !== current || stopping.signal.aborted) return;
      const gone = await Promise.race([child.ended.then(() => true), pause(1_000, false, { ref: false })]);
      if (!gone && watched === current && !stopping.signal.aborted) options.onSessionLost();
    });
  };
  watch(connection);
  return {
    pid: child.pid,
    url,
    log,
    get connection() {
      return current;
    },
    async renew() {
      if (url === null) return undefined;
      const next = await connect(stopping.signal);
      current = next;
      watch(next);
      return next;
    },
    failed: failed.promise,
    async stop() {
      stopping.abort();
      // With the session its containers are released; standard streams end with their input.
      if (url === null) child.endInput();
      await current.close();
      await child.stop(stopPatience);
    },
  };
}

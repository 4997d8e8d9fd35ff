// The life of one server: started, watched, restarted by its policy, stopped. One act at a time.

import { isProblemError, type Problem, type ProblemError, problem, toProblem } from '../../shared/api/problem.ts';
import type { LaunchPlan } from '../engines/engine.ts';
import { untilAborted } from '../platform/until-aborted.ts';
import { createChangeTeller } from './change-teller.ts';
import type { ChildOptions } from './child.ts';
import { createHider, hideInLists } from './confidential.ts';
import type { Connection, ConnectionContext, ConnectionEnd } from './connection.ts';
import { type HealthEvent, nextHealth, stoppedHealth } from './health.ts';
import { createSession } from './mcp-session.ts';
import { createOutput, type Output } from './output.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { connectRemote } from './remote.connection.ts';
import { createRestartPolicy, type RestartTimes, type ServerEnd } from './restart-policy.ts';
import { createServerUpstreams, type ServerUpstreams } from './server-upstreams.ts';
import type { McpSession } from './session.ts';
import { connectChild, lastWords } from './stdio.connection.ts';
import type { LaunchPolicy, ServerHealth, SupervisorEvents } from './supervisor.ts';
import { notRunning } from './upstream-problems.ts';

export interface SupervisedServerOptions {
  id: string;
  events: SupervisorEvents;
  now: () => number;
  version: string;
  child: ChildOptions;
  restartTimes: RestartTimes;
  /** Throws once nothing may be started any more. */
  checkOpen: () => void;
  /** Nothing is started before this has resolved. */
  after: Promise<void>;
}

export interface SupervisedServer {
  start(plan: () => Promise<LaunchPlan>, policy: LaunchPolicy, signal: AbortSignal | undefined): Promise<void>;
  stop(): Promise<void>;
  health(): ServerHealth;
  output(): string[];
  session(): McpSession;
  readonly upstreams: ServerUpstreams;
}

/** What a start was asked with; a restart uses it again. */
interface Launch {
  plan: () => Promise<LaunchPlan>;
  policy: LaunchPolicy;
}

export function createSupervisedServer(options: SupervisedServerOptions): SupervisedServer {
  const { id, events, now } = options;
  let health: ServerHealth = stoppedHealth;
  let redact: Redactor = line => line;
  let hide: <T>(value: T) => T = value => value;
  let connection: Connection | undefined;
  let session: McpSession | undefined;
  let history: ServerEnd[] = [];
  let retry: NodeJS.Timeout | undefined;
  /** The kind of the last plan; null before the first. */
  let kind: LaunchPlan['kind'] | null = null;
  /** The start that is on its way. Aborted by a stop. */
  let starting: { promise: Promise<void>; controller: AbortController } | undefined;
  let stopping: Promise<void> | undefined;
  /** The rest of a run that has ended: nothing new is started beside it. */
  let clearing: Promise<void> = options.after;
  /** It ended when it was asked for the revision without sessions. */
  let sessionsOnly = false;
  /** What the clients' own sessions are begun with. */
  let running: Launch | undefined;

  const output: Output = createOutput({
    onBatch: lines => events.onOutput(id, lines),
    redact: (line, isCut) => redact(line, isCut),
  });

  const upstreams = createServerUpstreams({
    id,
    state: () => health.state,
    connect: async (audience, signal) => {
      if (!running) throw notRunning(id);
      return await connect(running, signal, { audience, onPid: () => {} });
    },
    redact: text => redact(text),
    hide: value => hide(value),
    onListChanged: what => changed.tell(what),
  });

  const apply = (event: HealthEvent): void => {
    const next = nextHealth(health, event);
    if (next === health) return;
    health = next;
    upstreams.settled();
    events.onHealth(id, health);
  };

  /** A server may say it a thousand times a second; it is told a few times. */
  const changed = createChangeTeller(what => {
    if (what === 'tools' && health.state === 'running') events.onToolsChanged(id);
    events.onListChanged?.(id, what);
  });

  const connect = async (
    { plan, policy }: Launch,
    signal: AbortSignal,
    { audience, onPid }: Pick<ConnectionContext, 'audience' | 'onPid'>,
  ): Promise<Connection> => {
    const launch = await untilAborted(plan(), signal);
    kind = launch.kind;
    redact = createRedactor(launch);
    hide = createHider(launch);
    const context: ConnectionContext = {
      policy,
      signal,
      output,
      redact,
      version: options.version,
      child: options.child,
      onPid,
      audience,
      sessionsOnly,
      onSessionsOnly: () => {
        sessionsOnly = true;
      },
    };
    if (launch.kind === 'gateway') throw notOurs();
    return launch.kind === 'stdio' ? await connectChild(launch, context) : await connectRemote(launch, context);
  };

  const open = async (launch: Launch, signal: AbortSignal): Promise<void> => {
    await clearing;
    running = launch;
    const onPid = (pid: number) => apply({ kind: 'spawned', pid });
    const opened = await connect(launch, signal, { audience: upstreams.audience, onPid });
    if (signal.aborted) {
      await opened.close();
      throw signal.reason;
    }
    connection = opened;
    session = hideInLists(createSession({ session: opened.session, redact, tell: output.add }), hide);
    const { serverVersion, protocolVersion, instructions } = hide(toFacts(opened));
    // Before anybody is told that it runs: who waits for it gets it now.
    upstreams.opened(opened.session, launch.policy);
    apply({ kind: 'ready', at: now(), serverVersion, protocolVersion, instructions });
    events.onToolsChanged(id);
    tellLists();
    void opened.ended.then(end => onEnded(opened, launch, end));
  };

  /** After it came or went, every list of it is another. */
  const tellLists = (): void => {
    for (const what of ['tools', 'resources', 'prompts'] as const) events.onListChanged?.(id, what);
  };

  const forgetSession = (): void => {
    const wasOpen = connection !== undefined;
    connection = undefined;
    session = undefined;
    upstreams.ended();
    if (wasOpen) tellLists();
  };

  const onEnded = (ended: Connection, launch: Launch, end: ConnectionEnd): void => {
    if (connection !== ended) return;
    clearing = ended.close();
    forgetSession();
    const { startedAt } = health;
    output.flush();
    const told = end.failed ? lastWords(output.lines(), redact) : '';
    const why = toProblem('SERVER_003', {
      detail: `${end.reason}${told}`,
      next: 'Look at its output, then start it again.',
    });
    afterEnd(launch, { at: now(), ranFor: startedAt === null ? 0 : now() - startedAt, failed: end.failed }, why);
  };

  /** Restarts, gives up or leaves it, as the policy says. */
  const afterEnd = (launch: Launch, end: ServerEnd, why: Problem): void => {
    const policy = createRestartPolicy(launch.policy.restart, {
      givesUp: kind !== 'http',
      times: options.restartTimes,
    });
    const decision = policy.after(end, history);
    history = policy.remember(end, history);
    if (decision.kind === 'rest') {
      apply({ kind: 'ended', problem: why, failed: end.failed });
    } else if (decision.kind === 'give-up') {
      apply({ kind: 'gave-up', problem: crashLoop(decision, why) });
    } else {
      apply({ kind: 'retry-planned', problem: why, at: now() + decision.delay });
      retry = setTimeout(() => void begin(launch, 'retry-started').catch(() => {}), decision.delay);
    }
  };

  const begin = (launch: Launch, asked: 'start-asked' | 'retry-started'): Promise<void> => {
    clearTimeout(retry);
    const controller = new AbortController();
    apply({ kind: asked });
    const promise = open(launch, controller.signal)
      .catch(error => {
        if (controller.signal.aborted) throw error;
        const failure = toStartProblem(error);
        onStartFailed(launch, asked, failure);
        throw failure;
      })
      .finally(() => {
        if (starting?.controller === controller) starting = undefined;
      });
    starting = { promise, controller };
    return promise;
  };

  const onStartFailed = (launch: Launch, asked: 'start-asked' | 'retry-started', error: ProblemError): void => {
    output.flush();
    // What a person waits for, and what cannot get better by itself, is not tried again.
    const isHopeless = error.code.startsWith('SECRET_') || (error.code === 'SERVER_004' && kind !== 'http');
    if (asked === 'start-asked' || isHopeless) apply({ kind: 'start-failed', problem: error.problem });
    else afterEnd(launch, { at: now(), ranFor: 0, failed: true }, error.problem);
  };

  const stop = async (): Promise<void> => {
    clearTimeout(retry);
    changed.stop();
    apply({ kind: 'stop-asked' });
    starting?.controller.abort(stoppedMeanwhile());
    await starting?.promise.catch(() => {});
    const open = connection;
    forgetSession();
    history = [];
    await Promise.all([open?.close(), clearing, upstreams.close()]);
    output.flush();
    apply({ kind: 'stopped' });
  };

  return {
    async start(plan, policy, signal) {
      signal?.throwIfAborted();
      // Without a stop it begins at once: a stop in the same moment must find something to stop.
      while (stopping) await stopping;
      options.checkOpen();
      signal?.throwIfAborted();
      if (health.state === 'running') return;
      if (!starting) {
        history = [];
        begin({ plan, policy }, 'start-asked').catch(() => {});
      }
      await joined(starting, signal, stopOnce);
    },
    stop: () => stopOnce(),
    health: () => health,
    output: () => output.lines(),
    session() {
      if (session) return session;
      throw notRunning(id);
    },
    upstreams,
  };

  function stopOnce(): Promise<void> {
    stopping ??= stop().finally(() => {
      stopping = undefined;
    });
    return stopping;
  }
}

/** Waits for a start; an abort stops the server and rejects with its reason. */
async function joined(
  starting: { promise: Promise<void> } | undefined,
  signal: AbortSignal | undefined,
  stop: () => Promise<void>,
): Promise<void> {
  if (!starting) return;
  if (!signal) return await starting.promise;
  try {
    await untilAborted(starting.promise, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    await stop();
    throw signal.reason;
  }
}

const toFacts = ({ serverVersion, protocolVersion, instructions }: Connection) => ({
  serverVersion,
  protocolVersion,
  instructions,
});

const stoppedMeanwhile = (): ProblemError =>
  problem('SERVER_003', {
    detail: 'It was stopped while it was being started.',
    next: 'Start it again when you like.',
  });

const notOurs = (): ProblemError =>
  problem('SERVER_004', {
    detail: 'It belongs to an engine that is not available.',
    next: 'Look at the state of the engine, and start it again when the engine is there.',
  });

const toStartProblem = (error: unknown): ProblemError =>
  isProblemError(error)
    ? error
    : problem('SERVER_004', {
        detail: 'Something unexpected went wrong while it was being started.',
        next: 'Try again; the daemon’s log has the details.',
        cause: error,
      });

const crashLoop = ({ ends, seconds }: { ends: number; seconds: number }, why: Problem): Problem =>
  toProblem('SERVER_008', {
    detail: `It ended ${ends} times within ${seconds} seconds and is not started again. The last time: ${why.detail}`,
    next: 'Correct what it complains about, then start it again.',
  });

// The gateway of one profile: which servers it is to run, its life, and its restarts. One act at a time: whatever is asked is
// noted, and one loop makes it so.
import { setTimeout as pause } from 'node:timers/promises';
import { isProblemError, type Problem, type ProblemError, problem, toProblem } from '../../../../shared/api/problem.ts';
import { type HealthEvent, nextHealth, stoppedHealth } from '../../../supervision/health.ts';
import { createOutput } from '../../../supervision/output.ts';
import { createRestartPolicy, type RestartTimes, type ServerEnd } from '../../../supervision/restart-policy.ts';
import type { ServerHealth } from '../../../supervision/supervisor.ts';
import type { ServerInProfile } from '../../engine.ts';
import { toProblem as toDockerProblem } from '../cli/to-problem.ts';
import { compareServers } from './changes.ts';
import { chooseMembers, type LaunchedGateway, type LaunchPorts, launchGateway } from './gateway-launch.ts';
import { hangProblem, stoppedMeanwhile, toServerProblem } from './gateway-problems.ts';
import { ServersHang } from './gateway-process.ts';
import { createGatewaySession, type GatewaySession } from './gateway-session.ts';
import type { Member } from './member.ts';
import type { GatewayMode } from './mode.ts';

export interface ProfileGatewayOptions {
  profile: string;
  ports: LaunchPorts;
  now: () => number;
  restartTimes: RestartTimes;
  times: GatewayTimes;
  checkOpen: () => void;
  onChange: () => void;
  onOutput: (lines: string[]) => void;
  onToolsChanged: (serverId: string) => void;
  /** Containers that a gateway has left behind. Never rejects. */
  sweep: () => Promise<void>;
}

/** Milliseconds. */
export interface GatewayTimes {
  /** Starts within so long are one. */
  gather: number;
  /** Calls get so long to end before a restart that was planned. */
  drain: number;
  /** Two new sessions are at least so far apart. */
  renew: number;
}

export interface GatewayStatus {
  health: ServerHealth;
  mode: GatewayMode | null;
  url: string | null;
  ownTools: boolean;
  editsApply: 'at-once' | 'by-restart' | null;
  changesWaiting: boolean;
  members: readonly Member[];
  /** Of those that run now. */
  launched: LaunchedGateway | undefined;
}

export interface ProfileGateway {
  join(member: Member): void;
  /** Resolves when nothing of it is left. */
  leave(member: Member): Promise<void>;
  stop(): Promise<void>;
  restart(): Promise<void>;
  setOwnTools(on: boolean): Promise<void>;
  edited(servers: readonly ServerInProfile[]): Promise<void>;
  status(): GatewayStatus;
  output(): string[];
  readonly session: GatewaySession;
  /** Of the process that runs now. */
  process(): { pid: number; mark: string | null } | undefined;
}

export const gatewayTimes: GatewayTimes = { gather: 75, drain: 3_000, renew: 1_000 };

export function createProfileGateway(options: ProfileGatewayOptions): ProfileGateway {
  const { profile, ports, now, times } = options;
  const members = new Map<string, Member>();
  let health: ServerHealth = stoppedHealth;
  let launched: LaunchedGateway | undefined;
  let spawned: { pid: number; mark: string | null } | undefined;
  let mode: GatewayMode | null = null;
  let attempt: { controller: AbortController; members: readonly Member[] } | undefined;
  let known: readonly ServerInProfile[] | undefined;
  let edits: readonly ServerInProfile[] | undefined;
  let ownTools = false;
  let mustRestart: string | undefined;
  let changesWaiting = false;
  /** False once a gateway was seen that reads changed files and does not obey them. */
  let obeysReloads = true;
  let history: ServerEnd[] = [];
  let retry: NodeJS.Timeout | undefined;
  let acting: Promise<void> | undefined;
  let dirty = false;
  let renewing: Promise<void> | undefined;

  const redact = (text: string): string => [...members.values()].reduce((rest, member) => member.redact(rest), text);
  const output = createOutput({ onBatch: options.onOutput, redact: line => redact(line) });
  const say = (line: string) => output.add(`Quayside: ${line}`);
  const session = createGatewaySession({ redact, tell: output.add, onContainerLost: () => void renewSoon() });

  const apply = (event: HealthEvent): void => {
    const next = nextHealth(health, event);
    if (next === health) return;
    health = next;
    options.onChange();
  };

  const wake = (): void => {
    dirty = true;
    acting ??= act().finally(() => {
      acting = undefined;
      if (dirty) wake();
    });
  };
  const act = async (): Promise<void> => {
    while (dirty) {
      await pause(times.gather);
      dirty = false;
      await reconcile().catch(error => failAll(toDockerProblem(error, `start the gateway of "${profile}"`)));
    }
  };
  const settled = async (): Promise<void> => {
    while (acting) await acting;
  };

  const wantedMembers = (): Member[] => [...members.values()].filter(({ leftOut }) => leftOut === null);
  const isIn = (member: Member): boolean => launched?.members.includes(member) ?? false;

  /** Makes what runs into what is wanted. */
  const reconcile = async (): Promise<void> => {
    const wanted = wantedMembers();
    if (wanted.length === 0) return await endAll();
    const gone = launched?.members.some(member => !wanted.includes(member)) ?? false;
    const missing = wanted.some(member => !isIn(member) || (member.asked && member.health().state !== 'running'));
    if (!launched || gone || missing || mustRestart !== undefined) {
      const why = mustRestart ?? (gone ? 'a server was taken out' : 'a server was added');
      mustRestart = undefined;
      return await startWith(wanted, why);
    }
    if (edits) await reload(edits);
  };

  const endAll = async (): Promise<void> => {
    clearTimeout(retry);
    mustRestart = undefined;
    edits = undefined;
    changesWaiting = false;
    history = [];
    apply({ kind: 'stop-asked' });
    session.end(notRunning(profile));
    await endRun();
    apply({ kind: 'stopped' });
    options.onChange();
  };

  const endRun = async (): Promise<void> => {
    const old = launched;
    if (!old) return;
    await old.close();
    if (launched === old) launched = undefined;
    spawned = undefined;
    output.flush();
    await options.sweep();
  };

  const startWith = async (wanted: readonly Member[], why: string): Promise<void> => {
    clearTimeout(retry);
    options.checkOpen();
    edits = undefined;
    changesWaiting = false;
    if (launched) {
      apply({ kind: 'stop-asked' });
      await session.drain(times.drain);
      session.suspend(why);
      await endRun();
      apply({ kind: 'stopped' });
    } else session.suspend(why);
    apply({ kind: health.state === 'restarting' ? 'retry-started' : 'start-asked' });
    const isRetry = wanted.every(({ asked }) => !asked);
    let rest = [...wanted];
    for (;;) {
      rest = rest.filter(member => members.has(member.id) && member.leftOut === null);
      const controller = new AbortController();
      attempt = { controller, members: rest };
      try {
        const done = await tryStart(rest, controller.signal);
        if (done) return;
        return await endAll();
      } catch (error) {
        if (controller.signal.aborted) return;
        if (!(error instanceof ServersHang)) return startFailed(error, isRetry);
        leaveOut(rest, error.servers);
      } finally {
        attempt = undefined;
        spawned = launched ? spawned : undefined;
      }
    }
  };

  /** True if a gateway runs now; false if none of the servers can be started. */
  const tryStart = async (wanted: readonly Member[], signal: AbortSignal): Promise<boolean> => {
    const planned = await planAll(wanted);
    signal.throwIfAborted();
    if (planned.length === 0) return false;
    const chosen = await chooseMembers(ports, {
      members: planned,
      inProfile: known?.map(({ name }) => name),
      ownTools,
    });
    for (const { member, failure } of chosen.refused) refuse(member, failure);
    if (chosen.members.length === 0) return false;
    const next = await launchGateway(ports, {
      profile,
      members: chosen.members,
      inProfile: known?.map(({ name }) => name),
      ownTools,
      output,
      redact,
      signal,
      mode: chosen.mode,
      onMode(decided) {
        mode = decided;
        say(decided.reason);
      },
      onPid(pid, mark) {
        spawned = { pid, mark };
        apply({ kind: 'spawned', pid });
      },
      onProgress: () => options.onChange(),
      onToolsChanged: tellToolsChanged,
      onSessionLost: () => void renewSoon(),
    });
    if (signal.aborted) {
      await next.close();
      signal.throwIfAborted();
    }
    begin(next);
    return true;
  };

  const planAll = async (wanted: readonly Member[]): Promise<Member[]> => {
    const planned = await Promise.all(
      wanted.map(async member => {
        try {
          const launch = await member.plan();
          if (launch.kind !== 'gateway') throw new Error('This plan is of no gateway.');
          member.prepare(launch);
          return [member];
        } catch (error) {
          refuse(member, isProblemError(error) ? error : toDockerProblem(error, `prepare "${member.id}"`));
          return [];
        }
      }),
    );
    return planned.flat();
  };

  /** A member that cannot be started is out until somebody asks for it again; the rest does not wait for it. */
  const refuse = (member: Member, failure: ProblemError): void => {
    member.leftOut = failure.problem;
    member.apply({
      kind: member.health().state === 'running' ? 'ended' : 'start-failed',
      problem: failure.problem,
      failed: true,
    });
    member.settle(failure);
  };

  const leaveOut = (from: readonly Member[], names: readonly string[]): void => {
    for (const member of from) {
      const name = member.launch?.server.name;
      if (name === undefined || !names.includes(name)) continue;
      say(`"${name}" did not answer in time and is left out; the gateway is started again without it.`);
      refuse(member, asProblem(hangProblem(name, member.policy.startSeconds)));
    }
  };

  const begin = (next: LaunchedGateway): void => {
    launched = next;
    session.open(next.run.connection, next.facts());
    apply({ kind: 'ready', at: now(), ...factsOf(next) });
    void next.run.failed.then(failure => onEnded(next, failure));
    for (const member of next.members) beginMember(member, next);
    options.onChange();
  };

  const beginMember = (member: Member, { run }: LaunchedGateway): void => {
    const name = member.launch?.server.name ?? '';
    const start = run.log.of(name);
    const secret = run.log.missingSecrets().get(name);
    if (start.state === 'failed') {
      const failure = toServerProblem(
        name,
        start.reason,
        run.log.lastWords(name).map(line => member.redact(line)),
      );
      member.output.flush();
      member.apply({
        kind: member.health().state === 'running' ? 'ended' : 'start-failed',
        problem: failure.problem,
        failed: true,
      });
      member.settle(failure);
      return;
    }
    if (secret !== undefined) say(`The gateway did not get the secret ${secret} of "${name}".`);
    const said = { serverVersion: null, protocolVersion: run.connection.protocolVersion, instructions: null };
    member.apply({ kind: 'start-asked' });
    member.apply({ kind: 'ready', at: now(), ...said });
    member.settle();
    options.onToolsChanged(member.id);
  };

  const startFailed = (error: unknown, isRetry: boolean): void => {
    const failure = asProblem(toDockerProblem(error, `start the gateway of "${profile}"`));
    // What waits for Docker is tried again, also if a person waits: Docker comes back.
    if (isRetry || waitsForDocker(failure)) afterEnd({ at: now(), ranFor: 0, failed: true }, failure);
    else failAll(failure);
  };

  const failAll = (failure: ProblemError): void => {
    session.end(failure);
    output.flush();
    apply({ kind: 'start-failed', problem: failure.problem });
    for (const member of wantedMembers()) refuse(member, failure);
  };

  const onEnded = async (ended: LaunchedGateway, failure: ProblemError): Promise<void> => {
    if (launched !== ended) return;
    const ranFor = health.startedAt === null ? 0 : now() - health.startedAt;
    session.end(failure);
    say(`${failure.problem.detail}`);
    launched = undefined;
    spawned = undefined;
    afterEnd({ at: now(), ranFor, failed: true }, failure, ended.close().then(options.sweep));
  };

  /** Restarts, gives up or leaves it, as the policies of its servers say. */
  const afterEnd = (end: ServerEnd, failure: ProblemError, cleared: Promise<void> = Promise.resolve()): void => {
    session.end(failure);
    const rests = wantedMembers().filter(({ policy }) => policy.restart === 'never');
    for (const member of rests) refuse(member, failure);
    const policy = createRestartPolicy(wantedMembers().length === 0 ? 'never' : 'always', {
      givesUp: !waitsForDocker(failure),
      times: options.restartTimes,
    });
    const decision = policy.after(end, history);
    history = policy.remember(end, history);
    if (decision.kind === 'restart') {
      const event = { kind: 'retry-planned', problem: failure.problem, at: now() + decision.delay } as const;
      for (const member of wantedMembers()) {
        member.apply({ kind: 'start-asked' });
        member.apply(event);
        member.settle(failure);
      }
      apply(event);
      retry = setTimeout(() => void cleared.then(startAgain), decision.delay);
      return;
    }
    const told = decision.kind === 'give-up' ? asProblem(crashLoop(decision, failure.problem)) : failure;
    for (const member of wantedMembers()) {
      member.apply(
        decision.kind === 'give-up'
          ? { kind: 'gave-up', problem: told.problem }
          : { kind: 'ended', problem: told.problem, failed: true },
      );
      member.leftOut = told.problem;
      member.settle(told);
    }
    apply(
      decision.kind === 'give-up'
        ? { kind: 'gave-up', problem: told.problem }
        : { kind: 'ended', problem: told.problem, failed: true },
    );
  };

  const startAgain = (): void => {
    for (const member of wantedMembers()) member.apply({ kind: 'retry-started' });
    mustRestart ??= 'it had ended';
    wake();
  };

  const tellToolsChanged = (): void => {
    for (const member of launched?.members ?? [])
      if (member.health().state === 'running') options.onToolsChanged(member.id);
  };

  /** Another session, so that containers that have ended, or have old settings, are replaced. */
  const renewSoon = (): Promise<void> => {
    renewing ??= renew().finally(async () => {
      await pause(times.renew, undefined, { ref: false });
      renewing = undefined;
    });
    return renewing;
  };
  const renew = async (): Promise<void> => {
    const at = launched;
    if (!at) return;
    const next = await at.run.renew().catch(() => undefined);
    if (launched !== at) return void next?.close();
    if (next) return session.open(next, at.facts());
    mustRestart = 'the connection to it was lost';
    wake();
  };

  /** Files: written anew and read by the gateway, which is proven by the new prefixes. Else a restart. */
  const reload = async (servers: readonly ServerInProfile[]): Promise<void> => {
    edits = undefined;
    const at = launched;
    if (!at) return;
    const changes = compareServers(at.members, servers);
    if (changes.length === 0) return;
    for (const { member, server } of changes) if (member.launch) member.launch = { ...member.launch, server };
    if (!(await isObeyed(at))) {
      say('The change takes effect with a restart of the gateway, which is done now.');
      return await startWith(wantedMembers(), 'settings were changed');
    }
    if (changes.some(({ settings }) => settings)) await renew();
    for (const { member } of changes) options.onToolsChanged(member.id);
  };

  const isObeyed = async (at: LaunchedGateway): Promise<boolean> => {
    if (!at.watches || !obeysReloads || at.mode.transport === 'stdio') return false;
    const { log } = at.run;
    const [reloads, refusal] = [log.reloads, log.refusal];
    await at.rewrite();
    session.describe(at.facts());
    const longest = Math.max(...at.members.map(({ policy }) => policy.startSeconds)) * 1_000 + 5_000;
    const until = now() + longest;
    while (log.reloads === reloads && log.refusal === refusal && launched === at && now() < until) await pause(25);
    if (launched !== at || log.reloads === reloads) return false;
    const { tools } = await session.look().catch(() => ({ tools: new Map<string, Map<string, string>>() }));
    const exposed = [...tools.values()].flatMap(names => [...names.values()]);
    const isNew = exposed.length > 0 && exposed.every(name => at.isOfLastWrite(name));
    if (!isNew) {
      obeysReloads = false;
      say('This docker mcp reads changed files and does not obey them.');
    }
    return isNew;
  };

  const dropOut = (member: Member): void => {
    members.delete(member.id);
    member.leftOut = null;
    member.apply({ kind: 'stop-asked' });
    member.settle(stoppedMeanwhile());
    if (attempt?.members.includes(member)) attempt.controller.abort(stoppedMeanwhile());
  };

  const gateway: ProfileGateway = {
    session,
    join(member) {
      members.set(member.id, member);
      member.leftOut = null;
      member.asked = true;
      member.apply({ kind: 'start-asked' });
      if (launched === undefined && !attempt) history = [];
      clearTimeout(retry);
      // Somebody joins who is not part of the start that is on its way: it begins anew, with everybody.
      if (attempt && !attempt.members.includes(member)) attempt.controller.abort(stoppedMeanwhile());
      wake();
    },
    async leave(member) {
      if (members.has(member.id)) {
        dropOut(member);
        wake();
        // What the others do after that is not waited for.
        while (acting && (isIn(member) || attempt?.members.includes(member))) await pause(15);
        member.output.flush();
      }
      member.apply({ kind: 'stopped' });
    },
    async stop() {
      await Promise.all([...members.values()].map(member => gateway.leave(member)));
      await settled();
    },
    async restart() {
      for (const member of members.values()) {
        member.leftOut = null;
        if (member.health().state !== 'running') gateway.join(member);
      }
      obeysReloads = true;
      mustRestart = 'it was restarted';
      wake();
      await settled();
      if (health.state !== 'running' && health.problem) throw asProblem(health.problem);
    },
    async setOwnTools(on) {
      if (on === ownTools) return;
      ownTools = on;
      options.onChange();
      if (!launched) return;
      mustRestart = 'its own tools were switched';
      wake();
      await settled();
    },
    async edited(servers) {
      known = servers;
      const changes = launched ? compareServers(launched.members, servers) : [];
      if (changes.length === 0) return;
      if (mode?.mode === 'profile' || changes.some(({ definition }) => definition)) {
        changesWaiting = true;
        options.onChange();
        return;
      }
      edits = servers;
      wake();
      await settled();
      options.onChange();
    },
    status: () => ({
      health,
      mode: members.size === 0 ? null : mode,
      url: launched?.run.url ?? null,
      ownTools,
      editsApply: launched
        ? launched.watches && obeysReloads && launched.mode.transport === 'http'
          ? 'at-once'
          : 'by-restart'
        : null,
      changesWaiting,
      members: [...members.values()],
      launched,
    }),
    output: () => output.lines(),
    process: () => spawned,
  };
  return gateway;
}

/** Failures that end when Docker is there again. */
const waitsForDocker = ({ code }: ProblemError): boolean =>
  ['DOCKER_003', 'DOCKER_004', 'DOCKER_005', 'DOCKER_006'].includes(code);

const asProblem = (found: Problem | ProblemError): ProblemError => {
  const { code, detail, next } = found instanceof Error ? found.problem : found;
  return found instanceof Error ? found : problem(code, { detail, next });
};

const factsOf = ({ run: { connection } }: LaunchedGateway) => ({
  serverVersion: connection.serverVersion,
  protocolVersion: connection.protocolVersion,
  instructions: null,
});

const notRunning = (profile: string): ProblemError =>
  problem('SERVER_003', { detail: `The gateway of "${profile}" is not running.`, next: 'Start it first.' });

const crashLoop = ({ ends, seconds }: { ends: number; seconds: number }, why: Problem): Problem =>
  toProblem('SERVER_008', {
    detail: `The gateway ended ${ends} times within ${seconds} seconds and is not started again. The last time: ${why.detail}`,
    next: 'Correct what it complains about, then start it again.',
  });

// The gateway of one profile: which servers it is to run, its life, and its restarts. One act at a time: whatever is asked is
// noted, and one loop makes it so.
import { setTimeout as pause } from 'node:timers/promises';
import { type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { type HealthEvent, nextHealth, stoppedHealth } from '../../../supervision/health.ts';
import { createOutput } from '../../../supervision/output.ts';
import type { ServerEnd } from '../../../supervision/restart-policy.ts';
import type { ServerHealth } from '../../../supervision/supervisor.ts';
import type { ServerInProfile } from '../../engine.ts';
import { toProblem as toDockerProblem } from '../cli/to-problem.ts';
import { createActLoop } from './act-loop.ts';
import { compareServers } from './changes.ts';
import { reloadFiles } from './gateway-edits.ts';
import { chooseMembers, isStillStored, type LaunchedGateway } from './gateway-launch.ts';
import { notRunning, stoppedMeanwhile, waitsForDocker } from './gateway-problems.ts';
import { ServersOut } from './gateway-process.ts';
import { createGatewayRenewal } from './gateway-renewal.ts';
import { createRestarts } from './gateway-restarts.ts';
import { createGatewayRuns } from './gateway-runs.ts';
import { createGatewaySession } from './gateway-session.ts';
import type { Member } from './member.ts';
import { beginMember, leaveOut, planMembers, refuse } from './member-start.ts';
import type { GatewayMode } from './mode.ts';
import type { ProfileGateway, ProfileGatewayOptions } from './profile-gateway.port.ts';
import { createRetirement } from './retirement.ts';

export function createProfileGateway(options: ProfileGatewayOptions): ProfileGateway {
  const { profile, ports, now, times } = options;
  const members = new Map<string, Member>();
  const restarts = createRestarts(options.restartTimes);
  let health: ServerHealth = stoppedHealth;
  let launched: LaunchedGateway | undefined;
  let mode: GatewayMode | null = null;
  let attempt: { controller: AbortController; members: readonly Member[] } | undefined;
  let known: readonly ServerInProfile[] | undefined;
  let edits: readonly ServerInProfile[] | undefined;
  let ownTools = false;
  /** Why it is to be restarted, as the end of a sentence. */
  let mustRestart: string | undefined;
  let changesWaiting = false;
  /** False once a gateway was seen that reads changed files and does not obey them. */
  let obeysReloads = true;
  let retry: NodeJS.Timeout | undefined;

  const redact = (text: string): string => [...members.values()].reduce((rest, member) => member.redact(rest), text);
  const output = createOutput({ onBatch: options.onOutput, redact: line => redact(line) });
  const say = (line: string) => output.add(`Quayside: ${line}`);
  const session = createGatewaySession({ redact, tell: output.add, onContainerLost: () => void renewal.soon() });
  const runs = createGatewayRuns({ ports, output, sweep: options.sweep });
  const renewal = createGatewayRenewal({
    ports,
    apart: times.renew,
    current: () => launched,
    session,
    onRefused() {
      mustRestart = 'the connection to it was lost';
      wake();
    },
  });
  const wantedMembers = (): Member[] => [...members.values()].filter(({ leftOut }) => leftOut === null);
  const operation = `start the gateway of "${profile}"`;

  const apply = (event: HealthEvent): void => {
    const next = nextHealth(health, event);
    if (next === health) return;
    health = next;
    options.onChange();
  };

  const loop = createActLoop(times.gather, () =>
    reconcile().catch(error => failAll(toDockerProblem(error, operation))),
  );
  const { wake, settled } = loop;

  /** Makes what runs into what is wanted. */
  const reconcile = async (): Promise<void> => {
    const wanted = wantedMembers();
    if (wanted.length === 0) return await endAll();
    const why = mustRestart;
    const has = (member: Member) => launched?.members.includes(member) ?? false;
    const isGone = launched?.members.some(member => !wanted.includes(member)) ?? false;
    const isMissing = wanted.some(member => !has(member) || (member.asked && member.health().state !== 'running'));
    mustRestart = undefined;
    if (why !== undefined) return await startWith(wanted, why);
    if (!launched || isGone || isMissing) await startWith(wanted, undefined);
    // No other gateway could take over, and one that was stopped must not go on.
    if (isGone && launched?.members.some(member => members.get(member.id) !== member))
      mustRestart = 'a server was taken out';
    if (mustRestart !== undefined) return wake();
    if (edits) await reload(edits);
  };

  const endAll = async (): Promise<void> => {
    clearTimeout(retry);
    mustRestart = undefined;
    edits = undefined;
    changesWaiting = false;
    restarts.forget();
    apply({ kind: 'stop-asked' });
    session.end(notRunning(profile));
    await Promise.all([endRun(), retirement.end()]);
    apply({ kind: 'stopped' });
    options.onChange();
  };

  const endRun = async (): Promise<void> => {
    const old = launched;
    if (!old) return;
    await runs.close(old);
    if (launched === old) launched = undefined;
  };
  const retirement = createRetirement(times.finish, runs.close);

  /**
   * `why`: the old one ends first. Undefined: it serves until the new one is ready, so that a server that cannot be started
   * takes nothing away from those that run.
   */
  const startWith = async (wanted: readonly Member[], why: string | undefined): Promise<void> => {
    clearTimeout(retry);
    options.checkOpen();
    edits = undefined;
    if (launched && why !== undefined) await endBefore(why);
    else if (!launched) session.suspend(why ?? 'it was started');
    apply({ kind: health.state === 'restarting' ? 'retry-started' : 'start-asked' });
    const isRetry = wanted.every(({ asked }) => !asked);
    for (;;) {
      const rest = wanted.filter(member => members.get(member.id) === member && member.leftOut === null);
      const controller = new AbortController();
      attempt = { controller, members: rest };
      try {
        if (await tryStart(rest, controller.signal)) return;
        // None of them can be started; one that runs goes on without them.
        return launched ? undefined : await endAll();
      } catch (error) {
        if (controller.signal.aborted) return;
        if (!(error instanceof ServersOut)) return startFailed(toDockerProblem(error, operation), isRetry);
        leaveOut(rest, error, { store: ports.store, say });
        if (launched && rest.every(member => member.leftOut !== null || launched?.members.includes(member))) return;
      } finally {
        attempt = undefined;
      }
    }
  };

  const endBefore = async (why: string): Promise<void> => {
    apply({ kind: 'stop-asked' });
    await session.drain(times.drain);
    session.suspend(why);
    await endRun();
    apply({ kind: 'stopped' });
  };

  /** True if a gateway with these servers runs now; false if none of them can be started. */
  const tryStart = async (wanted: readonly Member[], signal: AbortSignal): Promise<boolean> => {
    const inProfile = known?.map(({ name }) => name);
    const planned = await planMembers(wanted);
    signal.throwIfAborted();
    const chosen = await chooseMembers(ports, { members: planned, inProfile, ownTools });
    for (const { member, failure } of chosen.refused) refuse(member, failure);
    if (chosen.members.length === 0) return false;
    const next = await runs.launch({
      ...{ profile, members: chosen.members, inProfile, ownTools, redact, signal, mode: chosen.mode },
      onMode: decided => say(decided.reason),
      onPid: pid => apply({ kind: 'spawned', pid }),
      onProgress: () => options.onChange(),
      onToolsChanged: tellToolsChanged,
      onSessionLost: () => void renewal.soon(),
    });
    begin(next);
    return true;
  };

  const begin = (next: LaunchedGateway): void => {
    const old = launched;
    launched = next;
    mode = next.mode;
    changesWaiting = false;
    clearTimeout(retry);
    session.open(next.run.connection, next.facts(), 'it was given other servers or settings');
    if (old) {
      health = { ...health, pid: next.run.pid, startedAt: now() };
      retirement.begin(old);
    }
    const { serverVersion, protocolVersion } = next.run.connection;
    apply({ kind: 'start-asked' });
    apply({ kind: 'ready', at: now(), serverVersion, protocolVersion, instructions: null });
    void next.run.failed.then(failure => onEnded(next, failure));
    for (const member of next.members) if (beginMember(member, next, now())) options.onToolsChanged(member.id);
    options.onChange();
  };

  const startFailed = (failure: ProblemError, isRetry: boolean): void => {
    if (launched) {
      // What runs is not harmed by what could not be added.
      say(failure.problem.detail);
      changesWaiting = true;
      for (const member of wantedMembers()) if (!launched.members.includes(member)) refuse(member, failure);
      options.onChange();
    } else if (isRetry || waitsForDocker(failure)) {
      // What waits for Docker is tried again, also if a person waits: Docker comes back.
      afterEnd({ at: now(), ranFor: 0, failed: true }, failure);
    } else failAll(failure);
  };

  const failAll = (failure: ProblemError): void => {
    session.end(failure);
    output.flush();
    apply({ kind: 'start-failed', problem: failure.problem });
    for (const member of wantedMembers()) refuse(member, failure);
  };

  const onEnded = (ended: LaunchedGateway, failure: ProblemError): void => {
    if (launched !== ended) return;
    const ranFor = health.startedAt === null ? 0 : now() - health.startedAt;
    launched = undefined;
    say(failure.problem.detail);
    afterEnd({ at: now(), ranFor, failed: true }, failure, runs.close(ended));
  };

  /** Restarts, gives up or leaves it, as the policies of its servers say. */
  const afterEnd = (end: ServerEnd, failure: ProblemError, cleared: Promise<void> = Promise.resolve()): void => {
    session.end(failure);
    const decision = restarts.after(end, failure, wantedMembers());
    const told = restarts.problemOf(decision, failure);
    if (decision.kind === 'rest') apply({ kind: 'ended', problem: told, failed: true });
    else if (decision.kind === 'give-up') apply({ kind: 'gave-up', problem: told });
    else {
      apply({ kind: 'retry-planned', problem: told, at: end.at + decision.delay });
      retry = setTimeout(() => void cleared.then(startAgain), decision.delay);
    }
  };

  const startAgain = (): void => {
    for (const member of wantedMembers()) member.apply({ kind: 'retry-started' });
    wake();
  };

  const tellToolsChanged = (): void => {
    // What was listed before is old.
    if (launched) session.describe(launched.facts());
    for (const { id, health: healthOf } of launched?.members ?? [])
      if (healthOf().state === 'running') options.onToolsChanged(id);
  };

  /** By changed files where the gateway obeys them, else by another gateway that takes over. */
  const reload = async (servers: readonly ServerInProfile[]): Promise<void> => {
    edits = undefined;
    const at = launched;
    const changes = at ? compareServers(at.members, servers) : [];
    if (!at || changes.length === 0) return;
    for (const { member, server } of changes) if (member.launch) member.launch = { ...member.launch, server };
    if (appliesAtOnce(at) && (await isStillStored(ports, at))) {
      const outcome = await reloadFiles(at, session, () => launched === at);
      if (outcome === 'obeyed') {
        if (changes.some(({ settings }) => settings)) await renewal.now();
        for (const { member } of changes) options.onToolsChanged(member.id);
        return;
      }
      if (outcome === 'unproven') obeysReloads = false;
    }
    say('The change takes effect with a restart of the gateway, which is done now.');
    await startWith(wantedMembers(), undefined);
  };
  const appliesAtOnce = ({ watches, mode: { transport } }: LaunchedGateway): boolean =>
    watches && obeysReloads && transport === 'http';

  /** The others get another gateway first; if that takes too long, they have to wait for it. */
  const takenOut = async (member: Member): Promise<void> => {
    const until = Date.now() + times.takeOut;
    let isPatient = true;
    while (loop.isActing && isAnywhere(member)) {
      await pause(15);
      if (!isPatient || Date.now() < until) continue;
      isPatient = false;
      mustRestart = 'a server was taken out';
      attempt?.controller.abort(stoppedMeanwhile());
      wake();
    }
  };
  const isAnywhere = (member: Member): boolean =>
    (launched?.members.includes(member) ?? false) || (attempt?.members.includes(member) ?? false);

  const gateway: ProfileGateway = {
    session,
    join(member) {
      members.set(member.id, member);
      member.leftOut = null;
      member.asked = true;
      member.apply({ kind: 'start-asked' });
      if (!launched && !attempt) restarts.forget();
      // Somebody joins who is not part of the start that is on its way: it begins anew, with everybody.
      if (attempt && !attempt.members.includes(member)) attempt.controller.abort(stoppedMeanwhile());
      wake();
    },
    async leave(member) {
      if (members.get(member.id) === member) {
        members.delete(member.id);
        member.leftOut = null;
        member.apply({ kind: 'stop-asked' });
        member.settle(stoppedMeanwhile());
        if (attempt?.members.includes(member)) attempt.controller.abort(stoppedMeanwhile());
        wake();
        await takenOut(member);
        await retirement.endOf(member, times.drain);
        member.output.flush();
      }
      member.apply({ kind: 'stopped' });
    },
    async stop() {
      await Promise.all([...members.values()].map(member => gateway.leave(member)));
      await settled();
    },
    async restart() {
      for (const member of members.values()) if (member.health().state !== 'running') gateway.join(member);
      obeysReloads = true;
      mustRestart = 'it was restarted';
      wake();
      await settled();
      const { problem: failure } = health;
      if (health.state !== 'running' && failure) throw problem(failure.code, failure);
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
      if (mode?.mode === 'profile' || changes.some(({ definition }) => definition)) changesWaiting = true;
      else {
        edits = servers;
        wake();
        await settled();
      }
      options.onChange();
    },
    status: () => ({
      health,
      mode: launched?.mode ?? null,
      url: launched?.run.url ?? null,
      ownTools,
      editsApply: launched ? (appliesAtOnce(launched) ? 'at-once' : 'by-restart') : null,
      changesWaiting,
      members: [...members.values()],
      launched,
    }),
    output: () => output.lines(),
    processes: runs.list,
  };
  return gateway;
}

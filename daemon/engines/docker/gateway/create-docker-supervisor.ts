// All gateways: the supervisor of Docker's servers, and what a person controls. One process for each profile that runs servers.
import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { hideInLists } from '../../../supervision/confidential.ts';
import { stoppedHealth } from '../../../supervision/health.ts';
import { type RestartTimes, restartTimes } from '../../../supervision/restart-policy.ts';
import type { LaunchPolicy, Supervisor, SupervisorEvents } from '../../../supervision/supervisor.ts';
import type { GatewayControl } from '../../docker-engine.ts';
import type { LaunchPlan } from '../../engine.ts';
import type { OwnGateway } from '../api/container-control.ts';
import { toProblem as toDockerProblem } from '../cli/to-problem.ts';
import { sweepGatewayFiles } from './gateway-files.ts';
import type { LaunchPorts } from './gateway-launch.ts';
import { stoppedMeanwhile, waitsForDocker } from './gateway-problems.ts';
import { toGateway } from './gateway-status.ts';
import { createGatewayUpstreams } from './gateway-upstreams.ts';
import { createMember, type Member } from './member.ts';
import { type GatewayTimes, gatewayTimes, type ProfileGateway } from './profile-gateway.port.ts';
import { createProfileGateway } from './profile-gateway.ts';
import type { GatewayPlanOfServer } from './render.ts';

export interface DockerSupervisorOptions extends Omit<LaunchPorts, 'owner'> {
  /** Tells the files of this daemon from those of another one. */
  stateFolder: string;
  /** Ends containers that gateways have left behind. Failures are nobody's to handle here. */
  sweepContainers: () => Promise<unknown>;
  now?: () => number;
  restartTimes?: RestartTimes;
  gatewayTimes?: GatewayTimes;
}

export interface DockerSupervisor {
  /** The servers of Docker, as a supervisor. To be called once, before anything is started. */
  supervise(events: SupervisorEvents): Supervisor;
  readonly gateways: GatewayControl;
  /** The gateways that run now, for the proof of which containers are theirs. */
  running(): OwnGateway[];
  /** Removes what a daemon that was killed has left in files. To be called before the first start. */
  sweepFiles(): Promise<number>;
  /** Ends all gateways. Never rejects. */
  close(): Promise<void>;
}

/** Milliseconds. An engine that does not answer must hold up no stop. */
const sweepPatience = 10_000;

export function createDockerSupervisor(options: DockerSupervisorOptions): DockerSupervisor {
  const owner = createHash('sha256').update(options.stateFolder).digest('hex').slice(0, 8);
  const now = options.now ?? Date.now;
  const members = new Map<string, Member>();
  const gateways = new Map<string, ProfileGateway>();
  /** Of each server, the gateway that it was last in. */
  const places = new Map<string, ProfileGateway>();
  const changeListeners = new Set<(profile: string) => void>();
  const outputListeners = new Set<(profile: string, lines: string[]) => void>();
  const starting = new Map<string, Promise<void>>();
  /** Of servers that could not be planned because Docker is not there. */
  const retries = new Map<string, NodeJS.Timeout>();
  let events: SupervisorEvents | undefined;
  let closing: Promise<void> | undefined;
  const tellChange = createTeller(profile => {
    for (const listener of changeListeners) listener(profile);
  });

  const checkOpen = (): void => {
    if (closing) throw problem('DAEMON_003', { detail: 'No server is started any more.' });
  };
  const memberOf = (id: string): Member => {
    const known = members.get(id);
    if (known) return known;
    // The end of a server that was forgotten is told to nobody.
    const made: Member = createMember(id, () => (members.get(id) === made ? events : undefined));
    members.set(id, made);
    return made;
  };
  const gatewayOf = (profile: string): ProfileGateway => {
    const known = gateways.get(profile);
    if (known) return known;
    const made = createProfileGateway({
      profile,
      ports: { ...options, owner },
      now,
      restartTimes: options.restartTimes ?? restartTimes,
      times: options.gatewayTimes ?? gatewayTimes,
      checkOpen,
      onChange: () => tellChange(profile),
      onOutput: lines => {
        for (const listener of outputListeners) listener(profile, lines);
      },
      onToolsChanged(id) {
        events?.onToolsChanged(id);
        events?.onListChanged?.(id, 'tools');
      },
      sweep: async () => {
        const swept = options.sweepContainers().catch(() => {});
        await Promise.race([swept, pause(sweepPatience, undefined, { ref: false })]);
      },
    });
    gateways.set(profile, made);
    return made;
  };

  const leave = async (id: string): Promise<void> => {
    const member = members.get(id);
    if (!member) return;
    member.epoch += 1;
    clearTimeout(retries.get(id));
    const place = places.get(id);
    if (place) return await place.leave(member);
    member.apply({ kind: 'stop-asked' });
    member.apply({ kind: 'stopped' });
  };

  /** In which profile a server is, is a part of its plan; the same plan is used for its first start. */
  const begin = async (
    member: Member,
    plan: () => Promise<LaunchPlan>,
    policy: LaunchPolicy,
    asked: 'start-asked' | 'retry-started' = 'start-asked',
  ): Promise<void> => {
    const { epoch } = member;
    clearTimeout(retries.get(member.id));
    member.apply({ kind: asked });
    let first: GatewayPlanOfServer | undefined;
    try {
      first = toGatewayPlan(await plan());
    } catch (error) {
      const failure = toDockerProblem(error, `prepare "${member.id}"`);
      if (member.epoch === epoch)
        notPlanned(member, failure, policy, () => begin(member, plan, policy, 'retry-started'));
      throw failure;
    }
    if (member.epoch !== epoch) throw stoppedMeanwhile();
    checkOpen();
    const place = gatewayOf(first.server.profile);
    const before = places.get(member.id);
    if (before && before !== place) await before.leave(member);
    places.set(member.id, place);
    member.policy = policy;
    member.plan = async () => {
      const planned = first ?? toGatewayPlan(await plan());
      first = undefined;
      return planned;
    };
    place.join(member);
  };

  /** What waits for Docker is tried again by itself, for ever and ever more slowly. */
  const notPlanned = (
    member: Member,
    failure: ProblemError,
    policy: LaunchPolicy,
    again: () => Promise<void>,
  ): void => {
    if (!waitsForDocker(failure) || policy.restart === 'never' || closing) {
      member.apply({ kind: 'start-failed', problem: failure.problem });
      return;
    }
    const times = options.restartTimes ?? restartTimes;
    const delay = Math.min(times.longestDelay, times.firstDelay * 2 ** Math.min(member.health().restarts, 20));
    member.apply({ kind: 'retry-planned', problem: failure.problem, at: now() + delay });
    const { epoch } = member;
    const retry = () => {
      if (member.epoch === epoch && !closing) again().catch(() => {});
    };
    retries.set(member.id, setTimeout(retry, delay).unref());
  };

  const supervisor: Supervisor = {
    async start(id, plan, policy, signal) {
      signal?.throwIfAborted();
      checkOpen();
      const member = memberOf(id);
      if (member.health().state === 'running') return;
      const begun = member.asked ? Promise.resolve() : (starting.get(id) ?? begin(member, plan, policy));
      if (!member.asked && !starting.has(id)) {
        starting.set(id, begun);
        void begun.catch(() => {}).then(() => starting.delete(id));
      }
      await joined(
        begun.then(() => member.wait()),
        signal,
        () => leave(id),
      );
    },
    stop: leave,
    health: id => members.get(id)?.health() ?? stoppedHealth,
    output: id => members.get(id)?.output.lines() ?? [],
    session(id) {
      const member = members.get(id);
      const place = places.get(id);
      if (member?.health().state !== 'running' || !place || !member.launch)
        throw problem('SERVER_003', { detail: `"${id}" is not running.`, next: 'Start it first.' });
      return hideInLists(place.session.view(member.launch.server.name), value => member.hide(value));
    },
    upstreams: createGatewayUpstreams({
      find(id) {
        const member = members.get(id);
        const place = places.get(id);
        if (member?.health().state !== 'running' || !place || !member.launch) return undefined;
        return { server: member.launch.server.name, exchange: place.session.exchange, member };
      },
    }),
    forget(id) {
      void leave(id);
      members.delete(id);
      places.delete(id);
    },
    close,
  };

  const control: GatewayControl = {
    status: profile => toGateway(profile, gateways.get(profile)),
    active: () =>
      [...gateways].flatMap(([profile, gateway]) => (gateway.status().health.state === 'stopped' ? [] : [profile])),
    output: profile => gateways.get(profile)?.output() ?? [],
    stop: async profile => await gateways.get(profile)?.stop(),
    restart: async profile => {
      checkOpen();
      await gateways.get(profile)?.restart();
    },
    setOwnTools: (profile, on) => gatewayOf(profile).setOwnTools(on),
    // Kept also of one that does not run: what is in the profile decides how it is started.
    profileChanged: (profile, servers) => gatewayOf(profile).edited(servers),
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onOutput(listener) {
      outputListeners.add(listener);
      return () => outputListeners.delete(listener);
    },
  };

  async function close(): Promise<void> {
    closing ??= Promise.all([...members.keys()].map(leave))
      .then(() => Promise.all([...gateways.values()].map(gateway => gateway.stop())))
      .then(() => {});
    await closing;
  }

  return {
    supervise(given) {
      events = given;
      return supervisor;
    },
    gateways: control,
    running: () =>
      [...gateways].flatMap(([profile, gateway]) => gateway.processes().map(process => ({ profile, ...process }))),
    sweepFiles: () => sweepGatewayFiles(options.places, owner),
    close,
  };
}

function toGatewayPlan(plan: LaunchPlan): GatewayPlanOfServer {
  if (plan.kind === 'gateway') return plan;
  throw problem('SERVER_004', { detail: 'It is in no profile of Docker.', next: 'Read the profiles anew.' });
}

/** Waits for a start; an abort takes the server out again and rejects with its reason. */
async function joined(
  begun: Promise<void>,
  signal: AbortSignal | undefined,
  leave: () => Promise<void>,
): Promise<void> {
  if (!signal) return await begun;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([begun, aborted.promise]);
  } catch (error) {
    if (!signal.aborted) throw error;
    await leave();
    throw signal.reason;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Many changes in a moment are told once. */
function createTeller(tell: (profile: string) => void): (profile: string) => void {
  const waiting = new Map<string, NodeJS.Timeout>();
  return profile => {
    if (waiting.has(profile)) return;
    const timer = setTimeout(() => {
      waiting.delete(profile);
      tell(profile);
    }, 50);
    timer.unref();
    waiting.set(profile, timer);
  };
}

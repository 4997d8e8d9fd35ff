// What this window has to do with the daemon over time: the state and the changes from one to the next.
import { request } from 'node:http';
import { socketCarrier } from '../../shared/api/carriers.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { isProblemError, type Problem, toProblem } from '../../shared/api/problem.ts';
import type { Discovery } from '../../shared/domain/discovery.ts';
import { HostProblem } from '../platform/host-problem.ts';
import { createSignal } from '../platform/signal.ts';
import { type AttachOptions, findUsableDaemon, getDaemon, isAnswering, stopAndWait } from './attach.ts';
import { followDaemon } from './event-follower.ts';
import { type LinkState, pauseAfterCrash } from './link-state.ts';

export interface DaemonSessionOptions {
  /** Asked at each connect, because settings change. */
  attach: () => AttachOptions;
  isTrusted: () => boolean;
  log: (message: string) => void;
}

/** How often a window without a daemon looks whether somebody else has started one, in milliseconds. */
const lookEvery = 3_000;

export const socketOf = (daemon: Discovery) => ({ socketPath: daemon.socket, token: daemon.token });

export class DaemonSession {
  readonly states = createSignal<LinkState>(error => this.#listenerFailed(error));
  readonly events = createSignal<DaemonEvent>(error => this.#listenerFailed(error));
  readonly crashes = createSignal<Problem>(error => this.#listenerFailed(error));
  readonly #options: DaemonSessionOptions;
  readonly #crashTimes: number[] = [];
  #state: LinkState = { kind: 'idle' };
  #connecting: Promise<Discovery> | undefined;
  #following: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;
  /** While the daemon is being ended from here. */
  #ending: Promise<void> | undefined;
  /** Why the daemon said that it ends; undefined while it stays, and if it crashes. */
  #stoppingFor: string | undefined;

  constructor(options: DaemonSessionOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** True while it is being stopped: what a tree asks now must not bring it back. */
  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  /** One attempt for everybody who asks meanwhile; after a stop that is under way. Errors: ProblemError; HostProblem `restricted`. */
  connect(): Promise<Discovery> {
    if (this.#ending) return this.#ending.then(() => this.connect());
    if (this.#state.kind === 'connected') return Promise.resolve(this.#state.daemon);
    this.#connecting ??= this.#findAndUse().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  /** Uses a daemon that runs already. */
  async attachIfRunning(): Promise<boolean> {
    const daemon = await findUsableDaemon(this.#options.attach());
    if (!daemon || this.#disposed || this.#connecting) return this.#state.kind === 'connected';
    if (this.#state.kind !== 'connected') this.#use(daemon);
    return true;
  }

  /** Called when a request found nobody at the socket. */
  async loseIfGone(): Promise<void> {
    if (this.#state.kind === 'connected' && !(await isAnswering(this.#state.daemon))) this.#lose();
  }

  async stop(): Promise<void> {
    const reason = 'stopped from the editor';
    const stopping = this.#stopCurrent(reason);
    const ending = stopping
      .catch(() => {})
      .finally(() => {
        if (this.#ending === ending) this.#ending = undefined;
      });
    this.#ending = ending;
    await stopping;
    this.#setState({ kind: 'stopped', reason });
    this.#later(lookEvery, () => this.#watch());
  }

  async restart(): Promise<void> {
    this.#setState({ kind: 'connecting' });
    try {
      await this.#stopCurrent('restarted from the editor');
    } catch (error) {
      this.#setState(toFailedState(error));
      throw error;
    }
    this.#crashTimes.length = 0;
    await this.connect();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
    this.#following?.abort();
    for (const each of [this.states, this.events, this.crashes]) each.dispose();
  }

  async #findAndUse(): Promise<Discovery> {
    this.#setState({ kind: 'connecting' });
    try {
      return this.#use(await this.#find());
    } catch (error) {
      this.#setState(toFailedState(error));
      if (!this.#options.isTrusted()) this.#later(lookEvery, () => this.#watch());
      throw error;
    }
  }

  async #find(): Promise<Discovery> {
    if (this.#options.isTrusted()) return await getDaemon(this.#options.attach());
    const daemon = await findUsableDaemon(this.#options.attach());
    if (daemon) return daemon;
    throw new HostProblem('restricted');
  }

  #use(daemon: Discovery): Discovery {
    clearTimeout(this.#timer);
    this.#options.log(`Connected to the daemon ${daemon.version}, process ${daemon.pid}.`);
    this.#setState({ kind: 'connected', daemon });
    if (!this.#disposed) void this.#follow(daemon);
    return daemon;
  }

  async #follow(daemon: Discovery): Promise<void> {
    this.#following?.abort();
    const controller = new AbortController();
    this.#following = controller;
    this.#stoppingFor = undefined;
    const end = await followDaemon({
      daemon,
      carrier: socketCarrier({ request, endpoint: async () => socketOf(daemon) }),
      signal: controller.signal,
      onEvent: event => {
        if (event.type === 'daemon.stopping') this.#stoppingFor = event.reason;
        this.events.fire(event);
      },
    });
    if (end === 'gone' && this.#following === controller) this.#lose();
  }

  /** The daemon is gone: somebody asked it to end, or it crashed and is started again, with growing pauses. */
  #lose(): void {
    this.#following?.abort();
    this.#following = undefined;
    if (this.#stoppingFor === undefined) this.#recover();
    else {
      this.#options.log(`The daemon has ended: ${this.#stoppingFor}.`);
      this.#setState({ kind: 'stopped', reason: this.#stoppingFor });
      this.#later(lookEvery, () => this.#watch());
    }
  }

  #recover(): void {
    this.#crashTimes.push(Date.now());
    const pause = pauseAfterCrash(this.#crashTimes, Date.now());
    const problem = crashProblem(pause !== null);
    this.#setState(pause === null ? { kind: 'failed', problem } : { kind: 'connecting' });
    this.crashes.fire(problem);
    if (pause === null) this.#later(lookEvery, () => this.#watch());
    else this.#later(pause, () => (this.#options.isTrusted() ? this.connect() : this.#watch()));
  }

  /** Waits for a daemon that somebody else starts, such as another window or the terminal. */
  async #watch(): Promise<void> {
    if (this.#connecting || this.#state.kind === 'connected') return;
    if (!(await this.attachIfRunning())) this.#later(lookEvery, () => this.#watch());
  }

  async #stopCurrent(reason: string): Promise<void> {
    if (!this.#options.isTrusted()) throw new HostProblem('restricted');
    const current = this.#state.kind === 'connected' ? this.#state.daemon : undefined;
    const daemon = current ?? (await findUsableDaemon(this.#options.attach()));
    this.#stoppingFor = reason;
    if (daemon) await stopAndWait(daemon, reason);
    this.#following?.abort();
    this.#following = undefined;
  }

  #setState(state: LinkState): void {
    this.#state = state;
    if (!this.#disposed) this.states.fire(state);
  }

  #later(milliseconds: number, act: () => Promise<unknown>): void {
    clearTimeout(this.#timer);
    if (this.#disposed) return;
    this.#timer = setTimeout(() => void act().catch(error => this.#options.log(String(error))), milliseconds);
    this.#timer.unref();
  }

  #listenerFailed(error: unknown): void {
    this.#options.log(`A listener failed: ${String(error)}`);
  }
}

function toFailedState(error: unknown): LinkState {
  if (error instanceof HostProblem && error.kind === 'restricted') return { kind: 'restricted' };
  if (isProblemError(error)) return { kind: 'failed', problem: error.problem };
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'failed', problem: toProblem('DAEMON_002', { detail, next: 'The log says more.' }) };
}

const crashProblem = (startsAgain: boolean): Problem =>
  toProblem('DAEMON_002', {
    detail: 'The daemon ended without being asked.',
    next: startsAgain
      ? 'It is being started again, and with it the servers that ran.'
      : 'It has ended several times within five minutes and is not started again by itself. The log says more.',
  });

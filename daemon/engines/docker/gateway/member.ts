// One server as the supervisor knows it: its state, its output, and who waits for it. It runs in its profile's gateway.
import { type Problem, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { createHider } from '../../../supervision/confidential.ts';
import { type HealthEvent, nextHealth, stoppedHealth } from '../../../supervision/health.ts';
import { createOutput, type Output } from '../../../supervision/output.ts';
import { createRedactor, type Redactor } from '../../../supervision/redact.ts';
import type { LaunchPolicy, ServerHealth, SupervisorEvents } from '../../../supervision/supervisor.ts';
import type { LaunchPlan } from '../../engine.ts';
import type { GatewayPlanOfServer } from './render.ts';

export interface Member {
  readonly id: string;
  plan: () => Promise<LaunchPlan>;
  policy: LaunchPolicy;
  /** What it runs with, or is to be started with. */
  launch: GatewayPlanOfServer | undefined;
  /** Counts the times that it was stopped. */
  epoch: number;
  /** Somebody waits for it to be started. */
  asked: boolean;
  /** Why it is not to be started again by itself. */
  leftOut: Problem | null;
  readonly output: Output;
  health(): ServerHealth;
  apply(event: HealthEvent): void;
  /** Notes what it is to run with; hides its secrets from now on. */
  prepare(launch: GatewayPlanOfServer): void;
  hide<T>(value: T): T;
  redact(text: string): string;
  /** Who waits is told; nobody is told twice. */
  settle(failure?: ProblemError): void;
  /** Resolves when it is ready. */
  wait(): Promise<void>;
}

export function createMember(id: string, events: () => SupervisorEvents | undefined): Member {
  let health = stoppedHealth;
  let redact: Redactor = line => line;
  let hide: <T>(value: T) => T = value => value;
  let waiting: PromiseWithResolvers<void> | undefined;
  const output = createOutput({
    onBatch: lines => events()?.onOutput(id, lines),
    redact: (line, isCut) => redact(line, isCut),
  });
  const member: Member = {
    id,
    plan: () => Promise.reject(notPlanned(id)),
    policy: { restart: 'never', startSeconds: 30, messageBytes: 1 },
    launch: undefined,
    epoch: 0,
    asked: false,
    leftOut: null,
    output,
    health: () => health,
    apply(event) {
      const next = nextHealth(health, event);
      if (next === health) return;
      const cameOrWent = (health.state === 'running') !== (next.state === 'running');
      health = next;
      events()?.onHealth(id, health);
      if (cameOrWent)
        for (const what of ['tools', 'resources', 'prompts'] as const) events()?.onListChanged?.(id, what);
    },
    prepare(launch) {
      const given = { ...launch, confidential: [...(launch.confidential ?? []), ...Object.values(launch.environment)] };
      member.launch = launch;
      redact = createRedactor(given);
      hide = createHider(given);
    },
    hide: value => hide(value),
    redact: text => redact(text),
    settle(failure) {
      const told = waiting;
      waiting = undefined;
      member.asked = false;
      if (failure) told?.reject(failure);
      else told?.resolve();
    },
    async wait() {
      if (!waiting) {
        waiting = Promise.withResolvers();
        waiting.promise.catch(() => {});
      }
      await waiting.promise;
    },
  };
  return member;
}

const notPlanned = (id: string): ProblemError =>
  problem('SERVER_003', { detail: `"${id}" is not running.`, next: 'Start it first.' });

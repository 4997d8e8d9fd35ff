// Gateways by hand that implement the port: they run nothing, and say what a test tells them to say.
import { toGateway } from '../../daemon/engines/docker/gateway/gateway-status.ts';
import type { GatewayControl } from '../../daemon/engines/docker-engine.ts';
import type { ServerInProfile } from '../../daemon/engines/engine.ts';
import type { Gateway } from '../../shared/api/gateways.ts';

type Status = Omit<Gateway, 'title'>;

export interface FakeGateways extends GatewayControl {
  /** Changes what a gateway is, and tells of it. */
  set(profile: string, status: Partial<Status>): void;
  say(profile: string, lines: string[]): void;
  /** What was asked, in words: "restart dev". */
  readonly calls: string[];
  /** What the gateways were last told of each profile. */
  readonly told: ReadonlyMap<string, readonly ServerInProfile[]>;
  /** The next restart rejects with this. */
  failure: Error | undefined;
}

export function createFakeGateways(): FakeGateways {
  const gateways = new Map<string, Status>();
  const lines = new Map<string, string[]>();
  const told = new Map<string, readonly ServerInProfile[]>();
  const calls: string[] = [];
  const changeListeners = new Set<(profile: string) => void>();
  const outputListeners = new Set<(profile: string, lines: string[]) => void>();
  const status = (profile: string): Status => gateways.get(profile) ?? toGateway(profile, undefined);
  const fake: FakeGateways = {
    calls,
    told,
    failure: undefined,
    status,
    active: () => [...gateways.values()].flatMap(({ profile, state }) => (state === 'stopped' ? [] : [profile])),
    output: profile => lines.get(profile) ?? [],
    async stop(profile) {
      calls.push(`stop ${profile}`);
      fake.set(profile, { state: 'stopped', servers: [], pid: null, url: null });
    },
    async restart(profile) {
      calls.push(`restart ${profile}`);
      if (fake.failure) throw fake.failure;
      fake.set(profile, { state: 'running', changesWaiting: false });
    },
    async setOwnTools(profile, on) {
      calls.push(`own tools of ${profile} ${on ? 'on' : 'off'}`);
      fake.set(profile, { ownTools: on });
    },
    async profileChanged(profile, servers) {
      calls.push(`changed ${profile}`);
      told.set(profile, servers);
    },
    onChange(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onOutput(listener) {
      outputListeners.add(listener);
      return () => outputListeners.delete(listener);
    },
    set(profile, change) {
      gateways.set(profile, { ...status(profile), ...change });
      for (const listener of changeListeners) listener(profile);
    },
    say(profile, said) {
      lines.set(profile, [...(lines.get(profile) ?? []), ...said]);
      for (const listener of outputListeners) listener(profile, said);
    },
  };
  return fake;
}

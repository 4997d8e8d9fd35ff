import { toGateway } from '../../../daemon/engines/docker/gateway/gateway-status.ts';
import type { DockerEngine } from '../../../daemon/engines/docker-engine.ts';
import type { LaunchPlan } from '../../../daemon/engines/engine.ts';
import { createSupervisor } from '../../../daemon/supervision/create-supervisor.ts';
import type { SupervisorEvents } from '../../../daemon/supervision/supervisor.ts';
import type { GatewayServer } from '../../../shared/api/gateways.ts';
import { testServerScript } from '../fake-engine.ts';
import type { FakeDockerBehaviour } from './behaviour.ts';

const ready = (id: string): GatewayServer => ({
  serverId: id,
  name: id,
  state: 'ready',
  problem: null,
  tools: 5,
  prompts: 0,
  resources: 0,
});

/** Servers run by themselves; a gateway is what their profile has of them. */
export function createFakeGateways() {
  const running = new Map<string, string>();
  const listeners = new Set<(profile: string) => void>();
  const ownTools = new Set<string>();
  const tell = (profile: string) => {
    for (const listener of listeners) listener(profile);
  };
  let stopAll: (profile: string) => Promise<void> = async () => {};
  const control: DockerEngine['gateways'] = {
    status: profile => {
      const runs = [...running.values()].includes(profile);
      return {
        ...toGateway(profile, undefined),
        state: runs ? 'running' : 'stopped',
        mode: 'files',
        modeReason: 'There is no Docker Desktop here.',
        transport: 'http',
        ownTools: ownTools.has(profile),
        editsApply: runs ? 'at-once' : null,
        servers: [...running].flatMap(([id, of]) => (of === profile ? [ready(id)] : [])),
      };
    },
    active: () => [...new Set(running.values())],
    output: () => [],
    stop: profile => stopAll(profile),
    restart: async profile => tell(profile),
    async setOwnTools(profile, on) {
      if (on) ownTools.add(profile);
      else ownTools.delete(profile);
    },
    profileChanged: async profile => tell(profile),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onOutput: () => () => {},
  };
  return {
    control,
    supervise(events: SupervisorEvents, stateFolder: string, behaviour: FakeDockerBehaviour) {
      const supervisor = createSupervisor({ stateFolder, version: '0.0.0', events });
      stopAll = async profile => {
        for (const [id, of] of [...running]) if (of === profile) await supervised.stop(id);
      };
      const supervised: typeof supervisor = {
        ...supervisor,
        async start(id, plan, policy, signal) {
          const toChild = async () => {
            const launch = await plan();
            if (launch.kind === 'gateway') running.set(id, launch.server.profile);
            return launch.kind === 'gateway' ? toStdio(launch, behaviour) : launch;
          };
          await supervisor.start(id, toChild, policy, signal);
          tell(running.get(id) ?? '');
        },
        async stop(id) {
          await supervisor.stop(id);
          const profile = running.get(id);
          running.delete(id);
          if (profile !== undefined) tell(profile);
        },
      };
      return supervised;
    },
  };
}

const toStdio = (
  { server, environment, confidential }: Extract<LaunchPlan, { kind: 'gateway' }>,
  { scripts }: FakeDockerBehaviour,
): LaunchPlan => ({
  kind: 'stdio',
  command: process.execPath,
  args: [testServerScript(scripts.get(server.name) ?? 'echo')],
  environment: { PATH: process.env['PATH'] ?? '', ...environment },
  workingDirectory: process.cwd(),
  ...(confidential ? { confidential } : {}),
});

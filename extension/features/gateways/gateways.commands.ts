import { env, type OutputChannel, window } from 'vscode';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import type { Gateway } from '../../../shared/api/gateways.ts';
import type { Profile } from '../../../shared/api/profiles.ts';
import { canStart, canStop } from '../../../shared/domain/server-state.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { DockerMirror } from '../../daemon-link/docker-mirror.ts';
import { confirm, withCancellableProgress } from '../../platform/ask.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import { profileOf } from '../../platform/pick-profile.ts';
import { forNotification, toPlainText } from '../../platform/plain-text.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';

export interface GatewayCommandsOptions {
  link: DaemonLink;
  docker: DockerMirror;
  register: RegisterCommand;
  report: ReportProblem;
}

/** Starting, stopping and watching the gateways of profiles. */
export function registerGateways({ link, docker, register, report }: GatewayCommandsOptions) {
  const { api } = link;
  const outputs = createGatewayOutputs(link);
  const profile = async (argument: unknown, title: string, fits: (gateway: Gateway | undefined) => boolean) => {
    await docker.ready();
    const fitting = docker.profiles.filter(({ id }) => fits(docker.gateway(id)));
    return await profileOf(argument, fitting.length > 0 ? fitting : docker.profiles, title);
  };
  const start = async ({ id, name }: Profile, call: 'startGateway' | 'restartGateway') => {
    const params = { profile: id };
    const gateway = await withCancellableProgress(`Starting the gateway of ${name}`, async signal => {
      // Leaving the request does not end the start, so a cancelled one is stopped.
      signal.addEventListener('abort', () => void api.stopGateway({ params }).catch(report), { once: true });
      return await api[call]({ params }, { signal });
    });
    tellLeftOut(name, gateway);
  };

  return disposeAll([
    outputs,
    register(commands.startGateway, async argument =>
      start(await profile(argument, 'Start Gateway', each => canStart(each?.state ?? 'stopped')), 'startGateway'),
    ),
    register(commands.restartGateway, async argument =>
      start(await profile(argument, 'Restart Gateway', each => canStop(each?.state ?? 'stopped')), 'restartGateway'),
    ),
    register(commands.stopGateway, async argument => {
      const { id, name } = await profile(argument, 'Stop Gateway', each => canStop(each?.state ?? 'stopped'));
      await withCancellableProgress(`Stopping the gateway of ${name}`, signal =>
        api.stopGateway({ params: { profile: id } }, { signal }),
      );
    }),
    register(commands.showGatewayOutput, async argument =>
      outputs.show((await profile(argument, 'Show Gateway Output', () => true)).id),
    ),
    register(commands.copyGatewayAddress, async argument => {
      const { id } = await profile(argument, 'Copy Gateway Address', each => each?.url != null);
      const url = docker.gateway(id)?.url;
      if (!url) throw new HostProblem('noGatewayAddress');
      await env.clipboard.writeText(url);
    }),
    register(commands.toggleOwnTools, async argument => {
      const { id, name } = await profile(argument, 'Switch the Gateway’s Own Tools', () => true);
      const ownTools = docker.gateway(id)?.ownTools !== true;
      if (ownTools) {
        await confirm(
          `Switch on the own tools of the gateway of ${name}?`,
          'With them an agent can search catalogs, add servers and change your profiles.',
          'Switch On',
        );
      }
      await api.updateGateway({ params: { profile: id }, body: { ownTools } });
    }),
  ]);
}

function tellLeftOut(name: string, { servers }: Gateway): void {
  const out = servers.filter(({ state }) => state === 'failed' || state === 'left-out');
  if (out.length === 0) return;
  const [first] = out;
  const text = `The gateway of ${name} runs without ${out.map(each => each.name).join(', ')}. ${first?.problem?.detail ?? ''}`;
  void window.showWarningMessage(forNotification(text));
}

/** One output channel for each gateway that somebody has looked at. */
function createGatewayOutputs(link: DaemonLink) {
  const channels = new Map<string, OutputChannel>();
  const take = (event: DaemonEvent) => {
    if (event.type !== 'gateway.output') return;
    for (const line of event.lines) channels.get(event.profile)?.appendLine(toPlainText(line));
  };
  const following = link.onEvent(take);
  return {
    async show(profile: string): Promise<void> {
      const known = channels.get(profile);
      if (known) return known.show(true);
      const { output } = await link.api.getGateway({ params: { profile } });
      const channel = window.createOutputChannel(`Quayside: gateway of ${profile}`);
      channels.set(profile, channel);
      for (const line of output) channel.appendLine(toPlainText(line));
      channel.show(true);
    },
    dispose() {
      following.dispose();
      for (const channel of channels.values()) channel.dispose();
    },
  };
}

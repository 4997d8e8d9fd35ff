import { window, workspace } from 'vscode';
import type { Container } from '../../../shared/api/containers.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { confirm } from '../../platform/ask.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { forNotification, toPlainText, withoutIcons } from '../../platform/plain-text.ts';
import { textIn } from '../../platform/row-argument.ts';

export interface ContainerCommandsOptions {
  link: DaemonLink;
  register: RegisterCommand;
  open: OpenPanel;
}

/** The containers that servers run in, and what they leave behind. */
export function registerContainers({ link, register, open }: ContainerCommandsOptions) {
  const { api } = link;
  return disposeAll([
    register(commands.openContainers, () => open('containers')),
    register(commands.stopContainer, async argument => {
      const { id, name } = await containerOf(link, argument, 'Stop Container');
      await confirm(
        `Stop ${name}?`,
        'A call that it is working on fails. Its server makes a new one when it is called.',
        'Stop',
      );
      await api.stopContainer({ params: { id } });
    }),
    register(commands.showContainerLog, async argument => {
      const { id } = await containerOf(link, argument, 'Show Container Log');
      const { lines } = await api.readContainerLogs({ params: { id }, query: { tail: 1_000 } });
      const content = lines.map(toPlainText).join('\n') || 'The container has written nothing.';
      await window.showTextDocument(await workspace.openTextDocument({ language: 'log', content }), { preview: true });
    }),
    register(commands.sweepContainers, async () => {
      await link.connect();
      const { removed, left } = await api.sweepContainers({ body: { dryRun: true } });
      const others = left.length > 0 ? ` ${left.length} of other clients stay.` : '';
      if (removed.length === 0) {
        void window.showInformationMessage(forNotification(`Nothing was left behind.${others}`));
        return;
      }
      const list = removed.map(({ server, image, id }) => `${server}: ${image} (${id.slice(0, 12)})`).join('\n');
      await confirm(`Remove ${removed.length} containers that were left behind?`, `${list}\n${others}`, 'Remove');
      const done = await api.sweepContainers({ body: {} });
      void window.showInformationMessage(forNotification(`${done.removed.length} containers were removed.`));
    }),
  ]);
}

async function containerOf(
  { api, connect }: DaemonLink,
  argument: unknown,
  title: string,
): Promise<Pick<Container, 'id' | 'name'>> {
  const id = textIn(argument, 'container', 'id');
  const name = textIn(argument, 'container', 'name');
  if (id && name) return { id, name };
  await connect();
  const all = await readAll(query => api.listContainers({ query }));
  const items = all
    .filter(({ owner }) => owner !== 'other')
    .map(each => ({
      label: withoutIcons(each.name),
      description: `${each.server}, ${each.state}`,
      detail: withoutIcons(each.image),
      value: each,
    }));
  return await pickOne(items, title, 'Choose a container');
}

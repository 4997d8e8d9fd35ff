import { env, Uri, window } from 'vscode';
import type { Permission } from '../../../shared/api/route.ts';
import { operationIds, routes } from '../../../shared/api/routes.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { readAll } from '../../daemon-link/pages.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import type { OpenPanel } from '../../platform/panel-host.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { withoutIcons } from '../../platform/plain-text.ts';
import { textIn } from '../../platform/row-argument.ts';

export interface ExplainCommandsOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
  open: OpenPanel;
}

type Who = { kind: 'owner' | 'user' | 'key' | 'agent'; id: string };

/** Where people and keys are looked at, why somebody may do something, and the way to one's own second factor. */
export function registerExplainCommands({ link, mirror, register, open }: ExplainCommandsOptions) {
  const { api } = link;
  return [
    register(commands.openAccess, argument => open(textIn(argument, 'kind') === 'key' ? 'access?tab=keys' : 'access')),
    register(commands.openAuditLog, () => open('access?tab=audit')),
    register(commands.setUpSecondFactor, async () => {
      const { mcpUrl } = await api.getSession();
      if (!mcpUrl) throw new HostProblem('noAddress');
      const page = new URL('/#/access?tab=account', mcpUrl).href;
      const chosen = await window.showInformationMessage(
        'A second factor belongs to a user, and this editor asks as the owner, who has none. Sign in on the page as the user it is for.',
        'Open Page',
        'Copy Address',
      );
      if (chosen === 'Open Page') await env.openExternal(await env.asExternalUri(Uri.parse(page, true)));
      if (chosen === 'Copy Address') await env.clipboard.writeText(page);
    }),
    register(commands.explainAccess, async argument => {
      await mirror.ready();
      const who = findWho(argument) ?? (await pickWho(link));
      const permission = await pickPermission();
      const server = await pickScope(mirror);
      const body = { who, permission, ...(server === null ? {} : { server }) };
      const { allowed, reasons } = await api.explainAccess({ body });
      const detail = reasons.map((reason, index) => `${index + 1}. ${reason}`).join('\n');
      const chosen = await window.showInformationMessage(
        allowed ? 'Allowed' : 'Not allowed',
        { modal: true, detail },
        'Open Roles',
      );
      if (chosen === 'Open Roles') open('access?tab=roles');
    }),
  ];
}

/** From a row of the tree. */
function findWho(argument: unknown): Who | undefined {
  const user = textIn(argument, 'user', 'id');
  if (user !== undefined) return { kind: 'user', id: user };
  const [id, kind] = [textIn(argument, 'key', 'id'), textIn(argument, 'key', 'kind')];
  return id === undefined ? undefined : { kind: kind === 'agent' ? 'agent' : 'key', id };
}

const toWho = (kind: Who['kind'], id: string): Who => ({ kind, id });

async function pickWho({ api }: DaemonLink): Promise<Who> {
  const users = await readAll(query => api.listUsers({ query }));
  const keys = await readAll(query => api.listKeys({ query }));
  const items = [
    ...users.map(({ id, name, roles }) => ({
      label: name,
      description: `user, ${roles.join(', ')}`,
      value: toWho('user', id),
    })),
    ...keys.map(({ id, name, kind }) => ({
      label: withoutIcons(name),
      description: kind === 'agent' ? 'agent' : 'key',
      value: toWho(kind, id),
    })),
    { label: 'The owner', description: 'this editor', value: toWho('owner', 'owner') },
  ];
  return await pickOne(items, 'Explain Access: Who', 'Choose about whom');
}

/** By what one wants to do: the permission that it takes is beside it. */
const pickPermission = (): Promise<Permission> =>
  pickOne(
    operationIds.flatMap(id => {
      const { summary, permission } = routes[id];
      return permission === 'public' ? [] : [{ label: summary, description: permission, value: permission }];
    }),
    'Explain Access: What',
    'Choose what it is about',
  );

/** Null: in general. */
async function pickScope(mirror: Mirror): Promise<string | null> {
  if (mirror.servers.length === 0) return null;
  return await pickOne<string | null>(
    [{ label: 'In general', value: null }, ...mirror.servers.map(({ id }) => ({ label: id, value: id }))],
    'Explain Access: To Which Server',
    'Choose the server',
  );
}

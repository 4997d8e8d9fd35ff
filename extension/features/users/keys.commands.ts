import { window } from 'vscode';
import * as z from 'zod';
import type { AccessKey } from '../../../shared/api/keys.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { askFor, confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { Cancelled } from '../../platform/host-problem.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { withoutIcons } from '../../platform/plain-text.ts';
import { handOver } from './hand-over.ts';
import { keyOf, pickRoles } from './pick-somebody.ts';

export interface KeyCommandsOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
}

const KeyName = z.string().min(1, 'A name is missing.').max(120, 'This is too long.');

const kinds: { label: string; detail: string; value: AccessKey['kind'] }[] = [
  { label: 'Agent', detail: 'An MCP client: it lists and calls tools and can do nothing else', value: 'agent' },
  { label: 'Program', detail: 'It does what its roles allow, by the API and the command line', value: 'key' },
];

const ends: { label: string; value: number | null }[] = [
  { label: 'In a year', value: 365 },
  { label: 'In 90 days', value: 90 },
  { label: 'In 30 days', value: 30 },
  { label: 'Never', value: null },
];

/** Keys of programs and agents. A new one goes to the clipboard, once. */
export function registerKeyCommands({ link: { api }, mirror, register }: KeyCommandsOptions) {
  const stay = { ignoreFocusOut: true };
  return [
    register(commands.createKey, async () => {
      await mirror.ready();
      const kind = await pickOne(kinds, 'Create Key: For Whom', 'Choose what the key is for', stay);
      const name = await askFor(KeyName, { title: 'Create Key: Name', prompt: 'A program, a machine, a client.' });
      const roles = kind === 'key' ? await pickRoles(`Create Key: Roles of ${name}`, ['viewer']) : [];
      const servers = await pickServers(mirror.servers);
      const expiresInDays = await pickOne(ends, 'Create Key: End', 'Choose when it ends', stay);
      const { key, secret } = await api.createKey({ body: { name, kind, roles, servers, expiresInDays } });
      const { mcpUrl } = await api.getSession();
      await handOver({
        title: `The key of ${key.name}`,
        detail: `It is kept as a hash and not shown again. It is sent as the header "Authorization: Bearer …"${kind === 'agent' && mcpUrl ? ` to ${mcpUrl}` : ''}.`,
        copy: 'Copy Key',
        text: secret,
        lost: `The key of ${key.name} was not copied, and nobody can read it any more. Delete it and make another.`,
      });
    }),
    register(commands.deleteKey, async argument => {
      const { id, name } = await keyOf(api, argument, 'Delete Key');
      await confirm(
        `Delete the key ${name}?`,
        'Whatever uses it is refused from now on, also by keys that it has made, and what is open ends within a second. It cannot be brought back.',
        'Delete',
      );
      await api.deleteKey({ params: { id } });
    }),
  ];
}

/** Null: all, also those that come later. Errors: Cancelled. */
async function pickServers(servers: readonly MCPServer[]): Promise<string[] | null> {
  if (servers.length === 0) return null;
  const all = await pickOne(
    [
      { label: 'All servers', detail: 'Also those that come later', value: true },
      { label: 'Only some', value: false },
    ],
    'Create Key: Servers',
    'Choose which servers it may use',
    { ignoreFocusOut: true },
  );
  if (all) return null;
  const chosen = await window.showQuickPick(
    servers.map(({ id, title }) => ({ label: id, description: title === id ? '' : withoutIcons(title) })),
    { title: 'Create Key: Servers', placeHolder: 'Tick one or more', canPickMany: true, ignoreFocusOut: true },
  );
  if (!chosen || chosen.length === 0) throw new Cancelled();
  return chosen.map(({ label }) => label);
}

import { window } from 'vscode';
import type { RouteOutput } from '../../../shared/api/route.ts';
import { type inviteUser, UserName } from '../../../shared/api/users.ts';
import { Password } from '../../../shared/domain/credentials.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { askFor, confirm } from '../../platform/ask.ts';
import type { RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { Cancelled } from '../../platform/host-problem.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { handOver } from './hand-over.ts';
import { pickRoles, userOf } from './pick-somebody.ts';

export interface UserCommandsOptions {
  link: DaemonLink;
  register: RegisterCommand;
}

/** What is done to users. The daemon decides; what it refuses is reported as it says it. */
export function registerUserCommands({ link: { api }, register }: UserCommandsOptions) {
  const say = (text: string) => window.setStatusBarMessage(`$(account) ${text}`, 5_000);
  return [
    register(commands.addUser, () => addUser(api)),
    register(commands.changeUserRoles, async argument => {
      const user = await userOf(api, argument, 'Change Roles');
      const roles = await pickRoles(`Roles of ${user.name}`, user.roles);
      await api.updateUser({ params: { id: user.id }, body: { roles } });
      say(`${user.name} has the roles ${roles.join(', ')}`);
    }),
    register(commands.inviteUser, async argument => {
      const { id, name } = await userOf(api, argument, 'Make New Invitation');
      await confirm(
        `Make a new invitation for ${name}?`,
        'The password of now stops working at once, and what is open ends.',
        'Make It',
      );
      await handOverInvitation(name, await api.inviteUser({ params: { id } }));
    }),
    register(commands.disableUser, async argument => {
      const { id, name } = await userOf(api, argument, 'Disable User');
      await api.updateUser({ params: { id }, body: { disabled: true } });
      say(`${name} is not let in any more`);
    }),
    register(commands.enableUser, async argument => {
      const { id, name } = await userOf(api, argument, 'Let User In Again');
      await api.updateUser({ params: { id }, body: { disabled: false } });
      say(`${name} is let in again`);
    }),
    register(commands.signOutUser, async argument => {
      const { id, name } = await userOf(api, argument, 'Sign User Out Everywhere');
      await api.signOutUser({ params: { id } });
      say(`All sessions and tokens of ${name} have ended`);
    }),
    register(commands.resetSecondFactor, async argument => {
      const { id, name } = await userOf(api, argument, 'Remove Second Factor');
      await confirm(
        `Remove the second factor of ${name}?`,
        'For a device that was lost. Until a new one is set up the password alone is enough; what is open ends.',
        'Remove',
      );
      await api.resetSecondFactor({ params: { id } });
    }),
    register(commands.deleteUser, async argument => {
      const { id, name, sessions, keys } = await userOf(api, argument, 'Delete User');
      await confirm(
        `Delete ${name}?`,
        [
          sessions === 0
            ? `${name} has nothing open now.`
            : `What ${name} has open ends within a second: ${sessions} now.`,
          ...(keys.length === 0 ? [] : [`These keys were made by ${name} and end with the user: ${keys.join(', ')}.`]),
          `${name} cannot sign in again. The audit log stays.`,
        ].join('\n'),
        'Delete',
      );
      await api.deleteUser({ params: { id } });
    }),
  ];
}

/** The first one is an admin until somebody unticks it. */
async function addUser(api: DaemonLink['api']): Promise<void> {
  const { total } = await api.listUsers({ query: { limit: 1 } });
  const title = total === 0 ? 'Make the First Admin' : 'Add User';
  const name = await askFor(UserName, {
    title: `${title}: Name`,
    prompt: 'What is typed to sign in: small letters, digits, dots, underscores and hyphens.',
  });
  const roles = await pickRoles(`${title}: Roles of ${name}`, total === 0 ? ['admin'] : ['viewer']);
  const byLink = await pickOne(
    [
      { label: 'Invitation', detail: `${name} chooses it, with a link that works once and for a day`, value: true },
      { label: 'Password', detail: `You type it here and tell ${name}`, value: false },
    ],
    `${title}: First Password`,
    'Choose how the first password is set',
    { ignoreFocusOut: true },
  );
  const password = byLink ? undefined : await askForPassword(`${title}: Password of ${name}`);
  const { invitation } = await api.createUser({
    body: { name, roles, ...(password === undefined ? {} : { password }) },
  });
  if (invitation) await handOverInvitation(name, invitation);
  else window.setStatusBarMessage(`$(account) ${name} was added`, 5_000);
}

/** As it was typed. Errors: Cancelled. */
async function askForPassword(title: string): Promise<string> {
  const password = await window.showInputBox({
    title,
    prompt: 'At least 12 characters.',
    password: true,
    ignoreFocusOut: true,
    validateInput: text => (text === '' ? undefined : Password.safeParse(text).error?.issues[0]?.message),
  });
  if (!password) throw new Cancelled();
  return password;
}

const handOverInvitation = (name: string, { url, expiresAt }: RouteOutput<typeof inviteUser>): Promise<void> =>
  handOver({
    title: `The invitation of ${name}`,
    detail: `The link opens the page on this machine, where a password is chosen. It works once, until ${expiresAt.slice(0, 16).replace('T', ' ')} UTC, and is not shown again.`,
    copy: 'Copy Link',
    text: url,
    lost: `The invitation of ${name} was not copied. Make a new one when it is needed.`,
  });

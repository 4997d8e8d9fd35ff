// Whom a command is about: the row that it was called on, or somebody who is chosen.

import { window } from 'vscode';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { AccessKey } from '../../../shared/api/keys.ts';
import type { User } from '../../../shared/api/users.ts';
import { describeRole, type Role, roles } from '../../../shared/domain/roles.ts';
import { readAll } from '../../daemon-link/pages.ts';
import { Cancelled, HostProblem } from '../../platform/host-problem.ts';
import { pickOne } from '../../platform/pick-server.ts';
import { withoutIcons } from '../../platform/plain-text.ts';
import { textIn } from '../../platform/row-argument.ts';

/** As it is now, whatever the row knew. Errors: USER_001, Cancelled, HostProblem `nobodyToChoose`. */
export async function userOf(api: ApiClient, argument: unknown, title: string): Promise<User> {
  const id = textIn(argument, 'user', 'id');
  if (id !== undefined) return await api.getUser({ params: { id } });
  const users = await readAll(query => api.listUsers({ query }));
  if (users.length === 0) throw new HostProblem('nobodyToChoose');
  const items = users.map(user => ({
    label: withoutIcons(user.name),
    description: user.roles.join(', '),
    detail: user.displayName === user.name ? '' : withoutIcons(user.displayName),
    value: user,
  }));
  return await pickOne(items, title, 'Choose a user');
}

/** Errors: Cancelled, HostProblem `nobodyToChoose`. */
export async function keyOf(api: ApiClient, argument: unknown, title: string): Promise<Pick<AccessKey, 'id' | 'name'>> {
  const [id, name] = [textIn(argument, 'key', 'id'), textIn(argument, 'key', 'name')];
  if (id !== undefined && name !== undefined) return { id, name };
  const keys = await readAll(query => api.listKeys({ query }));
  if (keys.length === 0) throw new HostProblem('nobodyToChoose');
  const items = keys.map(key => ({ label: withoutIcons(key.name), description: `${key.hint}…`, value: key }));
  return await pickOne(items, title, 'Choose a key');
}

/** At least one. Errors: Cancelled. */
export async function pickRoles(title: string, chosen: readonly Role[]): Promise<Role[]> {
  const items = roles.map(role => ({ label: role, detail: describeRole(role), picked: chosen.includes(role), role }));
  const picked = await window.showQuickPick(items, {
    title,
    placeHolder: 'Tick one or more roles',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (!picked || picked.length === 0) throw new Cancelled();
  return picked.map(({ role }) => role);
}

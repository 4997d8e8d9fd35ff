// The People tree as a function from state to rows. No link and no key is in any of them.
import type { AccessKey } from '../../../shared/api/keys.ts';
import type { User } from '../../../shared/api/users.ts';
import { type UserState, userStateOf } from '../../../shared/domain/user-state.ts';
import { commands } from '../../platform/contributions.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export interface UserRow {
  kind: 'user';
  user: User;
}
export interface KeyRow {
  kind: 'key';
  key: AccessKey;
}
export type PeopleRow = UserRow | KeyRow;

/** Users by name, then keys by name. */
export const peopleRows = (users: readonly User[], keys: readonly AccessKey[]): PeopleRow[] => [
  ...[...users].sort(byName).map((user): UserRow => ({ kind: 'user', user })),
  ...[...keys].sort(byName).map((key): KeyRow => ({ kind: 'key', key })),
];

const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);

/** `now` in epoch milliseconds. */
export const toPeopleNode = (row: PeopleRow, now: number): TreeNode =>
  row.kind === 'user' ? userNode(row.user, now) : keyNode(row.key, now);

const words: Record<UserState, { text: string; icon: TreeNode['icon'] }> = {
  active: { text: '', icon: { id: 'account' } },
  disabled: { text: 'disabled', icon: { id: 'circle-slash', color: 'disabledForeground' } },
  locked: { text: 'locked', icon: { id: 'lock', color: 'editorWarning.foreground' } },
  invited: { text: 'invited', icon: { id: 'mail' } },
  elsewhere: { text: 'no password', icon: { id: 'account' } },
};

function userNode(user: User, now: number): TreeNode {
  const state = userStateOf(user, now);
  const { text, icon } = words[state];
  const roles = user.roles.join(', ');
  return {
    id: `user ${user.id}`,
    label: user.name,
    description: [roles, text].filter(Boolean).join(' · '),
    icon,
    marks: [
      'user',
      state,
      user.disabled ? 'disabled' : 'enabled',
      ...(user.sessions > 0 ? ['open'] : []),
      ...(user.secondFactor ? ['factor'] : []),
    ],
    tooltip: facts(user.displayName, [
      ['Roles', roles],
      ['State', state === 'locked' ? `locked until ${toMinute(user.lockedUntil)}` : text || 'active'],
      ['Second factor', user.secondFactor ? `yes, ${user.recoveryCodesLeft ?? 0} recovery codes left` : 'no'],
      ['Sessions', String(user.sessions)],
      ['Last sign-in', toMinute(user.lastSignInAt)],
    ]),
    command: { id: commands.openAccess, title: 'Open' },
    spoken: `User ${user.name}, ${roles}${text ? `, ${text}` : ''}`,
  };
}

function keyNode(key: AccessKey, now: number): TreeNode {
  const isOver = key.expiresAt !== null && Date.parse(key.expiresAt) <= now;
  const may = key.kind === 'agent' ? 'agent' : key.roles.join(', ');
  const state = isOver ? 'ended' : key.suspended ? 'lets nobody in now' : '';
  const servers = key.servers === null ? 'all servers' : key.servers.join(', ') || 'no server';
  return {
    id: `key ${key.id}`,
    label: key.name,
    description: [may, servers, state].filter(Boolean).join(' · '),
    icon: state ? { id: 'warning', color: 'editorWarning.foreground' } : { id: key.kind === 'agent' ? 'hubot' : 'key' },
    marks: ['key', key.kind, isOver ? 'ended' : key.suspended ? 'suspended' : 'good'],
    tooltip: facts(key.name, [
      ['Begins with', key.hint],
      ['May', key.kind === 'agent' ? 'list and call tools' : `do what ${may} may`],
      ['Servers', servers],
      ['Made by', key.createdBy],
      ['Ends', key.expiresAt === null ? 'never' : toMinute(key.expiresAt)],
      ['Last used', toMinute(key.lastUsedAt)],
      ...(key.suspended
        ? [
            ['State', 'the user who made it is disabled, or may not do any more what it was made for'] as [
              string,
              string,
            ],
          ]
        : []),
    ]),
    command: { id: commands.openAccess, title: 'Open' },
    spoken: `${key.kind === 'agent' ? 'Agent key' : 'Key'} ${key.name}, ${servers}${state ? `, ${state}` : ''}`,
  };
}

const facts = (heading: string, pairs: [string, string][]): TooltipPart[] => [
  { kind: 'heading', text: heading },
  ...pairs.map(([name, value]): TooltipPart => ({ kind: 'fact', name, value })),
];

/** "2026-01-31 09:05 UTC", or "never". */
const toMinute = (iso: string | null): string => (iso === null ? 'never' : `${iso.slice(0, 16).replace('T', ' ')} UTC`);

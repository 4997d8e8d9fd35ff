import type { Command } from 'commander';
import type { RouteOutput } from '../../../shared/api/route.ts';
import type { inviteUser, User } from '../../../shared/api/users.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';
import { type Role, roles } from '../../../shared/domain/roles.ts';
import { readPassphrase } from '../arguments/secret-input.ts';
import { collect, findUser, toRole, toUserName } from '../arguments/users.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';

const nameHelp = 'the user’s name';

export function addUserCommands(program: Command, act: Act): void {
  const users = program.command('users').description('say who else may come in, and what each may do');
  users.command('list').description('list the users').action(act(listUsers));
  users
    .command('add')
    .description('add a user, who gets a link to choose a password')
    .argument('<name>', nameHelp, toUserName)
    .requiredOption('--role <role>', `${roles.join(', ')}; may be given several times`, collect(toRole))
    .option('--display-name <text>', 'the name that is shown')
    .option('--password', 'type a password now, without echo, or hand it in by standard input; then no link is made')
    .action(act(addUser));
  users.command('show').description('show one user').argument('<name>', nameHelp, toUserName).action(act(showUser));
  users
    .command('role')
    .description('give a user other roles; what it has open is closed')
    .argument('<name>', nameHelp, toUserName)
    .argument('<roles...>', `one or more of ${roles.join(', ')}`)
    .action(act(changeRoles));
  for (const [word, description, handler] of [
    ['disable', 'let a user in no longer, nor the keys that it has made; what they have open ends', setDisabled(true)],
    ['enable', 'let a user in again', setDisabled(false)],
    ['remove', 'remove a user with its sessions, and the keys that it has made', removeUser],
    ['invite', 'make a link that sets a new password; the old one is gone at once', inviteAgain],
    ['sign-out', 'end all sessions and tokens of a user', signOut],
    ['reset-factor', 'take a second factor away whose device was lost', resetFactor],
  ] as const) {
    users.command(word).description(description).argument('<name>', nameHelp, toUserName).action(act(handler));
  }
}

async function listUsers(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query => api.listUsers({ query }, { signal: context.signal }));
  const table = renderTable(
    page.items,
    [
      { heading: 'NAME', value: user => user.name },
      { heading: 'ROLES', value: user => user.roles.join(', ') },
      { heading: 'STATE', value: stateOf, colour: user => (stateOf(user) === 'active' ? 'green' : 'red') },
      { heading: 'FACTOR', value: user => (user.secondFactor ? 'yes' : 'no') },
      { heading: 'SESSIONS', value: user => user.sessions },
      { heading: 'LAST SIGN-IN', value: user => user.lastSignInAt },
    ],
    context.output.look,
  );
  const none = 'There are no users but you, the owner. Add one: quayside users add <name> --role admin';
  return { document: page, text: page.total === 0 ? none : table };
}

function stateOf({ disabled, lockedUntil, hasPassword }: User): string {
  if (disabled) return 'disabled';
  if (lockedUntil !== null) return 'locked';
  return hasPassword ? 'active' : 'invited';
}

type Link = RouteOutput<typeof inviteUser>;
const describeLink = (link: Link): string => `${link.url}\nIt works once, until ${link.expiresAt}.`;

interface AddOptions {
  role: Role[];
  displayName?: string;
  password?: boolean;
}

async function addUser(context: CommandContext, name: string, options: AddOptions): Promise<CommandResult> {
  const api = await context.connect();
  const password = options.password ? await readPassphrase(context, true, 'Password') : undefined;
  const document = await api.createUser(
    { body: { name, roles: options.role, ...definedOnly({ displayName: options.displayName, password }) } },
    { signal: context.signal },
  );
  const { invitation } = document;
  const how = invitation ? ` Hand this link to ${name}:\n${describeLink(invitation)}` : '';
  return { document, text: `Added ${name}.${how}` };
}

async function showUser(context: CommandContext, name: string): Promise<CommandResult> {
  const user = await findUser(await context.connect(), name, context.signal);
  const text = renderPairs(
    [
      ['Name', user.name],
      ['Shown as', user.displayName],
      ['Roles', user.roles.join(', ')],
      ['State', user.lockedUntil === null ? stateOf(user) : `locked until ${user.lockedUntil}`],
      ['Second factor', user.secondFactor ? `yes, ${user.recoveryCodesLeft} recovery codes left` : 'no'],
      ['Sessions', String(user.sessions)],
      ['Keys made', user.keys.join(', ') || null],
      ['Last sign-in', user.lastSignInAt],
      ['Added', user.createdAt],
    ],
    context.output.style,
  );
  return { document: user, text };
}

async function changeRoles(context: CommandContext, name: string, given: string[]): Promise<CommandResult> {
  const wanted = given.map(text => {
    const role = roles.find(each => each === text);
    if (role) return role;
    throw new UsageError(`There is no role "${text}". The roles are ${roles.join(', ')}.`);
  });
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findUser(api, name, signal);
  const document = await api.updateUser({ params: { id }, body: { roles: wanted } }, { signal });
  return { document, text: `${name} has the roles ${document.roles.join(', ')}.` };
}

const setDisabled =
  (disabled: boolean) =>
  async (context: CommandContext, name: string): Promise<CommandResult> => {
    const api = await context.connect();
    const { signal } = context;
    const { id } = await findUser(api, name, signal);
    const document = await api.updateUser({ params: { id }, body: { disabled } }, { signal });
    return { document, text: disabled ? `${name} is not let in any more.` : `${name} is let in again.` };
  };

async function removeUser(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id, keys } = await findUser(api, name, signal);
  const document = await api.deleteUser({ params: { id } }, { signal });
  const ended = keys.length === 0 ? '' : ` The keys that ${name} had made went too: ${keys.join(', ')}.`;
  return { document, text: `Removed ${name}.${ended}` };
}

async function inviteAgain(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findUser(api, name, signal);
  const document = await api.inviteUser({ params: { id } }, { signal });
  return { document, text: describeLink(document) };
}

async function signOut(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findUser(api, name, signal);
  const document = await api.signOutUser({ params: { id } }, { signal });
  return { document, text: `All sessions and tokens of ${name} have ended.` };
}

async function resetFactor(context: CommandContext, name: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  const { id } = await findUser(api, name, signal);
  const document = await api.resetSecondFactor({ params: { id } }, { signal });
  return { document, text: `${name} signs in without a second factor now, until a new one is set up.` };
}

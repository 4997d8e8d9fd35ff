// The users, and what is done to them. An invitation is held here until it was taken along, and nowhere else.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { RouteOutput } from '../../shared/api/route.ts';
import type { inviteUser, User } from '../../shared/api/users.ts';
import type { Role } from '../../shared/domain/roles.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface NewUser {
  name: string;
  displayName: string;
  roles: Role[];
  /** Empty: an invitation is made. */
  password: string;
}

export interface UserChange {
  displayName?: string;
  roles?: Role[];
  disabled?: boolean;
}

export interface ShownInvitation extends RouteOutput<typeof inviteUser> {
  userName: string;
}

export interface UsersState {
  /** By name. */
  readonly users: Load<User[]>;
  /** The last one that was made, until somebody has taken it. */
  readonly invitation: ReadonlySignal<ShownInvitation | undefined>;
  readonly adding: Act;
  /** Runs under the name of what is done: "roles", "disable", "sign-out", "factor", "invite", "delete". */
  readonly changing: Act;
  /** Whom the last change was about. */
  readonly changed: ReadonlySignal<string | undefined>;
  add(user: NewUser): Promise<boolean>;
  change(user: User, change: UserChange): Promise<boolean>;
  signOut(user: User): Promise<boolean>;
  resetFactor(user: User): Promise<boolean>;
  invite(user: User): Promise<boolean>;
  remove(user: User): Promise<boolean>;
  forgetInvitation(): void;
  close(): void;
}

export function createUsersState({ api, live }: Pick<App, 'api' | 'live'>): UsersState {
  const users = createLoad(async abort =>
    byName(await readAllPages(query => api.listUsers({ query }, { signal: abort }))),
  );
  const invitation = signal<ShownInvitation | undefined>(undefined);
  const changed = signal<string | undefined>(undefined);
  const [adding, changing] = [createAct(), createAct()];
  void users.reload();
  const stopListening = live.onEvent(({ type }) => {
    if (type === 'reset' || type === 'access.changed') void users.reload();
  });
  const put = (user: User) =>
    users.set(byName([...(users.value.value ?? []).filter(({ id }) => id !== user.id), user]));

  /** One act on one user. What was refused stays beside that user. */
  const act = async (what: string, user: User, said: string, run: () => Promise<unknown>): Promise<boolean> => {
    if (changing.running.value === undefined) changed.value = user.id;
    const done = await changing.run(what, async () => {
      await run();
      announce(said);
      return true;
    });
    if (done) await users.reload();
    return done ?? false;
  };

  return {
    users,
    invitation,
    adding,
    changing,
    changed,
    add: async ({ name, displayName, roles, password }) =>
      (await adding.run('add', async () => {
        const shown = displayName.trim();
        const body = { name, roles, ...(shown ? { displayName: shown } : {}), ...(password ? { password } : {}) };
        const made = await api.createUser({ body });
        put(made.user);
        invitation.value = made.invitation ? { ...made.invitation, userName: name } : undefined;
        announce(`${name} was added.`);
        return true;
      })) ?? false,
    change: (user, change) =>
      act(change.disabled === undefined ? 'roles' : 'disable', user, `${user.name} was changed.`, async () =>
        put(await api.updateUser({ params: { id: user.id }, body: change })),
      ),
    signOut: user =>
      act('sign-out', user, `${user.name} was signed out.`, () => api.signOutUser({ params: { id: user.id } })),
    resetFactor: user =>
      act('factor', user, `The second factor of ${user.name} was removed.`, async () =>
        put(await api.resetSecondFactor({ params: { id: user.id } })),
      ),
    invite: user =>
      act('invite', user, `There is a new invitation for ${user.name}.`, async () => {
        invitation.value = { ...(await api.inviteUser({ params: { id: user.id } })), userName: user.name };
      }),
    remove: user =>
      act('delete', user, `${user.name} was deleted.`, async () => {
        await api.deleteUser({ params: { id: user.id } });
        if (invitation.value?.userName === user.name) invitation.value = undefined;
      }),
    forgetInvitation() {
      invitation.value = undefined;
    },
    close() {
      stopListening();
      users.close();
    },
  };
}

const byName = (users: readonly User[]): User[] => [...users].sort((a, b) => (a.name < b.name ? -1 : 1));

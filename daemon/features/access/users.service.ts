// Who the users are, and the rules that keep anybody from giving away what is not theirs and from locking everybody out.
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { User } from '../../../shared/api/users.ts';
import type { Role } from '../../../shared/domain/roles.ts';
import type { Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { Credentialed } from './credentialed.ts';
import type { Keys } from './keys.ts';
import type { LockOut } from './lock-out.ts';
import type { Passwords } from './passwords.ts';
import { refuseMore } from './role-grants.ts';
import type { SecondFactor } from './second-factor.ts';
import { hash, newSecret } from './secret-text.ts';
import type { StoredUser, UserRepository } from './users.repository.ts';

export interface NewUser {
  name: string;
  displayName?: string | undefined;
  roles: readonly Role[];
  password?: string | undefined;
}

export interface UserChange {
  displayName?: string | undefined;
  roles?: readonly Role[] | undefined;
  disabled?: boolean | undefined;
}

export interface UserService {
  list(query: PageQuery & { q?: string | undefined }): Page<User>;
  /** Errors of all that take an id: USER_001. */
  get(id: string): User;
  stored(id: string): StoredUser;
  /** Errors: USER_002, USER_003. */
  create(by: Principal | null, user: NewUser): Promise<User>;
  /** Errors: USER_003. */
  update(by: Principal | null, id: string, change: UserChange): User;
  /** Errors: USER_003. */
  remove(by: Principal | null, id: string): void;
  /** A ticket that sets a new password; the old one is gone at once. Errors: USER_003. */
  invite(by: Principal | null, id: string): { ticket: string; expiresAt: string };
  /** The user of a ticket, which is good still. Errors: ACCESS_005. */
  invited(ticket: string): StoredUser;
  /** Sets the password of an invitation, once. Errors: ACCESS_005. */
  takeInvitation(ticket: string, password: string): Promise<StoredUser>;
  setPassword(user: StoredUser, password: string): Promise<void>;
  resetSecondFactor(by: Principal | null, id: string): User;
}

export interface UserServiceOptions {
  users: UserRepository;
  passwords: Passwords;
  secondFactor: SecondFactor;
  lockOut: LockOut;
  credentialed: Credentialed;
  /** Those that users have made. */
  keys: Pick<Keys, 'ofUser' | 'cutOfUser'>;
  clock: Clock;
}

const invitationHours = 24;

export function createUserService(options: UserServiceOptions): UserService {
  const { users, passwords, secondFactor, lockOut, credentialed, keys, clock } = options;
  const now = () => toTimestamp(clock.now());
  const stored = (id: string): StoredUser => {
    const user = users.find(id);
    if (user) return user;
    throw problem('USER_001', { detail: 'No user has this id.', next: 'The list of users shows the ids.' });
  };
  const present = (user: StoredUser): User => ({
    id: user.id,
    name: user.name,
    displayName: user.displayName,
    roles: user.roles,
    disabled: user.disabled,
    hasPassword: user.password !== null,
    secondFactor: user.factorConfirmedAt !== null,
    recoveryCodesLeft: user.factorConfirmedAt === null ? null : user.recovery.length,
    lockedUntil: lockOut.lockedUntil(user.name),
    lastSignInAt: user.lastSignInAt,
    sessions: credentialed.count(user.id),
    keys: keys.ofUser(user.id).map(({ name }) => name),
    createdAt: user.createdAt,
  });
  const get = (id: string): User => present(stored(id));
  const refuseLastAdmin = (by: Principal | null, id: string): void => {
    if (by?.kind !== 'owner' && users.admins().every(each => each === id)) throw lastAdmin();
  };
  const findInvited = (ticket: string): StoredUser => {
    const id = users.findInvited(hash(ticket), now());
    const user = id === undefined ? undefined : users.find(id);
    if (!user || user.disabled) throw noInvitation();
    return user;
  };

  return {
    list(query) {
      const page = users.list(query);
      return { ...page, items: page.items.map(present) };
    },
    get,
    stored,
    async create(by, { name, displayName = name, roles, password }) {
      refuseMore(by, roles);
      const hashed = password === undefined ? null : await passwords.hash(password);
      if (users.findByName(name)) throw nameTaken(name);
      return get(users.insert({ name, displayName, roles, password: hashed, at: now() }));
    },
    update(by, id, change) {
      const before = stored(id);
      refuseMore(by, [...before.roles, ...(change.roles ?? [])]);
      const after = {
        displayName: change.displayName ?? before.displayName,
        roles: change.roles ?? before.roles,
        disabled: change.disabled ?? before.disabled,
      };
      const wasAdmin = before.roles.includes('admin') && !before.disabled;
      if (wasAdmin && (after.disabled || !after.roles.includes('admin'))) refuseLastAdmin(by, id);
      users.update(id, after, now());
      // What its keys may do hangs on it: they come back as what they are now, or not at all.
      if (change.roles || change.disabled !== undefined) keys.cutOfUser(id);
      if (after.disabled && !before.disabled) credentialed.endAll(id);
      else if (change.roles || change.disabled !== undefined) credentialed.changed(id);
      return get(id);
    },
    remove(by, id) {
      const user = stored(id);
      refuseMore(by, user.roles);
      if (user.roles.includes('admin') && !user.disabled) refuseLastAdmin(by, id);
      credentialed.endAll(id);
      secondFactor.remove(user);
      keys.cutOfUser(id);
      // Its keys go with the row.
      users.remove(id);
    },
    invite(by, id) {
      const user = stored(id);
      refuseMore(by, user.roles);
      const ticket = newSecret();
      const expiresAt = toTimestamp(clock.now() + invitationHours * 3_600_000);
      users.transaction(() => {
        users.removeInvitations(id);
        users.savePassword(id, null, now());
        users.saveInvitation(hash(ticket), id, expiresAt);
      });
      credentialed.endAll(id);
      lockOut.forgive(user.name);
      return { ticket, expiresAt };
    },
    invited: findInvited,
    async takeInvitation(ticket, password) {
      const hashed = await passwords.hash(password);
      return users.transaction(() => {
        const { id } = findInvited(ticket);
        users.removeInvitations(id);
        users.savePassword(id, hashed, now());
        return stored(id);
      });
    },
    async setPassword(user, password) {
      users.savePassword(user.id, await passwords.hash(password), now());
    },
    resetSecondFactor(by, id) {
      const user = stored(id);
      refuseMore(by, user.roles);
      secondFactor.remove(user);
      credentialed.endAll(id);
      return get(id);
    },
  };
}

const lastAdmin = () =>
  problem('USER_003', {
    detail: 'This is the last user with the role admin who can sign in.',
    next: 'Give another user the role first, or do it as the owner, with the command line.',
  });

const nameTaken = (name: string) =>
  problem('USER_002', { detail: `There is a user called "${name}".`, next: 'Choose another name.' });

const noInvitation = () =>
  problem('ACCESS_005', {
    detail: 'The invitation was used already, or it is more than a day old.',
    next: 'Ask for a new one.',
  });

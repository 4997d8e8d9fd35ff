// The one check of name, password and second factor, for the page and for programs. It says the same of whatever is wrong.
import { problem } from '../../../shared/api/problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { Attempt, LockOut } from './lock-out.ts';
import type { Passwords } from './passwords.ts';
import type { SecondFactor } from './second-factor.ts';
import type { StoredUser, UserRepository } from './users.repository.ts';

export interface Credentials {
  name: string;
  password: string;
  code?: string | undefined;
}

export interface SignedIn {
  user: StoredUser;
  /** When the second factor was given; null without one. */
  factorAt: string | null;
}

export interface SignIn {
  /** Errors: ACCESS_006 wrong, ACCESS_007 a code is missing, ACCESS_008 too often, SECRET_003. */
  byPassword(given: Credentials, address: string | null): Promise<SignedIn>;
  /**
   * By a proof that somebody else has checked: it answers with the user's id, or null if it is wrong. What it throws is
   * neither right nor wrong. Errors: those of byPassword and of the proof.
   */
  byProof(
    name: string,
    prove: () => Promise<string | null>,
    code: string | undefined,
    address: string | null,
  ): Promise<SignedIn>;
  /** The same for somebody who is known already. Errors: ACCESS_006, ACCESS_008. */
  checkPassword(user: StoredUser, password: string, address: string | null): Promise<void>;
  /** Errors: ACCESS_006, ACCESS_008, SECRET_003. */
  takeCode(user: StoredUser, code: string, address: string | null): void;
  /** The recovery codes of a factor that is set up. Errors: ACCESS_006, ACCESS_008, SECRET_003. */
  confirmCode(user: StoredUser, code: string, address: string | null): string[];
  /** The factor of somebody who has proved everything else. Errors: as above, ACCESS_007. */
  finish(user: StoredUser, code: string | undefined, address: string | null): SignedIn;
}

export interface SignInOptions {
  users: UserRepository;
  passwords: Passwords;
  secondFactor: SecondFactor;
  lockOut: LockOut;
  clock: Clock;
}

export function createSignIn({ users, passwords, secondFactor, lockOut, clock }: SignInOptions): SignIn {
  const now = () => toTimestamp(clock.now());

  const matches = async (user: StoredUser | undefined, password: string): Promise<boolean> => {
    const found = await passwords.check(password, user?.password ?? null);
    if (!user || found === 'wrong') return false;
    if (found === 'outdated') users.savePassword(user.id, await passwords.hash(password), now());
    return true;
  };
  const countedCode = <T>(user: StoredUser, address: string | null, act: () => T | false | undefined): T => {
    // Counted apart from the password: who has that already must not get more guesses by giving it again.
    const attempt = lockOut.begin(user.id, address, 'code');
    try {
      const result = act();
      if (result === undefined || result === false) throw wrong();
      attempt.succeeded();
      return result;
    } catch (error) {
      if (isLocked(error)) attempt.withdraw();
      throw error;
    }
  };
  const takeCode: SignIn['takeCode'] = (user, code, address) => {
    countedCode(user, address, () => secondFactor.take(user, code));
  };
  const finish: SignIn['finish'] = (user, code, address) => {
    if (user.factorConfirmedAt === null) {
      users.signedIn(user.id, now());
      return { user, factorAt: null };
    }
    if (code === undefined) throw codeMissing();
    takeCode(user, code, address);
    users.signedIn(user.id, now());
    return { user, factorAt: now() };
  };

  return {
    async byPassword({ name, password, code }, address) {
      const attempt = lockOut.begin(name, address);
      const user = users.findByName(name);
      const isRight = await checked(attempt, () => matches(user, password));
      if (!isRight || !user) throw wrong();
      // Meanwhile it may have been disabled; who is disabled learns no more than who is wrong.
      const present = users.find(user.id);
      if (!present || present.disabled) throw wrong();
      attempt.succeeded();
      return finish(present, code, address);
    },
    async byProof(name, prove, code, address) {
      const attempt = lockOut.begin(name, address);
      const userId = await checked(attempt, prove);
      const present = userId === null ? undefined : users.find(userId);
      if (!present || present.disabled) throw wrong();
      attempt.succeeded();
      return finish(present, code, address);
    },
    async checkPassword(user, password, address) {
      const attempt = lockOut.begin(user.name, address);
      if (!(await checked(attempt, () => matches(user, password)))) throw wrong();
      attempt.succeeded();
    },
    takeCode,
    confirmCode: (user, code, address) => countedCode(user, address, () => secondFactor.confirm(user, code)),
    finish,
  };
}

/** What could not be checked was neither right nor wrong: others who keep the daemon busy lock nobody out. */
async function checked<T>(attempt: Attempt, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    attempt.withdraw();
    throw error;
  }
}

const isLocked = (error: unknown): boolean => (error as { code?: string }).code?.startsWith('SECRET_') === true;

const wrong = () =>
  problem('ACCESS_006', {
    detail: 'The name, the password or the code is wrong, or this user may not sign in.',
    next: 'Try again; somebody with the role admin can make a new invitation.',
  });

const codeMissing = () =>
  problem('ACCESS_007', {
    detail: 'This user has a second factor.',
    next: 'Send a code of the authenticator, or a recovery code, together with the rest.',
  });

// What a user does with its own account.
import { problem } from '../../../shared/api/problem.ts';
import type { Handlers } from '../../http/context.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import type { Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { Credentialed } from './credentialed.ts';
import type { SecondFactor } from './second-factor.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { TokenFamilies } from './token-families.ts';
import type { TokenService } from './tokens.service.ts';
import type { StoredUser } from './users.repository.ts';
import type { UserService } from './users.service.ts';

type MyOperations =
  | 'changeMyPassword'
  | 'beginSecondFactor'
  | 'confirmSecondFactor'
  | 'removeSecondFactor'
  | 'giveSecondFactor'
  | 'listMySessions'
  | 'endMySession';

export interface MyNeeds {
  users: UserService;
  signIn: SignIn;
  secondFactor: SecondFactor;
  sessions: Sessions;
  families: TokenFamilies;
  tokens: TokenService;
  credentialed: Credentialed;
  lifelines: Lifelines;
  clock: Clock;
}

export function myHandlers(needs: MyNeeds): Pick<Handlers, MyOperations> {
  const { users, signIn, secondFactor, sessions, families, tokens, credentialed, lifelines, clock } = needs;
  const currentOf = (principal: Principal | null) => principal?.sessionHash ?? principal?.familyId;
  const userOf = (principal: Principal | null): StoredUser => {
    if (principal?.kind !== 'user') throw notForYou();
    return users.stored(principal.id);
  };
  const factorGiven = ({ sessionHash, familyId }: Principal): void => {
    const at = toTimestamp(clock.now());
    if (sessionHash) sessions.factorGiven(sessionHash, at);
    if (familyId) families.factorGiven(familyId, at);
  };

  return {
    changeMyPassword: async ({ body }, { principal, address }) => {
      const user = userOf(principal);
      if (user.password === null) throw notForYou();
      await signIn.checkPassword(user, body.current, address);
      await users.setPassword(user, body.password);
      credentialed.endAll(user.id, currentOf(principal));
      return {};
    },
    beginSecondFactor: (_, { principal }) => {
      const user = userOf(principal);
      if (user.password === null) throw notForYou();
      return secondFactor.begin(user);
    },
    confirmSecondFactor: ({ body }, { principal, address }) => {
      const user = userOf(principal);
      const recoveryCodes = signIn.confirmCode(user, body.code, address);
      if (principal) factorGiven(principal);
      // What was opened without it does not go on without it.
      credentialed.endAll(user.id, currentOf(principal));
      return { recoveryCodes };
    },
    removeSecondFactor: ({ body }, { principal, address }) => {
      const user = userOf(principal);
      signIn.takeCode(user, body.code, address);
      secondFactor.remove(user);
      credentialed.changed(user.id);
      return {};
    },
    giveSecondFactor: ({ body }, { principal, address }) => {
      const user = userOf(principal);
      if (user.factorConfirmedAt === null) throw notForYou('This user has no second factor.');
      signIn.takeCode(user, body.code, address);
      if (principal) factorGiven(principal);
      return {};
    },
    listMySessions: (_, { principal }) => {
      const current = currentOf(principal);
      return { items: mine(principal).map(each => ({ ...each, current: each.id === current })) };
    },
    endMySession: ({ params }, { principal }) => {
      const isMine = mine(principal).some(({ id }) => id === params.id);
      const userId = principal?.kind === 'user' ? principal.id : null;
      if (!isMine) throw noSession();
      if (sessions.end(params.id, userId)) lifelines.cut(`session:${params.id}`);
      else if (userId !== null) tokens.end(params.id, userId);
      return {};
    },
  };

  function mine(principal: Principal | null) {
    if (principal?.kind === 'owner') return sessions.list(null);
    return principal?.kind === 'user' ? [...sessions.list(principal.id), ...families.list(principal.id)] : [];
  }
}

const notForYou = (detail = 'The owner, keys, and users who sign in elsewhere have no password here.') =>
  problem('USER_004', { detail, next: 'Sign in as a user with a password.' });

const noSession = () =>
  problem('ACCESS_009', {
    detail: 'You have no session of this id.',
    next: 'The list of your sessions shows the ids.',
  });

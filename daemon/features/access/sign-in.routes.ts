import type { Handlers } from '../../http/context.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Address, giveSession } from './access.routes.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';
import type { TokenService } from './tokens.service.ts';
import type { UserRepository } from './users.repository.ts';
import type { UserService } from './users.service.ts';

type SignInOperations = 'listSignInMethods' | 'signIn' | 'takeInvitation' | 'createTokens' | 'revokeTokens';

export interface SignInNeeds {
  repository: UserRepository;
  users: UserService;
  signIn: SignIn;
  sessions: Sessions;
  tokens: TokenService;
  providers: () => { id: string; title: string }[];
  hasBitwarden: () => boolean;
  address: () => Address | null;
  clock: Clock;
}

export const signInHandlers = (needs: SignInNeeds): Pick<Handlers, SignInOperations> => {
  const { repository, users, signIn, sessions, tokens, providers, hasBitwarden, address, clock } = needs;
  return {
    listSignInMethods: () => ({
      password: repository.hasPasswords(),
      providers: providers(),
      bitwarden: hasBitwarden(),
    }),
    signIn: async ({ body }, { address: caller, from, setSession }) => {
      const { user, factorAt } = await signIn.byPassword(body, caller);
      return giveSession(sessions.create(user, { from, factorAt }), { setSession }, address(), clock);
    },
    takeInvitation: async ({ body }, { address: caller, from, setSession }) => {
      // The factor first: a wrong code leaves the invitation as it was.
      const { factorAt } = signIn.finish(users.invited(body.ticket), body.code, caller);
      const user = await users.takeInvitation(body.ticket, body.password);
      return giveSession(sessions.create(user, { from, factorAt }), { setSession }, address(), clock);
    },
    createTokens: async ({ body }, { address: caller, from }) =>
      body.grant === 'refresh'
        ? await tokens.refresh(body.refreshToken)
        : await tokens.create(await signIn.byPassword(body, caller), from),
    revokeTokens: ({ body }) => {
      tokens.revoke(body.refreshToken);
      return {};
    },
  };
};

// Signing in by an account of Bitwarden that is linked to a user: counted and refused as a password is.
import type { Handlers } from '../../http/context.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Address, giveSession } from './access.routes.ts';
import type { Sessions } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

/** Who proves accounts; nothing of the access slice is known there. */
export interface BitwardenProof {
  /** The id of the linked user; null: it is wrong. */
  prove(given: {
    email: string;
    password: string;
    code?: string | undefined;
    apiKey?: { clientId: string; clientSecret: string } | undefined;
  }): Promise<string | null>;
  hasLinks(): boolean;
}

export interface BitwardenSignInNeeds {
  bitwarden: BitwardenProof;
  signIn: SignIn;
  sessions: Sessions;
  address: () => Address | null;
  clock: Clock;
}

export const bitwardenSignInHandlers = (needs: BitwardenSignInNeeds): Pick<Handlers, 'signInWithBitwarden'> => ({
  signInWithBitwarden: async ({ body: { ownCode, ...given } }, { address: caller, from, setSession }) => {
    const { bitwarden, signIn, sessions, address, clock } = needs;
    const name = `bitwarden ${given.email.toLowerCase()}`;
    const { user, factorAt } = await signIn.byProof(name, () => bitwarden.prove(given), ownCode, caller);
    return giveSession(sessions.create(user, { from, factorAt }), { setSession }, address(), clock);
  },
});

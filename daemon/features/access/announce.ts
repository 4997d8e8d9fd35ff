// Tells those who look at users and keys that something about them has changed. It says no more than that.
import type { Handlers } from '../../http/context.ts';

export type AnnounceAccess = () => void;

/** Who comes in, what goes on being open, and what each may do: everything that such a list shows. */
const changing: ReadonlySet<string> = new Set<keyof Handlers>([
  'createUser',
  'updateUser',
  'deleteUser',
  'inviteUser',
  'resetSecondFactor',
  'signOutUser',
  'changeMyPassword',
  'confirmSecondFactor',
  'removeSecondFactor',
  'endMySession',
  'createKey',
  'deleteKey',
  'saveProvider',
  'deleteProvider',
  'createSession',
  'deleteSession',
  'signIn',
  'signInWithBitwarden',
  'takeInvitation',
  'createTokens',
  'revokeTokens',
]);

type Handler = (...given: never[]) => unknown;

/** The same handlers; those that change something announce it when they have. */
export function announcing<T extends object>(handlers: T, announce: AnnounceAccess): T {
  const wrap = (handler: Handler): Handler => {
    return (...given) => {
      const result = handler(...given);
      if (!(result instanceof Promise)) {
        announce();
        return result;
      }
      return result.then(value => {
        announce();
        return value;
      });
    };
  };
  const wrapped = Object.entries(handlers).map(([id, handler]) => [id, changing.has(id) ? wrap(handler) : handler]);
  return Object.fromEntries(wrapped);
}

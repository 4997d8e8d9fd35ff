// Everything that somebody has open: sessions of browsers and families of tokens, ended together.
import type { Lifelines } from '../../http/lifelines.ts';
import type { Sessions } from './sessions.ts';
import type { TokenFamilies } from './token-families.ts';

export interface Credentialed {
  count(userId: string): number;
  /** Ends all but one session or family; streams close with them. */
  endAll(userId: string, except?: string): void;
  /** What the user may do has changed: streams close, and who comes back comes as what it is now. */
  changed(userId: string): void;
}

export interface CredentialedOptions {
  sessions: Sessions;
  families: TokenFamilies;
  lifelines: Lifelines;
}

export const createCredentialed = ({ sessions, families, lifelines }: CredentialedOptions): Credentialed => ({
  count: userId => sessions.list(userId).length + families.list(userId).length,
  endAll(userId, except) {
    const ended = sessions.endAll(userId, except).map(id => `session:${id}`);
    const revoked = families.revokeAll(userId, except).map(id => `family:${id}`);
    lifelines.cut(...ended, ...revoked);
  },
  changed(userId) {
    families.forget(userId);
    lifelines.cut(`user:${userId}`);
  },
});

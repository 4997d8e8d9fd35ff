// Trades a sign-in, or a refresh token, for an access token.
import { problem } from '../../../shared/api/problem.ts';
import type { Tokens } from '../../../shared/api/sign-in.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { SignedIn } from './sign-in.ts';
import type { Family, TokenFamilies } from './token-families.ts';
import type { StoredUser } from './users.repository.ts';

export interface TokenService {
  create(by: SignedIn, from: string): Promise<Tokens>;
  /** Errors: ACCESS_010. */
  refresh(refreshToken: string): Promise<Tokens>;
  /** Does nothing for a token that is unknown: what it was is nobody's business. */
  revoke(refreshToken: string): void;
  /** False if this user has no such family. */
  end(id: string, userId: string): boolean;
}

export interface TokenServiceOptions {
  families: TokenFamilies;
  tokens: AccessTokens;
  findUser: (id: string) => StoredUser | undefined;
  lifelines: Lifelines;
  audit: AuditSink;
}

export function createTokenService({
  families,
  tokens,
  findUser,
  lifelines,
  audit,
}: TokenServiceOptions): TokenService {
  const toTokens = async (family: Family, refreshToken: string): Promise<Tokens> => {
    const { token, expiresIn } = await tokens.issue(family);
    return { accessToken: token, tokenType: 'Bearer', expiresIn, refreshToken };
  };
  const end = (family: Family): void => {
    families.revoke(family.id);
    lifelines.cut(`family:${family.id}`);
  };
  const reused = (family: Family): void => {
    lifelines.cut(`family:${family.id}`);
    audit.record({
      principal: `user ${findUser(family.userId)?.name ?? family.userId} (refresh token)`,
      action: 'reuseRefreshToken',
      resource: `family ${family.id}`,
      outcome: 'denied',
      code: 'ACCESS_010',
      requestId: null,
    });
  };

  return {
    create({ user, factorAt }, from) {
      const { family, refreshToken } = families.create(user.id, { from, factorAt });
      return toTokens(family, refreshToken);
    },
    async refresh(given) {
      const rotated = families.rotate(given);
      if (rotated && 'reused' in rotated) {
        // A family that ended long ago is no news.
        if (rotated.wasLive) reused(rotated.reused);
        throw notValid();
      }
      if (!rotated || findUser(rotated.family.userId)?.disabled !== false) throw notValid();
      return await toTokens(rotated.family, rotated.refreshToken);
    },
    revoke(refreshToken) {
      const family = families.findByToken(refreshToken);
      if (family) end(family);
    },
    end(id, userId) {
      const family = families.find(id);
      if (family?.userId !== userId) return false;
      end(family);
      return true;
    },
  };
}

const notValid = () =>
  problem('ACCESS_010', {
    detail: 'The refresh token is unknown, has expired, was revoked, or was used before.',
    next: 'Sign in again.',
  });

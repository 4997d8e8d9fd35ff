// Access tokens (JWT): made for a family, checked once, and remembered until they expire or something of them is revoked.
import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import * as z from 'zod';
import type { Principal } from '../../http/principal.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { hash } from './secret-text.ts';
import type { SigningKeys } from './signing-keys.ts';
import { algorithm, audience, issuer, tokenMinutes, tokenType } from './token-facts.ts';
import type { Family } from './token-families.ts';
import { userPrincipal } from './user-principal.ts';
import type { StoredUser } from './users.repository.ts';

export interface AccessTokens {
  issue(family: Family): Promise<{ token: string; expiresIn: number }>;
  /** At once for a token that was checked before. */
  check(token: string): Principal | null | Promise<Principal | null>;
  forget(change: { familyId?: string; userId?: string }): void;
}

export interface AccessTokensOptions {
  keys: SigningKeys;
  findFamily: (id: string) => Family | undefined;
  findUser: (id: string) => StoredUser | undefined;
  clock: Clock;
}

const mostRemembered = 1_000;
const clockToleranceSeconds = 5;
/** jose takes care of times, issuer and audience; these are ours. */
const Claims = z.object({ sub: z.string(), family: z.string(), jti: z.string(), iat: z.int(), exp: z.int() });

export function createAccessTokens({ keys, findFamily, findUser, clock }: AccessTokensOptions): AccessTokens {
  /** By the hash, so that memory holds no token. The oldest goes first. */
  const remembered = new Map<string, { principal: Principal; expiresMs: number }>();
  const remember = (id: string, principal: Principal, expiresMs: number) => {
    if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value ?? '');
    remembered.set(id, { principal, expiresMs });
  };

  /** What is asked of a new token while it is checked waits for the same: the short way to the endpoint and the ordinary one both ask. */
  const underWay = new Map<string, Promise<Principal | null>>();

  const verify = async (token: string): Promise<z.infer<typeof Claims> | undefined> => {
    try {
      const { payload } = await jwtVerify(token, ({ kid = '' }) => keyOf(keys, kid), {
        algorithms: [algorithm],
        typ: tokenType,
        issuer,
        audience,
        requiredClaims: ['iss', 'aud', 'sub', 'exp', 'iat', 'jti'],
        maxTokenAge: `${tokenMinutes} minutes`,
        clockTolerance: clockToleranceSeconds,
        currentDate: new Date(clock.now()),
      });
      return Claims.parse(payload);
    } catch {
      // Whatever is wrong with it: it lets nobody in, and the holder is told no more than that.
      return undefined;
    }
  };
  const checkNew = async (token: string, id: string): Promise<Principal | null> => {
    const claims = await verify(token);
    underWay.delete(id);
    const family = claims && findFamily(claims.family);
    const user = family && findUser(family.userId);
    if (!claims || !user || user.disabled || user.id !== claims.sub) return null;
    const principal = userPrincipal(user, {
      via: 'jwt',
      factorAt: family.factorAt,
      familyId: family.id,
      expiresAt: toTimestamp(claims.exp * 1000),
    });
    remember(id, principal, claims.exp * 1000);
    return principal;
  };

  return {
    async issue(family) {
      const { kid, secret } = keys.newest();
      const seconds = Math.floor(clock.now() / 1000);
      const token = await new SignJWT({ family: family.id })
        .setProtectedHeader({ alg: algorithm, typ: tokenType, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(family.userId)
        .setJti(randomUUID())
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + tokenMinutes * 60)
        .sign(secret);
      return { token, expiresIn: tokenMinutes * 60 };
    },
    check(token) {
      const id = hash(token);
      const known = remembered.get(id);
      if (known && known.expiresMs > clock.now()) return known.principal;
      remembered.delete(id);
      const check = underWay.get(id) ?? checkNew(token, id);
      underWay.set(id, check);
      return check;
    },
    forget({ familyId, userId }) {
      for (const [id, { principal }] of remembered) {
        if (principal.familyId === familyId || principal.id === userId) remembered.delete(id);
      }
    },
  };
}

const keyOf = (keys: SigningKeys, kid: string): Uint8Array => {
  const key = keys.find(kid);
  if (!key) throw new Error('There is no such key.');
  return key.secret;
};

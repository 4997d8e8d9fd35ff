// Puts the slice together: who comes in, what they may end, and the routes for it.
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { Hono } from 'hono';
import type { AppEnvironment } from '../../http/app-environment.ts';
import type { Authenticator } from '../../http/authenticate.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { createLifelines, type Lifelines } from '../../http/lifelines.ts';
import { ownerPrincipal } from '../../http/principal.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Address, accessHandlers } from './access.routes.ts';
import { type AccessTokens, createAccessTokens } from './access-tokens.ts';
import { type AnnounceAccess, announcing } from './announce.ts';
import { type BitwardenProof, bitwardenSignInHandlers } from './bitwarden-sign-in.ts';
import { createCredentialed } from './credentialed.ts';
import { explainHandlers } from './explain.routes.ts';
import { createKeys, looksLikeKey } from './keys.ts';
import { createLockOut } from './lock-out.ts';
import { myHandlers } from './me.routes.ts';
import { addOidcRoutes, providerHandlers } from './oidc.routes.ts';
import { createOidcService } from './oidc.service.ts';
import { createOwner } from './owner.ts';
import { type Argon2id, type Costs, createPasswords } from './passwords.ts';
import { createProviderRepository } from './providers.repository.ts';
import { createSecondFactor, type SealedValues } from './second-factor.ts';
import { createSessions } from './sessions.ts';
import { signInHandlers } from './sign-in.routes.ts';
import { createSignIn } from './sign-in.ts';
import { createSigningKeys } from './signing-keys.ts';
import { createTokenFamilies } from './token-families.ts';
import { createTokenService } from './tokens.service.ts';
import { createUserRepository } from './users.repository.ts';
import { userHandlers } from './users.routes.ts';
import { createUserService } from './users.service.ts';

export interface AccessOptions {
  database: Database;
  home: string;
  clock: Clock;
  audit: AuditSink;
  /** Where the page is. */
  address: () => Address | null;
  argon2id: Argon2id;
  /** What a password costs to check; the usual by default. */
  passwordCosts?: Costs | undefined;
  /** The vault, for the secrets of second factors. */
  sealed: SealedValues;
  /** The vault, for the secrets of clients at providers. */
  clientSecrets: ClientSecrets;
  /** Who proves accounts of Bitwarden. Default: nobody. */
  bitwarden?: BitwardenProof | undefined;
  onTokenChanged: (token: string) => void;
  /** Users, keys, providers or sessions have changed; nobody is told by default. */
  onChanged?: AnnounceAccess | undefined;
  onFailure: (error: unknown, what: string) => void;
}

export interface ClientSecrets {
  /** Errors: SECRET_001, SECRET_008 for one that belongs to a server. */
  check(id: string): void;
  /** Errors: those of check and of the vault, SECRET_009. */
  read(id: string, reader: string): string;
}

export interface Access extends Authenticator {
  /** The owner's. */
  readonly token: string;
  lifelines: Lifelines;
  handlers: ReturnType<typeof accessHandlers> &
    ReturnType<typeof userHandlers> &
    ReturnType<typeof signInHandlers> &
    ReturnType<typeof bitwardenSignInHandlers> &
    ReturnType<typeof myHandlers> &
    ReturnType<typeof explainHandlers> &
    ReturnType<typeof providerHandlers>;
  /** The browser's way to providers and back. */
  addRoutes(app: Hono<AppEnvironment>): void;
}

export function createAccess(options: AccessOptions): Access {
  const { database, home, clock, audit, address, argon2id, sealed, onTokenChanged, clientSecrets, onFailure } = options;
  const announce = options.onChanged ?? (() => {});
  const lifelines = createLifelines(clock);
  const owner = createOwner(join(home, 'owner-token'), clock);
  const repository = createUserRepository(database);
  const findUser = repository.find;
  const sessions = createSessions({ database, clock, findUser });
  const families = createTokenFamilies({ database, clock, onChanged: change => accessTokens.forget(change) });
  const accessTokens: AccessTokens = createAccessTokens({
    keys: createSigningKeys(join(home, 'token-keys.json'), clock),
    findFamily: families.find,
    findUser,
    clock,
  });
  const keys = createKeys(database, clock, lifelines);
  const passwords = createPasswords(argon2id, options.passwordCosts);
  const lockOut = createLockOut(database, clock);
  const secondFactor = createSecondFactor({ users: repository, sealed, clock });
  const credentialed = createCredentialed({ sessions, families, lifelines });
  const signIn = createSignIn({ users: repository, passwords, secondFactor, lockOut, clock });
  const users = createUserService({ users: repository, passwords, secondFactor, lockOut, credentialed, keys, clock });
  const tokens = createTokenService({ families, tokens: accessTokens, findUser, lifelines, audit });
  const providers = createProviderRepository(database);
  const oidc = createOidcService({
    find: providers.find,
    clientSecret: ({ id, secretId }) => (secretId === null ? null : clientSecrets.read(secretId, `the provider ${id}`)),
    clock,
  });
  const checkSecret = clientSecrets.check;
  const forProviders = {
    providers,
    users: repository,
    oidc,
    owner,
    audit,
    clock,
    address,
    checkSecret,
    announce,
    onFailure,
  };
  const { bitwarden = { prove: async () => null, hasLinks: () => false } } = options;
  const hasBitwarden = bitwarden.hasLinks;
  const methods = () => providers.all().map(({ id, title }) => ({ id, title }));

  return {
    get token() {
      return owner.token;
    },
    lifelines,
    byToken(token) {
      if (looksLikeKey(token)) return keys.bySecret(token);
      if (token.includes('.')) return accessTokens.check(token);
      return owner.isToken(token) ? ownerPrincipal() : null;
    },
    bySession: sessions.byProof,
    byCookieAlone: sessions.byCookieAlone,
    handlers: announcing(
      {
        ...accessHandlers({ owner, sessions, families, findUser, lifelines, clock, address, onTokenChanged }),
        ...userHandlers({ users, credentialed, address }),
        ...signInHandlers({
          repository,
          users,
          signIn,
          sessions,
          tokens,
          providers: methods,
          hasBitwarden,
          address,
          clock,
        }),
        ...bitwardenSignInHandlers({ bitwarden, signIn, sessions, address, clock }),
        ...myHandlers({ users, signIn, secondFactor, sessions, families, tokens, credentialed, lifelines, clock }),
        ...explainHandlers({ users, keys, clock }),
        ...providerHandlers(forProviders),
      },
      announce,
    ),
    addRoutes: app => addOidcRoutes(app, forProviders),
  };
}

// Sign-in at an OpenID Connect provider: code flow with PKCE, state and nonce, by openid-client.
import type { Configuration } from 'openid-client';
import { problem } from '../../../shared/api/problem.ts';
import type { IdentityProvider } from '../../../shared/api/providers.ts';
import type { Clock } from '../../platform/clock.ts';
import { issuerReach, readIssuer } from './provider-address.ts';
import { createProviderFetch } from './provider-fetch.ts';
import type { ProviderClaims } from './provider-users.ts';
import { areEqual, hash, newSecret } from './secret-text.ts';

export interface OidcService {
  /** Where to send the browser, and what binds the answer to it. Errors: ACCESS_009, ACCESS_011. */
  start(providerId: string, redirectUrl: string): Promise<{ url: string; secret: string }>;
  /** Who came back. Errors: ACCESS_006, ACCESS_009, ACCESS_011. */
  finish(
    providerId: string,
    callbackUrl: URL,
    secret: string,
  ): Promise<{ provider: IdentityProvider; claims: ProviderClaims }>;
}

export interface OidcOptions {
  find: (id: string) => IdentityProvider | undefined;
  /** The value of a client's secret. Errors: those of the vault. */
  clientSecret: (provider: IdentityProvider) => string | null;
  clock: Clock;
}

export const oidcMinutes = 10;
const mostPending = 100;

interface Pending {
  providerId: string;
  config: Configuration;
  verifier: string;
  nonce: string;
  secretHash: string;
  expires: number;
}

/** Loaded when somebody signs in so: most daemons never need it. */
const load = () => import('openid-client');

export function createOidcService({ find, clientSecret, clock }: OidcOptions): OidcService {
  /** By the state. In memory: whoever is at the provider while the daemon is replaced begins anew. */
  const pending = new Map<string, Pending>();
  const get = (id: string): IdentityProvider => {
    const provider = find(id);
    if (provider) return provider;
    throw problem('ACCESS_009', {
      detail: 'There is no such provider.',
      next: 'Go back to the page and sign in there.',
    });
  };

  const discover = async (provider: IdentityProvider): Promise<Configuration> => {
    const issuer = readIssuer(provider.issuer);
    if (!issuer) throw cannotUse('Its issuer is neither https nor on this machine.');
    const secret = clientSecret(provider);
    const client = await load();
    try {
      const reach = await issuerReach(issuer);
      const config = await client.discovery(
        issuer,
        provider.clientId,
        {},
        secret === null ? client.None() : client.ClientSecretBasic(secret),
        {
          [client.customFetch]: createProviderFetch(reach),
          ...(reach === 'loopback' && issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
        },
      );
      return config;
    } catch (error) {
      throw cannotUse('It did not answer as a provider of OpenID Connect does.', error);
    }
  };

  const take = (state: string | null, providerId: string, secret: string): Pending => {
    const found = state === null ? undefined : pending.get(state);
    const isTheirs = found !== undefined && found.providerId === providerId && areEqual(found.secretHash, hash(secret));
    if (!found || !isTheirs || found.expires <= clock.now()) throw notOurs();
    pending.delete(state ?? '');
    return found;
  };

  return {
    async start(providerId, redirectUrl) {
      const config = await discover(get(providerId));
      const client = await load();
      const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
      const secret = newSecret();
      const expires = clock.now() + oidcMinutes * 60_000;
      if (pending.size >= mostPending) pending.delete(pending.keys().next().value ?? '');
      pending.set(state, { providerId, config, verifier, nonce, secretHash: hash(secret), expires });
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUrl,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      // A discovery document names this address, and the browser goes where it says.
      if (!/^https?:$/.test(url.protocol)) throw cannotUse('Its sign-in page is no web address.');
      return { url: url.href, secret };
    },
    async finish(providerId, callbackUrl, secret) {
      const provider = get(providerId);
      const state = callbackUrl.searchParams.get('state');
      const { config, verifier, nonce } = take(state, providerId, secret);
      const client = await load();
      try {
        const tokens = await client.authorizationCodeGrant(config, callbackUrl, {
          pkceCodeVerifier: verifier,
          expectedState: state ?? '',
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const idToken = tokens.claims();
        if (!idToken) throw new Error('There is no ID token.');
        const hasEmail = typeof idToken['email'] === 'string' || !config.serverMetadata().userinfo_endpoint;
        const more = hasEmail ? idToken : await client.fetchUserInfo(config, tokens.access_token, idToken.sub);
        return { provider, claims: toClaims(idToken.sub, more) };
      } catch (error) {
        throw notProved(error);
      }
    },
  };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const toClaims = (subject: string, claims: Record<string, unknown>): ProviderClaims => ({
  subject,
  email: textOf(claims['email']),
  emailVerified: claims['email_verified'] === true,
  name: textOf(claims['name']),
});

/** Errors of the library may quote what was sent, so they stay inside. */
export const cannotUse = (detail: string, cause?: unknown) =>
  problem('ACCESS_011', { detail, next: 'Check its issuer and its client in the settings of access.', cause });

const notOurs = () =>
  problem('ACCESS_006', {
    detail: 'This answer of the provider belongs to no sign-in that was begun in this browser, or it took too long.',
    next: 'Go back to the page and sign in there.',
  });

const notProved = (cause: unknown) =>
  problem('ACCESS_006', {
    detail: 'The provider did not prove who you are.',
    next: 'Go back to the page and try again.',
    cause,
  });

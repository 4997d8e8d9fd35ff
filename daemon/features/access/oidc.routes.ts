// The browser's way to a provider and back: redirects, so no part of the API.
import type { Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import { apiPrefix } from '../../../shared/api/routes.ts';
import type { AppEnvironment } from '../../http/app-environment.ts';
import { isTls } from '../../http/authenticate.ts';
import { type AuditSink, toResponse } from '../../http/bind-routes.ts';
import type { Handlers } from '../../http/context.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Address, pageAddress } from './access.routes.ts';
import type { AnnounceAccess } from './announce.ts';
import { cannotUse, type OidcService, oidcMinutes } from './oidc.service.ts';
import type { Owner } from './owner.ts';
import { readIssuer } from './provider-address.ts';
import { findOrAddUser } from './provider-users.ts';
import type { ProviderRepository } from './providers.repository.ts';
import { refuseMore } from './role-grants.ts';
import type { UserRepository } from './users.repository.ts';

export interface OidcNeeds {
  providers: ProviderRepository;
  users: UserRepository;
  oidc: OidcService;
  owner: Owner;
  audit: AuditSink;
  clock: Clock;
  address: () => Address | null;
  /** Errors: SECRET_001, SECRET_008 for one that a provider may not have. */
  checkSecret: (id: string) => void;
  announce: AnnounceAccess;
  onFailure: (error: unknown, what: string) => void;
}

export const redirectUrlOf = ({ url }: Address, id: string): string => `${url}${apiPrefix}/oidc/${id}/callback`;

export const providerHandlers = ({
  providers,
  address,
  checkSecret,
}: OidcNeeds): Pick<Handlers, 'listProviders' | 'saveProvider' | 'deleteProvider'> => ({
  listProviders: () => {
    const at = address();
    return { items: providers.all().map(each => ({ ...each, redirectUrl: at && redirectUrlOf(at, each.id) })) };
  },
  saveProvider: ({ params, body }, { principal, recordChange }) => {
    refuseMore(principal, body.roles);
    if (!readIssuer(body.issuer))
      throw cannotUse('The issuer must be https, or http on this machine, and nothing more.');
    if (body.secretId !== null) checkSecret(body.secretId);
    const provider = { ...body, id: params.id };
    const before = providers.find(params.id);
    providers.save(provider);
    recordChange(before ? { shown: { ...before } } : null, { shown: provider });
    return provider;
  },
  deleteProvider: ({ params }, { recordChange }) => {
    const before = providers.find(params.id);
    if (before && providers.remove(params.id)) {
      recordChange({ shown: { ...before } }, null);
      return {};
    }
    throw problem('ACCESS_009', { detail: `There is no provider "${params.id}".`, next: 'The list shows their ids.' });
  },
});

export function addOidcRoutes(app: Hono<AppEnvironment>, needs: OidcNeeds): void {
  app.get(`${apiPrefix}/oidc/:provider/start`, c => answer(c, needs, () => start(c, needs)));
  app.get(`${apiPrefix}/oidc/:provider/callback`, c => answer(c, needs, () => finish(c, needs)));
}

/**
 * Binds the answer to the browser that asked. `Lax`, and not `Strict` like the session: the provider sends the browser
 * here from another site, and a strict cookie would stay at home. It says nothing but that this browser has begun.
 */
const cookieName = ({ port }: Address, overTls: boolean): string =>
  `${overTls ? '__Secure-' : ''}quayside_sign_in_${port}`;

function noSuchProvider(): never {
  throw problem('ACCESS_009', { detail: 'There is no such provider.', next: 'Go back to the page and sign in there.' });
}

async function start(c: Context<AppEnvironment>, { oidc, address, providers }: OidcNeeds): Promise<Response> {
  const at = pageAddress(address());
  // Nothing of what a stranger writes into an address goes into an answer before it is known to be a name of ours.
  const { id } = providers.find(c.req.param('provider') ?? '') ?? noSuchProvider();
  // Cookies of localhost are none of 127.0.0.1, where the provider sends the browser back to.
  if (c.req.header('host') !== new URL(at.url).host) return c.redirect(`${at.url}${apiPrefix}/oidc/${id}/start`);
  const { url, secret } = await oidc.start(id, redirectUrlOf(at, id));
  setCookie(c, cookieName(at, isTls(c)), secret, {
    path: `${apiPrefix}/oidc`,
    httpOnly: true,
    sameSite: 'Lax',
    secure: isTls(c),
    maxAge: oidcMinutes * 60,
  });
  return c.redirect(url);
}

async function finish(c: Context<AppEnvironment>, needs: OidcNeeds): Promise<Response> {
  const { oidc, users, owner, audit, clock, address, announce } = needs;
  const at = pageAddress(address());
  const { id } = needs.providers.find(c.req.param('provider') ?? '') ?? noSuchProvider();
  const cookie = cookieName(at, isTls(c));
  const secret = getCookie(c, cookie) ?? '';
  deleteCookie(c, cookie, { path: `${apiPrefix}/oidc`, secure: isTls(c) });
  const callback = new URL(`${redirectUrlOf(at, id)}${new URL(c.req.url).search}`);
  const { provider, claims } = await oidc.finish(id, callback, secret);
  const user = findOrAddUser(users, clock, provider, claims);
  const requestId = c.get('requestId');
  const row = { principal: `user ${user.name} (provider)`, action: 'signInByProvider', resource: id, requestId };
  audit.record({ ...row, outcome: 'allowed', code: null });
  users.signedIn(user.id, new Date(clock.now()).toISOString());
  announce();
  // The page trades the ticket, as that of a login link: so it gets its half of the session, and the strict cookie is
  // set by a request of the page itself.
  return c.redirect(`${at.url}/#/login?ticket=${owner.createTicket(user.id).ticket}`);
}

async function answer(
  c: Context<AppEnvironment>,
  { audit, address, onFailure }: OidcNeeds,
  act: () => Promise<Response>,
): Promise<Response> {
  try {
    return await act();
  } catch (error) {
    const failure = errorToProblem(error);
    const requestId = c.get('requestId');
    if (!isProblemError(error)) onFailure(error, 'signInByProvider');
    const outcome = failure.status === 401 ? 'denied' : 'failed';
    const resource = (c.req.param('provider') ?? '').slice(0, 64);
    audit.record({
      principal: 'anonymous',
      action: 'signInByProvider',
      resource,
      outcome,
      code: failure.code,
      requestId,
    });
    const at = address();
    if (at && isBrowser(c)) return c.redirect(`${at.url}/#/login?problem=${failure.code}`);
    return toResponse(c, { ...failure, requestId });
  }
}

/**
 * A person who is on the way to a page, and would be shown bare JSON. The page gets the code alone and words it itself:
 * a text in the address could be anybody's.
 */
const isBrowser = (c: Context<AppEnvironment>): boolean => c.req.header('accept')?.includes('text/html') === true;

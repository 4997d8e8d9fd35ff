// The HTTP application: the border first, then who asks, then pages, API and gateway.
import { randomUUID } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { problem, toProblem } from '../shared/api/problem.ts';
import type { Permission, Route } from '../shared/api/route.ts';
import { apiPrefix, routes } from '../shared/api/routes.ts';
import { limits } from '../shared/domain/limits.ts';
import type { Gateway } from './features/gateway/create-gateway.ts';
import { gatewayAct, serveGateway } from './features/gateway/gateway.routes.ts';
import { renderApiPage } from './http/api-page.ts';
import type { AppEnvironment } from './http/app-environment.ts';
import { type Authenticator, authenticate } from './http/authenticate.ts';
import { type AuditSink, type BindOptions, bindRoutes, nextFor, toResponse } from './http/bind-routes.ts';
import { findBorderProblem, hasBody, toBorderRequest } from './http/border.ts';
import { placeOf } from './http/caller.ts';
import type { EventStreams } from './http/event-response.ts';
import type { Lifelines } from './http/lifelines.ts';
import type { OpenApiDocument } from './http/openapi.ts';
import { newNonce, servePage } from './http/page.ts';
import { decide } from './http/policy.ts';
import { describePrincipal, ownerOf } from './http/principal.ts';
import { limitRates, type RateLimits } from './http/rate-limit.ts';
import { createRememberingRouter } from './http/remembering-router.ts';
import { isFiltered, mayHear } from './http/scope.ts';
import { addSecurityHeaders, setSecurityHeaders } from './http/security-headers.ts';

export interface AppServices extends Omit<BindOptions, 'openEvents'> {
  openEvents: EventStreams['open'];
  /** Ends the streams of those who are not let in any more. */
  lifelines: Lifelines;
  /** Routes of a browser that are no part of the API: redirects of a sign-in elsewhere. */
  addRoutes?: ((app: Hono<AppEnvironment>) => void) | undefined;
  authenticator: Authenticator;
  gateway: Pick<Gateway, 'fetch'>;
  version: string;
  rateLimits: RateLimits;
  /** Names under which it is reached besides this machine's own. */
  hostNames?: readonly string[] | undefined;
  /** The folder of the built web app. */
  assets: string;
  /** Called at the begin of each request; the function it returns, at its end. */
  onRequest: () => () => void;
}

export function createApp(services: AppServices): Hono<AppEnvironment> {
  const app = new Hono<AppEnvironment>({ router: createRememberingRouter(withoutParameters) });
  app.use(async (c, next) => {
    const end = services.onRequest();
    const requestId = randomUUID();
    c.set('requestId', requestId);
    c.set('principal', null);
    const outgoing = c.env?.outgoing;
    if (outgoing) setSecurityHeaders(outgoing, requestId);
    try {
      await next();
    } finally {
      end();
    }
    if (!outgoing) addSecurityHeaders(c.res.headers, requestId);
  });
  app.use(checkBorder(services.audit, services.hostNames ?? []));
  app.use(async (c, next) => {
    c.set('principal', await authenticate(c, services.authenticator));
    await next();
  });
  app.use(limitRates(services.rateLimits));
  const upTo = (maxSize: number) => bodyLimit({ maxSize, onError: c => toResponse(c, tooLarge(maxSize)) });
  const counting = new Map(bodySizes.map(size => [size, upTo(size)]));
  app.use(async (c, next) => {
    if (!hasBody(name => c.req.header(name))) return await next();
    const most = mostBytes(c);
    const said = declaredLength(c);
    // To look at the body itself makes a whole Request of what is one only in name until then.
    if (said !== undefined) return said > most ? toResponse(c, tooLarge(most)) : await next();
    return await counting.get(most)?.(c, next);
  });

  servePage(app, services.assets, services.version);
  serveApiDocument(app, services);
  services.addRoutes?.(app);
  bindRoutes(app, {
    ...services,
    openEvents: (lastEventId, signal, principal) =>
      services.openEvents(lastEventId, services.lifelines.until(principal, signal), {
        owner: principal ? ownerOf(principal) : '',
        mayHear: mayHear(principal),
      }),
  });
  serveGateway(app, {
    ...services,
    refuse: (c, server) => refuse(c, gatewayAct.permission, gatewayAct.action, services.audit, services.now, server),
  });

  app.notFound(c => toResponse(c, { ...nothingHere, requestId: c.get('requestId') }));
  app.onError((error, c) => {
    services.onFailure(error, 'unknown', c.get('requestId'));
    return toResponse(
      c,
      toProblem('DAEMON_001', {
        detail: 'The daemon met an error that it did not expect.',
        requestId: c.get('requestId'),
      }),
    );
  });
  return app;
}

const strangerBody = 4_096;
const bodySizes = [strangerBody, limits.requestBody, limits.documentBody] as const;

/** Nobody who has not said who they are makes the daemon hold a large body; what a client writes into a file by MCP may be one. */
function mostBytes(c: Context<AppEnvironment>): (typeof bodySizes)[number] {
  if (!c.get('principal')) return strangerBody;
  const { path } = c.req;
  return takesDocuments.has(path) || path.startsWith('/mcp') ? limits.documentBody : limits.requestBody;
}

/** What the sender says and Node holds it to; undefined if the body comes in pieces. */
function declaredLength(c: Context<AppEnvironment>): number | undefined {
  const length = Number(c.req.header('content-length') ?? Number.NaN);
  return Number.isNaN(length) || c.req.header('transfer-encoding') !== undefined ? undefined : length;
}

const withoutParameters: ReadonlySet<string> = new Set(
  Object.values<Route>(routes).flatMap(({ path }) => (path.includes('{') ? [] : [`${apiPrefix}${path}`])),
);

/** Addresses whose requests may bring a whole document along; none of them has a parameter. */
const takesDocuments: ReadonlySet<string> = new Set(
  Object.values<Route>(routes).flatMap(route => (route.bodyBytes ? [`${apiPrefix}${route.path}`] : [])),
);

const tooLarge = (most: number) =>
  toProblem('REQUEST_004', {
    detail: `A request may have ${most >= 1_048_576 ? `${most / 1_048_576} MiB` : `${most} bytes`} here.`,
    next: 'Send less at once.',
  });
const nothingHere = toProblem('REQUEST_003', {
  detail: 'Neither the page nor the API has this address.',
  next: 'The API page at /api/docs lists what there is.',
});

type Middleware = MiddlewareHandler<AppEnvironment>;

const checkBorder =
  (audit: AuditSink, names: readonly string[]): Middleware =>
  async (c, next) => {
    const failure = findBorderProblem(
      toBorderRequest({
        method: c.req.method,
        header: name => c.req.header(name),
        socket: c.env?.incoming?.socket,
        names,
      }),
    );
    if (!failure) return next();
    const requestId = c.get('requestId');
    if (failure.problem.status === 403) {
      audit.record({
        principal: 'anonymous',
        action: 'enter',
        resource: null,
        outcome: 'denied',
        code: failure.code,
        requestId,
      });
    }
    return toResponse(c, { ...failure.problem, requestId });
  };

/** The description of the API tells what the daemon can do, so it is for those who may ask. */
function serveApiDocument(app: Hono<AppEnvironment>, { version, audit, authenticator }: AppServices): void {
  let made: OpenApiDocument | undefined;
  // Loaded when somebody asks for it: few ever do.
  const document = async () => {
    made ??= (await import('./http/openapi.ts')).createOpenApiDocument(version);
    return made;
  };
  const guard: Middleware = async (c, next) => {
    // A page that is opened by its address sends no header of ours.
    c.set('principal', c.get('principal') ?? (await authenticate(c, authenticator, 'cookie')));
    const refusal = refuse(c, 'daemon:read', 'readApiDocument', audit);
    return refusal ?? next();
  };
  app.get('/openapi.json', guard, async c => c.json(await document()));
  app.get('/api/docs', guard, async c => {
    const nonce = newNonce();
    return c.html(renderApiPage(await document(), nonce), 200, {
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    });
  });
}

/** The answer that refuses the request, or undefined if it may go on. */
function refuse(
  c: Context<AppEnvironment>,
  permission: Permission,
  action: string,
  audit: AuditSink,
  now: () => number = Date.now,
  server?: string,
): Response | undefined {
  const place = { server, isFiltered: isFiltered(action), from: placeOf(c), now: now() };
  const decision = decide(c.get('principal'), permission, place);
  if (decision.allowed) return undefined;
  const requestId = c.get('requestId');
  const principal = describePrincipal(c.get('principal'));
  audit.record({ principal, action, resource: server ?? null, outcome: 'denied', code: decision.code, requestId });
  const failure = problem(decision.code, {
    detail: decision.reason,
    next: nextFor(decision.code),
    requestId,
  });
  return toResponse(c, failure.problem);
}

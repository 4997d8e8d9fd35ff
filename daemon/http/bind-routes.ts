// Turns the table of routes into the server: border, principal, policy, audit, validation, handler, answer, in this order.
import type { Context, Hono } from 'hono';
import type * as z from 'zod';
import type { AuditChange } from '../../shared/api/audit.ts';
import {
  type FieldError,
  isProblemError,
  type Problem,
  type ProblemCode,
  problem,
  toProblem,
} from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { apiPrefix, type OperationId, operationIds, routes } from '../../shared/api/routes.ts';
import { countingMore, plainIssue } from '../../shared/domain/plain-issue.ts';
import type { AppEnvironment } from './app-environment.ts';
import { auditedChanges, type ChangeWatch, toldByHandlers, watchChanges } from './audited-changes.ts';
import { writeSessionCookie } from './authenticate.ts';
import { addressOf, describeCaller, placeOf } from './caller.ts';
import type { Handlers, RequestContext } from './context.ts';
import { isAnotherUser } from './peer.ts';
import { type DenialCode, decide } from './policy.ts';
import { describePrincipal, maySee, type Principal, visible } from './principal.ts';
import { createRememberedQueries, type RememberedQueries } from './remembered-queries.ts';
import { isFiltered, serverOf } from './scope.ts';
import { withoutQuery } from './state-changes.ts';
import { errorToProblem } from './to-problem.ts';

/** What the audit feature offers to the kernel. */
export interface AuditSink {
  /**
   * `durable: false`: it may be written a moment later, together with others, and is lost if the daemon is killed
   * before. For what is called often and changes nothing; everything else is written before this returns.
   */
  record(
    entry: {
      principal: string;
      action: string;
      resource: string | null;
      outcome: 'allowed' | 'denied' | 'failed';
      code: ProblemCode | null;
      requestId: string | null;
      /** What has changed. */
      changes?: readonly AuditChange[] | undefined;
    },
    how?: { durable?: boolean },
  ): void;
}

export interface BindOptions {
  handlers: Handlers;
  audit: AuditSink;
  openEvents: (lastEventId: string | undefined, signal: AbortSignal, principal: Principal | null) => Response;
  /** The time, for what depends on it; the system's by default. */
  now?: () => number;
  onFailure: (error: unknown, operationId: string, requestId: string) => void;
}

type LooseHandler = (request: unknown, context: RequestContext) => unknown;

export function bindRoutes(app: Hono<AppEnvironment>, options: BindOptions): void {
  for (const operationId of operationIds) {
    const route: Route = routes[operationId];
    const path = `${apiPrefix}${route.path.replace(/\{(\w+)\}/g, ':$1')}`;
    const queries = createRememberedQueries();
    app.on(route.method.toUpperCase(), path, c => answer(c, operationId, { route, queries }, options));
  }
}

interface Bound {
  route: Route;
  queries: RememberedQueries;
}

/** One request on its way, for what is told of it to the audit log. */
interface Act {
  c: Context<AppEnvironment>;
  operationId: OperationId;
  route: Route;
  /** After validation. */
  body?: unknown;
  watch?: ChangeWatch;
}

async function answer(
  c: Context<AppEnvironment>,
  operationId: OperationId,
  { route, queries }: Bound,
  options: BindOptions,
): Promise<Response> {
  const act: Act = { c, operationId, route };
  const decision = decide(c.get('principal'), route.permission, {
    server: serverOf(route, c.req.param()),
    isFiltered: isFiltered(operationId),
    from: placeOf(c),
    now: (options.now ?? Date.now)(),
  });
  if (!decision.allowed) {
    record(options, act, 'denied', decision.code);
    const said = { detail: decision.reason, next: nextFor(decision.code), requestId: c.get('requestId') };
    return toResponse(c, toProblem(decision.code, said));
  }
  try {
    const request = await validate(c, route, queries);
    act.body = request.body;
    return await handle(act, request, options);
  } catch (error) {
    const requestId = c.get('requestId');
    const failure = errorToProblem(error);
    if (!isProblemError(error)) options.onFailure(error, operationId, requestId);
    // An act that has failed may have changed something all the same.
    const changes = route.audited ? await act.watch?.changes() : undefined;
    if (route.audited) record(options, act, failure.status === 401 ? 'denied' : 'failed', failure.code, changes);
    return toResponse(c, { ...failure, requestId });
  }
}

async function handle(act: Act, request: Record<string, unknown>, options: BindOptions): Promise<Response> {
  const { c, operationId, route } = act;
  const principal = c.get('principal');
  // What a stranger may try is worth a row when it worked, or when it was refused: not for having been tried.
  // What changes something is recorded with what it has changed, so afterwards, and before the answer goes out.
  const isLater = route.permission === 'public' || tellsChanges(operationId);
  if (route.audited && !isLater) record(options, act, 'allowed', null);
  if (route.stream === 'events' && c.req.method === 'HEAD') return c.body(null, 200);
  if (route.stream === 'events') {
    return options.openEvents(c.req.header('last-event-id'), c.req.raw.signal, principal);
  }
  const handler = handlerOf(options, operationId);
  const context = toRequestContext(c, principal, c.get('requestId'));
  if (!isLater) return toAnswer(c, route, await handler(request, context));
  const read = (operation: OperationId, ...asked: Parameters<LooseHandler>) => handlerOf(options, operation)(...asked);
  act.watch = await watchChanges(operationId, request['params'], context, read);
  const result = await handler(request, { ...context, recordChange: act.watch.recordChange });
  if (route.audited) record(options, act, 'allowed', null, await act.watch.changes());
  return toAnswer(c, route, result);
}

/** Only here it is put together what a row says: most requests have none. */
function record(
  { audit }: BindOptions,
  { c, operationId, route, body }: Act,
  outcome: 'allowed' | 'denied' | 'failed',
  code: ProblemCode | null,
  changes?: readonly AuditChange[],
): void {
  audit.record({
    principal: describePrincipal(c.get('principal')),
    action: operationId,
    resource: joined([Object.values(c.req.param()).join('/'), ...fieldsOf(route, body)]),
    outcome,
    code,
    requestId: c.get('requestId'),
    changes,
  });
}

const later: ReadonlySet<string> = new Set([...Object.keys(auditedChanges), ...toldByHandlers]);
const tellsChanges = (operationId: string): boolean => later.has(operationId);

const handlerOf = ({ handlers }: BindOptions, operationId: OperationId): LooseHandler =>
  handlers[operationId as keyof Handlers] as LooseHandler;

const toAnswer = (c: Context<AppEnvironment>, route: Route, result: unknown): Response =>
  c.json(result as object, route.status as 200);

const toRequestContext = (
  c: Context<AppEnvironment>,
  principal: Principal | null,
  requestId: string,
): RequestContext => ({
  principal,
  requestId,
  isAnotherUser: () => isAnotherUser(c.env?.incoming?.socket),
  get from() {
    return describeCaller(c);
  },
  address: addressOf(c),
  maySee: serverId => maySee(principal, serverId),
  setSession: secret => writeSessionCookie(c, secret),
  // To ask for it makes a whole Request of what is one only in name until then.
  get signal() {
    return c.req.raw.signal;
  },
  setHeader: (name, value) => c.header(name, value, { append: true }),
  recordChange: () => {},
});

/** What an act is about, beside the parameters in its path: the members of the body that the route names. The others may hold secrets. */
function fieldsOf(route: Route, body: unknown): string[] {
  return (route.auditedFields ?? []).flatMap(path => {
    const value = path
      .split('.')
      .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], body);
    return value === undefined ? [] : [`${path.split('.').at(-1)}=${withoutQuery(String(value))}`];
  });
}

const joined = (parts: (string | null)[]): string | null => {
  const text = parts.filter(part => part).join(' ');
  return text === '' ? null : visible(text.slice(0, 500));
};

export const nextFor = (code: DenialCode): string => nextSteps[code];
const nextSteps = {
  ACCESS_001: 'Open a link from "quayside login", or send the token from "quayside token" as a bearer token.',
  ACCESS_002: 'Somebody with the role admin can see why: quayside access explain.',
  ACCESS_007: 'Give a code of your authenticator again, and repeat this.',
} as const satisfies Record<DenialCode, string>;

export function toResponse(c: Context<AppEnvironment>, failure: Problem): Response {
  return c.body(JSON.stringify(failure), failure.status as 400, {
    'content-type': 'application/problem+json',
    ...(failure.status === 401 ? { 'www-authenticate': 'Bearer realm="quayside"' } : {}),
  });
}

async function validate(
  c: Context<AppEnvironment>,
  route: Route,
  queries: RememberedQueries,
): Promise<Record<string, unknown>> {
  const errors: FieldError[] = [];
  const check = (part: string, schema: z.ZodType | undefined, value: unknown): unknown => {
    if (!schema) return undefined;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    errors.push(...result.error.issues.flatMap(issue => toFieldErrors(part, issue)));
    return undefined;
  };
  const params = check('', route.params, c.req.param());
  const query = route.query && queryOf(c, queries, () => check('query', route.query, c.req.query()));
  const body = route.body ? check('body', route.body, await readJson(c)) : undefined;
  if (errors.length === 0) return { params, query, body };
  const [first] = errors;
  throw problem('REQUEST_001', {
    detail: `${first?.path}: ${countingMore(first?.message ?? '', errors.length - 1)}`,
    next: 'Correct the request; the API page at /api/docs shows what is expected.',
    errors,
  });
}

function queryOf(c: Context<AppEnvironment>, queries: RememberedQueries, check: () => unknown): unknown {
  const { url } = c.req;
  const at = url.indexOf('?');
  const text = at < 0 ? '' : url.slice(at);
  const known = queries.find(text);
  if (known !== undefined) return known;
  const query = check();
  if (query !== undefined) queries.keep(text, query);
  return query;
}

const toFieldErrors = (part: string, issue: z.core.$ZodIssue): FieldError[] => [
  { path: `/${[part, ...issue.path].filter(piece => piece !== '').join('/')}`, message: plainIssue(issue.message) },
];

async function readJson(c: Context<AppEnvironment>): Promise<unknown> {
  const text = await c.req.text();
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw problem('REQUEST_001', {
      detail: 'The body is not valid JSON.',
      next: 'Check the quotes, commas and brackets.',
    });
  }
}

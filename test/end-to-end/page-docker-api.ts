// The page with an API behind it that a test plays by hand: each state of Docker at will, without Docker. What it
// answers is checked against the contract, so it cannot drift away from what a daemon says.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { servePage } from '../../daemon/http/page.ts';
import { toFrame } from '../../shared/api/event-stream.ts';
import type { DaemonEvent } from '../../shared/api/events.ts';
import { ProblemError, problem, toProblem } from '../../shared/api/problem.ts';
import type { Route } from '../../shared/api/route.ts';
import { apiPrefix, type OperationId, operationIds, routes } from '../../shared/api/routes.ts';

export interface PlayedRequest {
  params: Record<string, string>;
  query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: each answer reads the part that it is about
  body: any;
}
export type PlayedAnswers = Partial<Record<OperationId, (request: PlayedRequest) => unknown>>;

export interface PlayedPage {
  readonly url: string;
  readonly asked: readonly { operationId: OperationId; body: unknown }[];
  readonly answers: PlayedAnswers;
  publish(event: DaemonEvent): void;
  close(): Promise<void>;
}

export const refuse = (...[code, input]: Parameters<typeof problem>): never => {
  throw problem(code, input);
};

/** One page of rows as `page` and `limit` ask for it. */
export function pageFor(rows: readonly unknown[], query: URLSearchParams) {
  const [page, limit] = [Number(query.get('page') ?? 1), Number(query.get('limit') ?? 20)];
  return { items: rows.slice((page - 1) * limit, page * limit), total: rows.length, page, limit };
}

/** @param assets The folder of the built web app. */
export async function playPage(answers: PlayedAnswers, assets: string): Promise<PlayedPage> {
  const asked: { operationId: OperationId; body: unknown }[] = [];
  const followers = new Set<(event: DaemonEvent) => void>();
  const app = new Hono();
  servePage(app as never, assets, '0.0.0');
  app.get(
    `${apiPrefix}/events`,
    () => new Response(follow(followers), { headers: { 'content-type': 'text/event-stream' } }),
  );
  app.all(`${apiPrefix}/*`, async c => {
    const url = new URL(c.req.url);
    const found = findRoute(c.req.method, url.pathname.slice(apiPrefix.length));
    const answer = found && answers[found.operationId];
    if (!answer) return c.json(toProblem('REQUEST_003', { detail: `Nobody plays ${url.pathname}.` }), 404);
    const body = c.req.method === 'GET' ? undefined : await c.req.json().catch(() => undefined);
    asked.push({ operationId: found.operationId, body });
    try {
      const value = await answer({ params: found.params, query: url.searchParams, body });
      const route: Route = routes[found.operationId];
      return c.json(route.response.parse(value) as never, route.status as 200);
    } catch (error) {
      if (error instanceof ProblemError) return c.json(error.problem, error.problem.status as 409);
      throw error;
    }
  });
  const server = await new Promise<ReturnType<typeof serve>>(resolve => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () => resolve(started));
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    answers,
    publish(event) {
      for (const tell of followers) tell(event);
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

const patterns = operationIds.map(operationId => {
  const route: Route = routes[operationId];
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
  const expression = new RegExp(`^${route.path.replace(/\{\w+\}/g, '([^/]+)')}$`);
  return { operationId, names, expression, method: route.method.toUpperCase() };
});

function findRoute(method: string, path: string) {
  // What has no parameter goes first: /clients/backups is no client.
  for (const each of [...patterns].sort((a, b) => a.names.length - b.names.length)) {
    const match = each.method === method && each.expression.exec(path);
    if (!match) continue;
    const params = Object.fromEntries(
      each.names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]),
    );
    return { operationId: each.operationId, params };
  }
  return undefined;
}

function follow(followers: Set<(event: DaemonEvent) => void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let last = 0;
  let tell: (event: DaemonEvent) => void = () => {};
  return new ReadableStream({
    start(controller) {
      tell = event => controller.enqueue(encoder.encode(toFrame({ id: String(++last), event })));
      followers.add(tell);
      tell({ type: 'reset' });
    },
    cancel() {
      followers.delete(tell);
    },
  });
}

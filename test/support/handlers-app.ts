// Some routes of the daemon with their real validation and error mapping, without the rest of it.
import { Hono } from 'hono';
import type { AppEnvironment } from '../../daemon/http/app-environment.ts';
import { bindRoutes } from '../../daemon/http/bind-routes.ts';
import type { Handlers } from '../../daemon/http/context.ts';
import { ownerPrincipal, type Principal } from '../../daemon/http/principal.ts';
import { fetchCarrier } from '../../shared/api/carriers.ts';
import { type ApiClient, createApiClient } from '../../shared/api/client.ts';

export interface HandlersApp {
  api: ApiClient;
  /** As they were recorded: action, resource, outcome. */
  audit: { action: string; resource: string | null; outcome: string }[];
  /** What was no problem of ours; a test that expects none looks here. */
  failures: unknown[];
}

/** The owner asks, unless somebody else is named. */
export function createHandlersApp(
  handlers: Partial<Handlers>,
  principal: () => Principal = ownerPrincipal,
): HandlersApp {
  const app = new Hono<AppEnvironment>();
  const audit: HandlersApp['audit'] = [];
  const failures: unknown[] = [];
  app.use(async (c, next) => {
    c.set('requestId', 'request');
    c.set('principal', principal());
    await next();
  });
  bindRoutes(app, {
    handlers: handlers as Handlers,
    audit: { record: ({ action, resource, outcome }) => void audit.push({ action, resource, outcome }) },
    openEvents: () => new Response(),
    onFailure: error => void failures.push(error),
  });
  const fetch = async (path: string, init: RequestInit) => await app.request(path, init);
  return { api: createApiClient(fetchCarrier({ fetch: fetch as never, baseUrl: '', token: 'x' })), audit, failures };
}

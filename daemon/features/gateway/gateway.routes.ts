// The addresses of the MCP endpoint, and who may come in at each of them.
import type { Context, Hono } from 'hono';
import { isProblemError } from '../../../shared/api/problem.ts';
import type { AppEnvironment } from '../../http/app-environment.ts';
import { toResponse } from '../../http/bind-routes.ts';
import type { Lifelines } from '../../http/lifelines.ts';
import type { Gateway } from './create-gateway.ts';
import { createDismissals, eitherOf } from './leaving.ts';
import { everything, type Place } from './places.ts';

/** What it takes to come in at any of the addresses. */
export const gatewayAct = { permission: 'tools:call', action: 'mcp' } as const;

export interface GatewayMount {
  gateway: Pick<Gateway, 'fetch'>;
  /** Ends what is open when its principal is not let in any more. */
  lifelines: Lifelines;
  /** The answer to somebody who may not call tools here; `server`: at the address of this one alone. */
  refuse(c: Context<AppEnvironment>, server: string | undefined): Response | undefined;
}

export function serveGateway(app: Hono<AppEnvironment>, { gateway, lifelines, refuse }: GatewayMount): void {
  const dismissalOf = createDismissals(lifelines);
  const serve = async (c: Context<AppEnvironment>, place: Place): Promise<Response> => {
    const refusal = refuse(c, place.kind === 'server' ? place.server : undefined);
    const principal = c.get('principal');
    if (refusal || !principal) return refusal ?? c.notFound();
    const requestId = c.get('requestId');
    try {
      const dismissal = dismissalOf(principal);
      const signal = eitherOf(c.req.raw.signal, dismissal);
      const { status, headers, body } = await gateway.fetch(c.req.raw, {
        place,
        principal,
        requestId,
        signal,
        dismissal,
      });
      return new Response(body, { status, headers });
    } catch (error) {
      if (!isProblemError(error)) throw error;
      return toResponse(c, { ...error.problem, requestId });
    }
  };
  app.all('/mcp', c => serve(c, everything));
  app.all('/mcp/server/:server', c => serve(c, { kind: 'server', server: c.req.param('server') }));
  app.all('/mcp/:profile', c => serve(c, { kind: 'profile', profile: c.req.param('profile') }));
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from './principal.ts';

/** What Hono carries along with a request. */
export interface AppEnvironment {
  Bindings: { incoming?: IncomingMessage; outgoing?: ServerResponse };
  Variables: { requestId: string; principal: Principal | null };
}

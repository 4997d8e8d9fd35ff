import type { IncomingMessage } from 'node:http';
import type { Principal } from './principal.ts';

/** What Hono carries along with a request. */
export interface AppEnvironment {
  Bindings: { incoming?: IncomingMessage };
  Variables: { requestId: string; principal: Principal | null };
}

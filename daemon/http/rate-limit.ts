// How often somebody may ask: strangers by their address, those who are known by who they are. In memory, for one minute at a time.
import type { MiddlewareHandler } from 'hono';
// By their files: the whole package brings the drivers of ten databases into memory.
import RateLimiterMemory from 'rate-limiter-flexible/lib/RateLimiterMemory.js';
import RateLimiterRes from 'rate-limiter-flexible/lib/RateLimiterRes.js';
import { toProblem } from '../../shared/api/problem.ts';
import { apiPrefix } from '../../shared/api/routes.ts';
import type { AppEnvironment } from './app-environment.ts';
import { toResponse } from './bind-routes.ts';
import { addressOf } from './caller.ts';
import { networkOf } from './network.ts';
import { ownerOf } from './principal.ts';

export interface RateLimits {
  /** Requests a minute from one address that come without a valid token or session; 0: no limit. */
  strangers: number;
  /** Requests a minute of one principal; 0: no limit. */
  known: number;
}

export const noRateLimits: RateLimits = { strangers: 0, known: 0 };

const seconds = 60;

/**
 * Counts requests of the API and adds the headers of the IETF draft for rate limits (RateLimit and RateLimit-Policy);
 * over the limit it answers 429 with Retry-After (RFC 9110). What comes by `/mcp` has limits of its own: calls take
 * as long as they take.
 */
export function limitRates({ strangers, known }: RateLimits): MiddlewareHandler<AppEnvironment> {
  const limiters = {
    stranger: createLimiter('stranger', strangers),
    known: createLimiter('known', known),
  };
  return async (c, next) => {
    if (!c.req.path.startsWith(`${apiPrefix}/`)) return next();
    const principal = c.get('principal');
    const limiter = principal ? limiters.known : limiters.stranger;
    // Over the socket there is no address: whoever may open it is this user, and asks for the daemon's health while it starts.
    const address = addressOf(c);
    const key = principal ? ownerOf(principal) : address && networkOf(address);
    if (!limiter || key === null) return next();
    const state = await limiter.count(key);
    const reset = Math.ceil(state.msBeforeNext / 1_000);
    if (state.isOver) {
      const response = toResponse(c, tooMany(limiter, reset, c.get('requestId')));
      response.headers.set('retry-after', String(reset));
      describe((name, value) => response.headers.set(name, value), limiter, 0, reset);
      return response;
    }
    const { outgoing } = c.env ?? {};
    if (outgoing) describe((name, value) => void outgoing.setHeader(name, value), limiter, state.remaining, reset);
    await next();
    if (!outgoing) describe((name, value) => c.res.headers.set(name, value), limiter, state.remaining, reset);
  };
}

interface Limiter {
  name: string;
  most: number;
  count(key: string): Promise<{ isOver: boolean; remaining: number; msBeforeNext: number }>;
}

function createLimiter(name: string, most: number): Limiter | undefined {
  if (most === 0) return undefined;
  const memory = new RateLimiterMemory({ keyPrefix: name, points: most, duration: seconds });
  return {
    name,
    most,
    async count(key) {
      try {
        const { remainingPoints, msBeforeNext } = await memory.consume(key);
        return { isOver: false, remaining: remainingPoints, msBeforeNext };
      } catch (refused) {
        // It rejects with a result when the points are used up, and with an error never, in memory.
        if (!(refused instanceof RateLimiterRes)) throw refused;
        return { isOver: true, remaining: 0, msBeforeNext: refused.msBeforeNext };
      }
    },
  };
}

type SetHeader = (name: string, value: string) => void;

function describe(set: SetHeader, { name, most }: Limiter, remaining: number, reset: number): void {
  set('ratelimit-policy', `"${name}";q=${most};w=${seconds}`);
  set('ratelimit', `"${name}";r=${remaining};t=${reset}`);
}

const tooMany = ({ most }: Limiter, reset: number, requestId: string) =>
  toProblem('REQUEST_005', {
    detail: `There were more than ${most} requests in one minute.`,
    next: `Wait ${reset} seconds and try again.`,
    requestId,
  });

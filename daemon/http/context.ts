// What every handler knows of its request besides the request itself.

import type * as z from 'zod';
import type { RouteOutput } from '../../shared/api/route.ts';
import type { OperationId, Routes } from '../../shared/api/routes.ts';

/** Who asks. The owner is the only one yet; `via` says how it was proved. */
export interface Principal {
  kind: 'owner';
  via: 'token' | 'session';
  /** Set for a browser session: the hash under which it is stored. */
  sessionHash?: string;
  expiresAt: string | null;
}

/** For audit rows and call records: `owner (session)`. */
export const describePrincipal = (principal: Principal | null): string =>
  principal ? `${principal.kind} (${principal.via})` : 'anonymous';

export interface RequestContext {
  /** null on public routes only. */
  principal: Principal | null;
  requestId: string;
  /** True if it is known that a program of another user of this machine asks. */
  isAnotherUser(): boolean;
  /** Aborts when the caller goes away. */
  signal: AbortSignal;
  /** Adds a header to the answer. */
  setHeader(name: string, value: string): void;
}

type Parsed<R, K extends string> = R extends { readonly [key in K]: infer S extends z.ZodType }
  ? { [key in K]: z.output<S> }
  : unknown;
/** A request after validation: defaults are filled in. */
export type ParsedRequest<K extends OperationId> = Parsed<Routes[K], 'params'> &
  Parsed<Routes[K], 'query'> &
  Parsed<Routes[K], 'body'>;

/** What a handler answers: the input of the response's schema, so that a wrong shape does not compile. */
type Answer<K extends OperationId> = z.input<Routes[K]['response']> & RouteOutput<Routes[K]>;

export type Handler<K extends OperationId> = (
  request: ParsedRequest<K>,
  context: RequestContext,
) => Answer<K> | Promise<Answer<K>>;
export type Handlers = { [K in Exclude<OperationId, 'streamEvents'>]: Handler<K> };

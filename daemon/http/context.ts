// What every handler knows of its request besides the request itself.

import type * as z from 'zod';
import type { RouteOutput } from '../../shared/api/route.ts';
import type { OperationId, Routes } from '../../shared/api/routes.ts';
import type { Principal } from './principal.ts';
import type { RecordedState } from './state-changes.ts';

export type { Principal } from './principal.ts';
export { describePrincipal } from './principal.ts';

export interface RequestContext {
  /** null on public routes only. */
  principal: Principal | null;
  requestId: string;
  /** True if it is known that a program of another user of this machine asks. */
  isAnotherUser(): boolean;
  /** The address and the program that ask, for a list of sessions. */
  readonly from: string;
  /** The address alone, for counting wrong attempts; the socket has none. */
  address: string | null;
  /** False for servers that are out of the caller's scope: nothing of them is shown. */
  maySee(serverId: string): boolean;
  /** Gives the browser its half of a session, or takes it away. */
  setSession(secret: string | null): void;
  /** Aborts when the caller goes away. */
  signal: AbortSignal;
  /** Adds a header to the answer. */
  setHeader(name: string, value: string): void;
  /** Tells the audit log what an act has changed, where no operation shows it; null: it is not there. */
  recordChange(before: RecordedState | null, after: RecordedState | null): void;
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

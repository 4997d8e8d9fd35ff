// Where a request comes from.
import type { Context } from 'hono';
import type { AppEnvironment } from './app-environment.ts';
import { visible } from './principal.ts';

/** The address at the other end; null over the socket, which only this user can open. */
export const addressOf = (c: Context<AppEnvironment>): string | null => c.env?.incoming?.socket.remoteAddress ?? null;

const loopback = /^(?:::ffff:)?127\.|^::1$/;

/** This machine or another one; the socket is this machine. */
export const placeOf = (c: Context<AppEnvironment>): 'this-machine' | 'elsewhere' => placeOfAddress(addressOf(c));

export const placeOfAddress = (address: string | null | undefined): 'this-machine' | 'elsewhere' =>
  address === null || address === undefined || loopback.test(address) ? 'this-machine' : 'elsewhere';

/** For a person who looks at a list of sessions: the address, and what the program calls itself. */
export const describeCaller = (c: Context<AppEnvironment>): string =>
  visible(`${addressOf(c) ?? 'this machine'}, ${c.req.header('user-agent') ?? 'unknown program'}`.slice(0, 200));

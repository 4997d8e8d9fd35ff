// The two doors: a socket in a private folder, and a port on loopback.

import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { isProblemError, problem } from '../../shared/api/problem.ts';
import { findPortOwner } from '../platform/port-owner.ts';
import { ensurePrivateFolder } from '../platform/private-file.ts';
import type { TlsKeys } from '../platform/tls-files.ts';
import type { AppEnvironment } from './app-environment.ts';

export interface Door {
  server: Server;
  /** null for the socket. */
  port: number | null;
  close(): Promise<void>;
}

/** Takes a request and answers it, or leaves it untouched. True: it was taken. */
export type TakeAtOnce = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** What stands behind a door. */
export interface Front {
  app: Hono<AppEnvironment>;
  /** Asked first; what it leaves goes to the app. */
  takeAtOnce?: TakeAtOnce | undefined;
}

/** Where the port is, and how it speaks. */
export interface PortDoor {
  port: number;
  /** Default: this machine's own. */
  host?: string | undefined;
  tls?: TlsKeys | undefined;
}

const loopback = '127.0.0.1';

/** Errors: DAEMON_005 if something that answers holds the socket. */
export async function listenOnSocket(front: Front, path: string): Promise<Door> {
  if (process.platform !== 'win32') {
    ensurePrivateFolder(dirname(path));
    await removeStale(path);
  }
  const server = createHttpServer(front);
  await listen(server, { path });
  return { server, port: null, close: () => close(server) };
}

/** Errors: DAEMON_004 naming the program that holds the port, where that can be told. */
export async function listenOnPort(front: Front, door: PortDoor): Promise<Door> {
  const { port, host = loopback, tls } = door;
  const server = createHttpServer(front, tls);
  try {
    await listen(server, { port, host });
  } catch (error) {
    throw await toPortProblem(error, door);
  }
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : port, close: () => close(server) };
}

/** The port if it is free; if it is taken and another will do, any free one, and what was in the way. */
export async function listenOnPortOrAnother(
  front: Front,
  wanted: PortDoor,
): Promise<{ door: Door; taken: ReturnType<typeof problem> | null }> {
  try {
    return { door: await listenOnPort(front, wanted), taken: null };
  } catch (error) {
    if (!isProblemError(error) || error.code !== 'DAEMON_004') throw error;
    return { door: await listenOnPort(front, { ...wanted, port: 0 }), taken: error };
  }
}

function createHttpServer({ app, takeAtOnce }: Front, tls?: TlsKeys): Server {
  // The listener's own Request takes the place of the global one, because middleware that counts the bytes of a body
  // without a length (DELETE, chunked) makes a new request of the old, and the global one cannot.
  const ordinary = getRequestListener((request, bindings) => app.fetch(request, bindings));
  const listener: RequestListener = (incoming, outgoing) => {
    if (!takeAtOnce?.(incoming, outgoing)) void ordinary(incoming, outgoing);
  };
  const server = tls ? createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, listener) : createServer(listener);
  server.keepAliveTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  server.maxHeadersCount = 100;
  return server;
}

const listen = (server: Server, where: { path: string } | { port: number; host: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** Answers that are under way get a moment to end; then the connections are closed. */
const close = (server: Server): Promise<void> =>
  new Promise(resolve => {
    const force = setTimeout(() => server.closeAllConnections(), 1_000);
    server.close(() => {
      clearTimeout(force);
      resolve();
    });
    server.closeIdleConnections();
  });

async function toPortProblem(error: unknown, { port, host = loopback }: PortDoor): Promise<unknown> {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    const owner = await findPortOwner(port);
    return problem('DAEMON_004', {
      detail: `Port ${port} is used by ${owner ?? 'another program'}.`,
      next: `End that program, or choose another port, for example ${port === 65_535 ? 8084 : port + 1}.`,
    });
  }
  if (code === 'EACCES') {
    return problem('DAEMON_004', {
      detail: `Your user may not listen on port ${port}.`,
      next: 'Choose a port above 1023.',
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return problem('REQUEST_001', {
      detail: `This machine has no address "${host}".`,
      next: 'Give --host one of its own addresses, or 0.0.0.0 for all of them.',
    });
  }
  return error;
}

/** A socket file stays behind after a crash. It is removed only when nobody answers at it. */
async function removeStale(path: string): Promise<void> {
  const answers = await new Promise<boolean>(resolve => {
    const probe = connect(path);
    const end = (answered: boolean) => {
      probe.destroy();
      resolve(answered);
    };
    probe.setTimeout(2_000, () => end(true));
    probe.once('connect', () => end(true));
    probe.once('error', () => end(false));
  });
  if (answers) {
    throw problem('DAEMON_005', {
      detail: `Another program answers at ${path}.`,
      next: 'End that program, or set QUAYSIDE_HOME to another folder.',
    });
  }
  rmSync(path, { force: true });
}

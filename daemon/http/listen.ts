// The two doors: a socket in a private folder, and a port on loopback.

import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { isProblemError, problem, toProblem } from '../../shared/api/problem.ts';
import { findPortOwner } from '../platform/port-owner.ts';
import { ensurePrivateFolder } from '../platform/private-file.ts';
import type { TlsKeys } from '../platform/tls-files.ts';
import type { AppEnvironment } from './app-environment.ts';
import { writeProblem } from './write-problem.ts';

export interface Door {
  server: Server;
  /** null for the socket. */
  port: number | null;
  /** Takes nobody in any more: connections are refused, and who asks on an open one is told that the daemon is stopping. */
  refuse(): void;
  /** Nobody is connected. */
  isEmpty(): boolean;
  /** As refuse; then answers that are under way get a moment to end, and all connections are closed. */
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
  const door = createDoor(front);
  await listen(door.server, { path });
  return { ...door, port: null };
}

/** Errors: DAEMON_004 naming the program that holds the port, where that can be told. */
export async function listenOnPort(front: Front, wanted: PortDoor): Promise<Door> {
  const { port, host = loopback, tls } = wanted;
  const door = createDoor(front, tls);
  try {
    await listen(door.server, { port, host });
  } catch (error) {
    throw await toPortProblem(error, wanted);
  }
  const address = door.server.address();
  return { ...door, port: typeof address === 'object' && address ? address.port : port };
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

function createDoor({ app, takeAtOnce }: Front, tls?: TlsKeys): Omit<Door, 'port'> {
  // The listener's own Request takes the place of the global one, because middleware that counts the bytes of a body
  // without a length (DELETE, chunked) makes a new request of the old, and the global one cannot.
  const ordinary = getRequestListener((request, bindings) => app.fetch(request, bindings));
  let closed: Promise<void> | undefined;
  const listener: RequestListener = (incoming, outgoing) => {
    if (closed) writeProblem(outgoing, stopping, { 'retry-after': '5', connection: 'close' });
    else if (!takeAtOnce?.(incoming, outgoing)) void ordinary(incoming, outgoing);
  };
  const server = tls ? createTlsServer({ ...tls, minVersion: 'TLSv1.2' }, listener) : createServer(listener);
  server.keepAliveTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.requestTimeout = 60_000;
  server.maxHeadersCount = 100;
  // Of those that have not said anything yet, or are not through with TLS, the server itself knows nothing.
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const refuse = () => {
    closed ??= new Promise(resolve => server.close(() => resolve()));
    return closed;
  };
  return {
    server,
    refuse: () => void refuse(),
    isEmpty: () => connections.size === 0,
    async close() {
      const closeIdle = setInterval(() => server.closeIdleConnections(), 20);
      const force = setTimeout(() => {
        for (const socket of connections) socket.destroy();
      }, mostCloseMs);
      await refuse();
      clearInterval(closeIdle);
      clearTimeout(force);
    },
  };
}

const mostCloseMs = 1_000;
const stopping = toProblem('DAEMON_003', {
  detail: 'The daemon ends, and takes nothing new.',
  next: 'Try again in a moment.',
});

const listen = (server: Server, where: { path: string } | { port: number; host: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      resolve();
    });
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

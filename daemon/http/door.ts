// A door of the daemon: who comes in by it, how many at once, how long they may take, and how it closes.
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { toProblem } from '../../shared/api/problem.ts';
import type { TlsKeys } from '../platform/tls-files.ts';
import type { AppEnvironment } from './app-environment.ts';
import { takeInTurn } from './turns.ts';
import { writeProblem } from './write-problem.ts';

/** Takes a request and answers it, or leaves it untouched. True: it was taken. */
export type TakeAtOnce = (incoming: IncomingMessage, outgoing: ServerResponse) => boolean;

/** What stands behind a door. */
export interface Front {
  app: Hono<AppEnvironment>;
  /** Asked first; what it leaves goes to the app. */
  takeAtOnce?: TakeAtOnce | undefined;
}

export interface Door {
  server: Server;
  /** Takes nobody in any more: connections are refused, and who asks on an open one is told that the daemon is stopping. */
  refuse(): void;
  /** Nobody is connected. */
  isEmpty(): boolean;
  /** As refuse; then answers that are under way get a moment to end, and all connections are closed. */
  close(): Promise<void>;
}

export interface DoorOptions {
  tls?: TlsKeys | undefined;
  limits?: Partial<DoorLimits> | undefined;
}

export interface DoorLimits {
  /** Connections at once. For the next one those that rest, or have said nothing yet, are closed. */
  connections: number;
  /** Headers of one request. */
  headers: number;
  /** Milliseconds for the head of a request, from the begin of the connection on, and for the handshake of TLS. */
  headMs: number;
  /** Milliseconds for a whole request. */
  requestMs: number;
  /** Milliseconds for which nothing of an answer is read; then it is given up. */
  unreadMs: number;
  /** Milliseconds between two looks for those that take longer. */
  lookEveryMs: number;
}

const usual: DoorLimits = {
  connections: 2_000,
  headers: 100,
  headMs: 10_000,
  requestMs: 60_000,
  unreadMs: 60_000,
  lookEveryMs: 5_000,
};
const restMs = 30_000;
const mostCloseMs = 1_000;
const stopping = toProblem('DAEMON_003', {
  detail: 'The daemon ends, and takes nothing new.',
  next: 'Try again in a moment.',
});

const tooManyHeaders = (most: number) =>
  toProblem('REQUEST_004', { detail: `A request may have ${most} headers.`, next: 'Send fewer of them.' });

export function createDoor({ app, takeAtOnce }: Front, { tls, limits: wanted }: DoorOptions = {}): Door {
  const limits = { ...usual, ...wanted };
  // The listener's own Request takes the place of the global one, because middleware that counts the bytes of a body
  // without a length (DELETE, chunked) makes a new request of the old, and the global one cannot.
  const ordinary = getRequestListener((request, bindings) => app.fetch(request, bindings));
  let closed: Promise<void> | undefined;
  const listener = takeInTurn((incoming, outgoing) => {
    outgoing.on('timeout', endIfUnread);
    if (closed) writeProblem(outgoing, stopping, { 'retry-after': '5', connection: 'close' });
    else if (incoming.rawHeaders.length > limits.headers * 2)
      writeProblem(outgoing, tooManyHeaders(limits.headers), { connection: 'close' });
    else if (!takeAtOnce?.(incoming, outgoing)) void ordinary(incoming, outgoing);
  });
  const server = createHttpServer(listener, limits, tls);
  // Of those that are not through with TLS the server itself knows nothing.
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  let isMakingRoom = false;
  const makeRoom = async (): Promise<void> => {
    if (isMakingRoom) return;
    isMakingRoom = true;
    // What those have sent that came in the same moment is read in the next turn.
    await nextTurn();
    await nextTurn();
    isMakingRoom = false;
    server.closeIdleConnections();
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
  };
  server.on('drop', () => void makeRoom());
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

/**
 * Nothing has moved for a while: either it is being worked on, which may take as long as it takes, or nobody reads it. Of a
 * stream that has not ended, what was written tells: this is asked once, and nothing that is written later asks again.
 */
function endIfUnread(this: ServerResponse): void {
  if (!this.writableEnded && this.writableLength === 0) return;
  const left = leftBeneath(this.socket);
  if (left === undefined || left === leftBefore.get(this)) return void this.destroy();
  leftBefore.set(this, left);
  this.socket?.setTimeout(this.socket.timeout ?? 0);
}

const leftBefore = new WeakMap<ServerResponse, number>();

/**
 * Bytes that the connection beneath TLS has still to send; undefined without TLS. Node looks by itself whether anything moves, but
 * TLS takes what is written at once for one piece, which moves when all of it was read.
 */
function leftBeneath(socket: object | null): number | undefined {
  const handle = socket && Reflect.get(socket, '_handle');
  const left = handle?._parent?.writeQueueSize;
  return typeof left === 'number' ? left : undefined;
}

function createHttpServer(listener: RequestListener, limits: DoorLimits, tls: TlsKeys | undefined): Server {
  const options = {
    connectionsCheckingInterval: limits.lookEveryMs,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: restMs,
  };
  const server = tls
    ? createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.headMs }, listener)
    : createServer(options, listener);
  // Node leaves out what is beyond its limit, and who leaves out an Origin lets it in. The size of a head is bounded anyway.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections;
  server.timeout = limits.unreadMs;
  return server;
}

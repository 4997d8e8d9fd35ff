// A daemon behind two doors: one with the short way to the MCP endpoint, and one that knows the ordinary way alone.
// Both are of one kind: a port of IPv4 or IPv6, a port with TLS, or a socket.
import { readFileSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestByTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { connect as connectByTls } from 'node:tls';
import type { DoorLimits, Front } from '../../daemon/http/door.ts';
import { type ListeningDoor, listenOnPort, listenOnSocket } from '../../daemon/http/listen.ts';
import { readTlsFiles, type TlsFiles } from '../../daemon/platform/tls-files.ts';
import { makeCertificate } from './certificate.ts';
import type { InProcessDaemon } from './in-process-daemon.ts';

export type Carrier = 'IPv4' | 'IPv6' | 'TLS' | 'the socket';

const hasIPv6 = Object.values(networkInterfaces()).some(all => all?.some(({ address }) => address === '::1'));

/** Those that this machine has; the others, with the reason, in `missing`. */
export const carriers: readonly Carrier[] = ['IPv4', ...(hasIPv6 ? (['IPv6'] as const) : []), 'TLS', 'the socket'];
export const missing: readonly string[] = hasIPv6 ? [] : ['IPv6: this machine has no address ::1'];

export interface Way {
  door: ListeningDoor;
  /** As the header Host names it. */
  host: string;
  connect(): Socket;
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

export interface BothWays extends AsyncDisposable {
  short: Way;
  ordinary: Way;
  /** For each request at the short door, in order: whether it was taken there. To be emptied by whoever likes. */
  taken: boolean[];
}

/** The same, and for each request a note of whether it was taken at once. */
export const noting = ({ app, takeAtOnce }: Front, taken: boolean[]): Front => ({
  app,
  takeAtOnce(incoming, outgoing) {
    const isTaken = takeAtOnce?.(incoming, outgoing) === true;
    taken.push(isTaken);
    return isTaken;
  },
});

export async function openBothWays(
  { daemon, home }: Pick<InProcessDaemon, 'daemon' | 'home'>,
  carrier: Carrier = 'IPv4',
  limits: Partial<DoorLimits> = {},
): Promise<BothWays> {
  const taken: boolean[] = [];
  const files = carrier === 'TLS' ? makeCertificate(home) : undefined;
  const open = async (front: Front, name: string): Promise<Way> => {
    if (carrier === 'the socket') return await openSocket(front, join(home, `${name}.sock`));
    return await openPort(front, { host: carrier === 'IPv6' ? '::1' : '127.0.0.1', files, limits });
  };
  const short = await open(noting(daemon, taken), 'short');
  const ordinary = await open({ app: daemon.app }, 'ordinary');
  return {
    short,
    ordinary,
    taken,
    async [Symbol.asyncDispose]() {
      await Promise.all([short, ordinary].map(({ door }) => door.close()));
    },
  };
}

async function openSocket(front: Front, socketPath: string): Promise<Way> {
  return {
    door: await listenOnSocket(front, socketPath),
    host: 'localhost',
    connect: () => connect(socketPath),
    request: (options, onResponse) => request({ ...options, socketPath }, onResponse),
  };
}

interface Port {
  host: string;
  files: TlsFiles | undefined;
  limits: Partial<DoorLimits>;
}

async function openPort(front: Front, { host, files, limits }: Port): Promise<Way> {
  const door = await listenOnPort(front, { port: 0, host, tls: files && readTlsFiles(files), limits });
  const where = { host, port: door.port ?? 0 };
  const trust = files && { ca: readFileSync(files.cert), servername: 'localhost' };
  return {
    door,
    host: `${host.includes(':') ? `[${host}]` : host}:${door.port}`,
    connect: () => (trust ? connectByTls({ ...where, ...trust }) : connect(where)),
    request: (options, onResponse) =>
      trust
        ? requestByTls({ ...options, ...where, ...trust }, onResponse)
        : request({ ...options, ...where }, onResponse),
  };
}

export interface Talk {
  socket: Socket;
  /** All that came back. */
  told: string;
  /** All of it, once the connection has ended, however it did. */
  ended: Promise<string>;
}

/** A connection by hand. */
export function talk(socket: Socket, ...said: string[]): Talk {
  const ended = new Promise<string>(resolve => socket.once('close', () => resolve(one.told)));
  const one: Talk = { socket, told: '', ended };
  socket.setEncoding('latin1').on('error', () => {});
  socket.on('data', (piece: string) => {
    one.told += piece;
  });
  for (const text of said) socket.write(text, 'latin1');
  return one;
}

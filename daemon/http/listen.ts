// The two doors: a socket in a private folder, and a port on loopback.

import { rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { isProblemError, problem } from '../../shared/api/problem.ts';
import { findPortOwner } from '../platform/port-owner.ts';
import { ensurePrivateFolder } from '../platform/private-file.ts';
import { createDoor, type Door, type DoorOptions, type Front } from './door.ts';

export interface ListeningDoor extends Door {
  /** null for the socket. */
  port: number | null;
}

/** Where the port is, and how it speaks. */
export interface PortDoor extends DoorOptions {
  port: number;
  /** Default: this machine's own. */
  host?: string | undefined;
}

const loopback = '127.0.0.1';

/** Errors: DAEMON_005 if something that answers holds the socket. */
export async function listenOnSocket(front: Front, path: string): Promise<ListeningDoor> {
  if (process.platform !== 'win32') {
    ensurePrivateFolder(dirname(path));
    await removeStale(path);
  }
  const door = createDoor(front);
  await listen(door.server, { path });
  return { ...door, port: null };
}

/** Errors: DAEMON_004 naming the program that holds the port, where that can be told. */
export async function listenOnPort(front: Front, wanted: PortDoor): Promise<ListeningDoor> {
  const { port, host = loopback } = wanted;
  const door = createDoor(front, wanted);
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
): Promise<{ door: ListeningDoor; taken: ReturnType<typeof problem> | null }> {
  try {
    return { door: await listenOnPort(front, wanted), taken: null };
  } catch (error) {
    if (!isProblemError(error) || error.code !== 'DAEMON_004') throw error;
    return { door: await listenOnPort(front, { ...wanted, port: 0 }), taken: error };
  }
}

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

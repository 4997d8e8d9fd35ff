// Whose program is at the other end of a loopback connection. Linux tells; elsewhere it is not known.
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';

export type PeerSocket = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>;

const uidColumn = 7;

/** The user id of the program at the other end; undefined if it cannot be told. Never throws. */
export function findPeerUser(
  socket: PeerSocket | undefined,
  platform: NodeJS.Platform = process.platform,
): number | undefined {
  if (platform !== 'linux' || socket?.remoteAddress !== '127.0.0.1') return undefined;
  const { remotePort, localPort } = socket;
  if (remotePort === undefined || localPort === undefined) return undefined;
  try {
    const theirs = `${loopback}:${hex(remotePort)}`;
    const ours = `${loopback}:${hex(localPort)}`;
    const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    const row = rows
      .map(line => line.trim().split(/\s+/))
      .find(columns => columns[1] === theirs && columns[2] === ours);
    const uid = Number(row?.[uidColumn]);
    return row && Number.isInteger(uid) ? uid : undefined;
  } catch {
    return undefined;
  }
}

/** 127.0.0.1 as the kernel writes it on a little-endian machine. */
const loopback = '0100007F';
const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

/** True if it is known that another user's program asks. Root may be a forwarder, and could do anything anyway. */
export function isAnotherUser(socket: PeerSocket | undefined): boolean {
  const uid = findPeerUser(socket);
  return uid !== undefined && uid !== 0 && uid !== process.geteuid?.();
}

// The owner: a token in the state folder, and links that open the page once.
import { timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { problem } from '../../../shared/api/problem.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { writePrivateFile } from '../../platform/private-file.ts';
import { hash, newSecret } from './secret-text.ts';

export interface Owner {
  readonly token: string;
  isToken(given: string): boolean;
  /** Replaces the token; links that were not used yet end. */
  rotateToken(): string;
  /** A ticket that can be traded for a session once, within some minutes: of a user, or else of the owner. */
  createTicket(userId?: string): { ticket: string; expiresAt: string };
  /** Whose it is; null: the owner. Errors: ACCESS_005 for a ticket that is unknown, used or too old. */
  takeTicket(ticket: string): string | null;
}

const mostTickets = 20;

export function createOwner(file: string, clock: Clock): Owner {
  let token = readToken(file) ?? writeNewToken(file);
  let bytes = Buffer.from(token, 'latin1');
  /** By the hash of a ticket. In memory only: a ticket does not outlive the daemon. */
  const tickets = new Map<string, { expires: number; userId: string | null }>();
  return {
    get token() {
      return token;
    },
    // How long it is, is no secret.
    isToken: given => given.length === token.length && timingSafeEqual(Buffer.from(given, 'latin1'), bytes),
    rotateToken() {
      tickets.clear();
      token = writeNewToken(file);
      bytes = Buffer.from(token, 'latin1');
      return token;
    },
    createTicket(userId) {
      const ticket = newSecret();
      const expires = clock.now() + limits.loginTicketSeconds * 1000;
      if (tickets.size >= mostTickets) tickets.delete(tickets.keys().next().value ?? '');
      tickets.set(hash(ticket), { expires, userId: userId ?? null });
      return { ticket, expiresAt: toTimestamp(expires) };
    },
    takeTicket(ticket) {
      const ticketHash = hash(ticket);
      const found = tickets.get(ticketHash);
      tickets.delete(ticketHash);
      if (found && found.expires > clock.now()) return found.userId;
      throw problem('ACCESS_005', {
        detail: 'The link was used already, or it is more than five minutes old.',
        next: 'Make a new one with "quayside login".',
      });
    },
  };
}

function readToken(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const token = readFileSync(file, 'utf8').trim();
  return /^[A-Za-z0-9_-]{43}$/.test(token) ? token : undefined;
}

function writeNewToken(file: string): string {
  const token = newSecret();
  writePrivateFile(file, `${token}\n`);
  return token;
}

// Who may come in: the owner's token, one-time login links, and the browser sessions made from them.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { problem } from '../../../shared/api/problem.ts';
import { limits } from '../../../shared/domain/limits.ts';
import type { Authenticator } from '../../http/authenticate.ts';
import type { Principal } from '../../http/context.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { writePrivateFile } from '../../platform/private-file.ts';

export interface AccessService extends Authenticator {
  readonly token: string;
  /** Replaces the token; every session ends. */
  rotateToken(): string;
  /** A ticket that can be traded for a session once, within some minutes. */
  createTicket(): { ticket: string; expiresAt: string };
  /** Errors: ACCESS_005 for a ticket that is unknown, used or too old. */
  createSession(ticket: string): { secret: string; proof: string; principal: Principal };
  endSession(hash: string): void;
}

export interface AccessServiceOptions {
  database: Database;
  home: string;
  clock: Clock;
  onTokenChanged: (token: string) => void;
  /** A session has ended: what it has open must close. */
  onSessionEnded: () => void;
}

const mostTickets = 20;

const SessionRow = z.object({ expires_at: z.string(), proof_hash: z.string() });

export function createAccessService({
  database,
  home,
  clock,
  onTokenChanged,
  onSessionEnded,
}: AccessServiceOptions): AccessService {
  const file = join(home, 'owner-token');
  let token = readToken(file) ?? writeNewToken(file);
  /** Hash of a ticket -> when it expires. In memory only: a ticket does not outlive the daemon. */
  const tickets = new Map<string, number>();
  const insert = database.prepare(
    'insert into sessions (id_hash, proof_hash, created_at, expires_at) values (?, ?, ?, ?)',
  );
  const find = database.prepare('select expires_at, proof_hash from sessions where id_hash = ? and expires_at > ?');
  const remove = database.prepare('delete from sessions where id_hash = ?');
  const removeOld = database.prepare('delete from sessions where expires_at <= ?');
  const removeAll = database.prepare('delete from sessions');
  const inFuture = (milliseconds: number) => toTimestamp(clock.now() + milliseconds);

  const findSession = (secret: string): { principal: Principal; proofHash: string } | undefined => {
    const sessionHash = hash(secret);
    const found = SessionRow.optional().parse(find.get(sessionHash, toTimestamp(clock.now())));
    if (!found) return undefined;
    const principal = { kind: 'owner', via: 'session', sessionHash, expiresAt: found.expires_at } as const;
    return { principal, proofHash: found.proof_hash };
  };

  return {
    get token() {
      return token;
    },
    byToken: given => (areEqual(given, token) ? { kind: 'owner', via: 'token', expiresAt: null } : null),
    bySession(secret, proof) {
      const found = findSession(secret);
      return found && areEqual(hash(proof), found.proofHash) ? found.principal : null;
    },
    byCookieAlone: secret => findSession(secret)?.principal ?? null,
    rotateToken() {
      removeAll.run();
      tickets.clear();
      token = writeNewToken(file);
      onTokenChanged(token);
      return token;
    },
    createTicket() {
      const ticket = newSecret();
      if (tickets.size >= mostTickets) tickets.delete(tickets.keys().next().value ?? '');
      tickets.set(hash(ticket), clock.now() + limits.loginTicketSeconds * 1000);
      return { ticket, expiresAt: inFuture(limits.loginTicketSeconds * 1000) };
    },
    createSession(ticket) {
      const ticketHash = hash(ticket);
      const expires = tickets.get(ticketHash);
      tickets.delete(ticketHash);
      if (expires === undefined || expires <= clock.now()) {
        throw problem('ACCESS_005', {
          detail: 'The link was used already, or it is more than five minutes old.',
          next: 'Make a new one with "quayside login".',
        });
      }
      const secret = newSecret();
      const proof = newSecret();
      const sessionHash = hash(secret);
      const expiresAt = inFuture(limits.sessionHours * 3_600_000);
      removeOld.run(toTimestamp(clock.now()));
      insert.run(sessionHash, hash(proof), toTimestamp(clock.now()), expiresAt);
      return { secret, proof, principal: { kind: 'owner', via: 'session', sessionHash, expiresAt } };
    },
    endSession: sessionHash => {
      remove.run(sessionHash);
      onSessionEnded();
    },
  };
}

const newSecret = (): string => randomBytes(32).toString('base64url');
const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** In constant time, and of any lengths: both are hashed first. */
const areEqual = (a: string, b: string): boolean =>
  timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());

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

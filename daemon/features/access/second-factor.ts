// The second factor: TOTP (RFC 6238) with a secret that the vault keeps, and recovery codes. Whatever was taken once is not taken again.
import { createHmac, randomInt, timingSafeEqual } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { problem } from '../../../shared/api/problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { StoredUser, UserRepository } from './users.repository.ts';

/** The vault as this needs it. Errors of each: SECRET_003 while it is locked. */
export interface SealedValues {
  /** Returns the id under which it is kept. */
  put(purpose: string, value: Uint8Array): string;
  /** To be wiped by the caller; undefined if there is none of this id. */
  get(id: string): Buffer | undefined;
  remove(id: string): void;
}

export interface SecondFactor {
  /** Errors: USER_005 if there is one. */
  begin(user: StoredUser): { secret: string; url: string };
  /** The recovery codes; undefined for a wrong code. Errors: USER_005 if it is confirmed. */
  confirm(user: StoredUser, code: string): string[] | undefined;
  /** True once for each good code. */
  take(user: StoredUser, code: string): boolean;
  remove(user: StoredUser): void;
}

export interface SecondFactorOptions {
  users: UserRepository;
  sealed: SealedValues;
  clock: Clock;
}

const secretBytes = 20;
const recoveryCodes = 10;
const window = 1;
/** Without what is mistaken for another: 50 bits in ten characters. */
const alphabet = '23456789abcdefghjkmnpqrstuvwxyz0';

export function createSecondFactor({ users, sealed, clock }: SecondFactorOptions): SecondFactor {
  const withSecret = <T>(user: StoredUser, act: (secret: Buffer) => T): T | undefined => {
    const secret = user.factor === null ? undefined : sealed.get(user.factor);
    if (!secret) return undefined;
    try {
      return act(secret);
    } finally {
      secret.fill(0);
    }
  };
  const now = () => toTimestamp(clock.now());
  const remove = (user: StoredUser): void => {
    users.saveFactor(user.id, null, now());
    if (user.factor !== null) sealed.remove(user.factor);
  };

  return {
    begin(user) {
      if (user.factorConfirmedAt !== null) throw already();
      const secret = new Secret({ size: secretBytes });
      const bytes = Buffer.from(secret.bytes);
      const id = sealed.put(`second factor of ${user.id}`, bytes);
      users.saveFactor(user.id, id, now());
      if (user.factor !== null) sealed.remove(user.factor);
      bytes.fill(0);
      return { secret: secret.base32, url: totp(secret, user.name).toString() };
    },
    confirm(user, code) {
      if (user.factorConfirmedAt !== null) throw already();
      return withSecret(user, bytes => {
        const step = findStep(bytes, code, clock.now());
        if (step === undefined) return undefined;
        const codes = Array.from({ length: recoveryCodes }, newRecoveryCode);
        users.confirmFactor(
          user.id,
          codes.map(each => recoveryHash(bytes, each)),
          step,
          now(),
        );
        return codes;
      });
    },
    take(user, code) {
      if (user.factorConfirmedAt === null) return false;
      const taken = withSecret(user, bytes => {
        if (code.includes('-')) return takeRecovery(user, recoveryHash(bytes, code));
        const step = findStep(bytes, code, clock.now());
        return step !== undefined && users.takeStep(user.id, step);
      });
      return taken ?? false;
    },
    remove,
  };

  function takeRecovery(user: StoredUser, wanted: string): boolean {
    const found = user.recovery.find(each => timingSafeEqual(Buffer.from(each), Buffer.from(wanted)));
    return found !== undefined && users.takeRecovery(user.id, found);
  }
}

const totp = (secret: Secret, name: string): TOTP =>
  new TOTP({ issuer: 'Quayside', label: name, algorithm: 'SHA1', digits: 6, period: 30, secret });

/** The time step that a code belongs to, one before and after the present one included; undefined for a wrong code. */
export function findStep(secret: Buffer, code: string, epochMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const delta = TOTP.validate({
    token: code,
    // A copy, because the caller wipes its own.
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
    timestamp: epochMs,
    window,
  });
  return delta === null ? undefined : Math.floor(epochMs / 30_000) + delta;
}

const newRecoveryCode = (): string => {
  const text = Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return `${text.slice(0, 5)}-${text.slice(5)}`;
};

/** Keyed with what only the vault has, so that a copy of the database is no help in guessing them. */
const recoveryHash = (secret: Buffer, code: string): string =>
  createHmac('sha256', secret).update(`recovery ${code}`).digest('hex');

const already = () =>
  problem('USER_005', {
    detail: 'A second factor is set up for this user.',
    next: 'Remove it first; that takes a code of it.',
  });

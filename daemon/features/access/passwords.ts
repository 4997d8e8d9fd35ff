// Passwords as PHC strings of Argon2id. Whoever asks for a name that nobody has waits as long as for one that is there.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import PQueue from 'p-queue';
import { problem } from '../../../shared/api/problem.ts';

export interface Costs {
  memoryKiB: number;
  iterations: number;
  parallelism: number;
}

/** Argon2id with an answer of 32 bytes; the vault's own, passed in. */
export type Argon2id = (password: Uint8Array, salt: Uint8Array, costs: Costs) => Promise<Buffer>;

export interface Passwords {
  hash(password: string): Promise<string>;
  /** Takes the same time without a stored hash. `outdated`: right, but to be hashed anew with the costs of today. */
  check(password: string, stored: string | null): Promise<'right' | 'outdated' | 'wrong'>;
}

/** RFC 9106's second recommended choice, as for the vault's passphrase. */
export const usualCosts: Costs = { memoryKiB: 65_536, iterations: 3, parallelism: 1 };

/** Each takes 64 MiB while it runs, and strangers may ask. */
const atOnce = 2;
const mostWaiting = 16;

export function createPasswords(argon2id: Argon2id, costs: Costs = usualCosts): Passwords {
  const queue = new PQueue({ concurrency: atOnce });
  const stretch = async (password: string, salt: Buffer, by: Costs): Promise<Buffer> => {
    if (queue.size >= mostWaiting) throw tooMany();
    // Unicode is normalised, because keyboards differ.
    const bytes = Buffer.from(password.normalize('NFKC'));
    try {
      return await queue.add(() => argon2id(bytes, salt, by));
    } finally {
      bytes.fill(0);
    }
  };
  return {
    async hash(password) {
      const salt = randomBytes(16);
      return toPhc(costs, salt, await stretch(password, salt, costs));
    },
    async check(password, stored) {
      const known = stored === null ? undefined : fromPhc(stored);
      const made = await stretch(password, known?.salt ?? randomBytes(16), known?.costs ?? costs);
      if (!known || !timingSafeEqual(made, known.made)) return 'wrong';
      return isWeaker(known.costs, costs) ? 'outdated' : 'right';
    },
  };
}

const isWeaker = (a: Costs, b: Costs): boolean => a.memoryKiB < b.memoryKiB || a.iterations < b.iterations;

const toBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

const toPhc = ({ memoryKiB, iterations, parallelism }: Costs, salt: Buffer, made: Buffer): string =>
  `$argon2id$v=19$m=${memoryKiB},t=${iterations},p=${parallelism}$${toBase64(salt)}$${toBase64(made)}`;

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{43})$/;

/** Undefined for what is none of ours: then no password fits. */
export function fromPhc(text: string): { costs: Costs; salt: Buffer; made: Buffer } | undefined {
  const [, memory, iterations, parallelism, salt = '', made = ''] = phc.exec(text) ?? [];
  if (memory === undefined) return undefined;
  const costs = { memoryKiB: Number(memory), iterations: Number(iterations), parallelism: Number(parallelism) };
  return { costs, salt: Buffer.from(salt, 'base64'), made: Buffer.from(made, 'base64') };
}

const tooMany = () =>
  problem('ACCESS_008', {
    detail: 'Many sign-ins are being checked at this moment.',
    next: 'Try again in some seconds.',
  });

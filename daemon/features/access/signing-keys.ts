// The keys of access tokens: in the state folder beside the owner's token, replaced each month, the old one good until its last token has ended.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Clock } from '../../platform/clock.ts';
import { writePrivateFile } from '../../platform/private-file.ts';
import { tokenMinutes } from './token-facts.ts';

export interface SigningKey {
  kid: string;
  secret: Uint8Array;
}

export interface SigningKeys {
  /** The one to sign with. */
  newest(): SigningKey;
  find(kid: string): SigningKey | undefined;
}

const rotateAfterMs = 30 * 86_400_000;
/** Its last token lives so long, and clocks may be off by a minute. */
const overlapMs = (tokenMinutes + 1) * 60_000;

const Stored = z.object({
  keys: z
    .array(
      z.object({
        kid: z.string(),
        secret: z.string().regex(/^[\w-]{43}$/),
        createdAt: z.int(),
      }),
    )
    .min(1),
});
type StoredKey = z.infer<typeof Stored>['keys'][number];

export function createSigningKeys(file: string, clock: Clock): SigningKeys {
  let keys: StoredKey[] = read(file);

  const rotate = (): StoredKey => {
    const made = { kid: randomUUID(), secret: randomBytes(32).toString('base64url'), createdAt: clock.now() };
    keys = [...keys.slice(-1), made];
    writePrivateFile(file, `${JSON.stringify({ keys } satisfies z.infer<typeof Stored>)}\n`);
    return made;
  };
  /** A key ends when its successor is older than the last token that it can have signed. */
  const isGood = (key: StoredKey): boolean => {
    const next = keys[keys.indexOf(key) + 1];
    return !next || clock.now() - next.createdAt < overlapMs;
  };

  return {
    newest() {
      const last = keys.at(-1);
      return toKey(last && clock.now() - last.createdAt < rotateAfterMs ? last : rotate());
    },
    find(kid) {
      const key = keys.find(each => each.kid === kid);
      return key && isGood(key) ? toKey(key) : undefined;
    },
  };
}

const toKey = ({ kid, secret }: StoredKey): SigningKey => ({ kid, secret: Buffer.from(secret, 'base64url') });

/** Unreadable keys are no keys: tokens end, and their holders refresh them. */
function read(file: string): StoredKey[] {
  if (!existsSync(file)) return [];
  try {
    return Stored.parse(JSON.parse(readFileSync(file, 'utf8'))).keys;
  } catch {
    return [];
  }
}

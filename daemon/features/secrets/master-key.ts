// What a master key and a passphrase must be, and where a master key is looked for.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { MasterKeySource } from '../../../shared/api/vault.ts';
import { writePrivateFile } from '../../platform/private-file.ts';
import { keyBytes } from './key-derivation.ts';

/** Where the daemon looks for keys. */
export interface MasterKeyPlaces {
  /** A mounted file that somebody named; it must be there. */
  file: string | undefined;
  /** The usual place of a container's secret; it may be absent. */
  mountedFile: string;
  /** The variable's own text. */
  environment: string | undefined;
  /** The file that is generated if there is nothing better. */
  generatedFile: string;
}

/** A key that is at hand without asking anybody. */
export interface FoundKey {
  source: Extract<MasterKeySource, 'file' | 'environment' | 'generated'>;
  /** Where it was found, as a person reads it. */
  place: string;
  /** 32 bytes; the caller wipes them. */
  key: Buffer;
}

/** Where a key may be, the first of these first. */
export const masterKeyPlaces = (
  environment: Readonly<Record<string, string | undefined>>,
  generatedFile: string,
): MasterKeyPlaces => ({
  file: environment['QUAYSIDE_MASTER_KEY_FILE'] || undefined,
  mountedFile: '/run/secrets/quayside_master_key',
  environment: environment['QUAYSIDE_MASTER_KEY'] || undefined,
  generatedFile,
});

/** The mounted file's key, if there is one. Errors: SECRET_005. */
export function findFileKey({ file, mountedFile }: MasterKeyPlaces): FoundKey | undefined {
  const place = file ?? (existsSync(mountedFile) ? mountedFile : undefined);
  return place === undefined ? undefined : { source: 'file', place, key: readKeyFile(place) };
}

/** The variable's key, if it is set. Errors: SECRET_005. */
export function findEnvironmentKey({ environment }: MasterKeyPlaces): FoundKey | undefined {
  if (environment === undefined) return undefined;
  const place = 'QUAYSIDE_MASTER_KEY';
  return { source: 'environment', place, key: parseMasterKey(Buffer.from(environment), place) };
}

/** The generated file's key, if it is there. Errors: SECRET_005. */
export function findGeneratedKey({ generatedFile }: MasterKeyPlaces): FoundKey | undefined {
  if (!existsSync(generatedFile)) return undefined;
  return { source: 'generated', place: generatedFile, key: readKeyFile(generatedFile) };
}

/** Makes the generated file. Errors: DAEMON_006, DAEMON_009. */
export function generateKey({ generatedFile }: MasterKeyPlaces): FoundKey {
  const key = randomBytes(keyBytes);
  writePrivateFile(generatedFile, `${key.toString('base64')}\n`);
  return { source: 'generated', place: generatedFile, key };
}

/** True if others than the owner may read the file. Mounted secrets often are like that, within their container. */
export function isReadByOthers(path: string): boolean {
  try {
    return process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}

const largestFile = 1_024;

function readKeyFile(path: string): Buffer {
  let content: Buffer;
  try {
    if (statSync(path).size > largestFile) throw notUsable(path, 'It is too large for a key.');
    content = readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw code ? notUsable(path, `It cannot be read (${code}).`, error) : error;
  }
  return parseMasterKey(content, path);
}

/** 32 bytes as they are, as 64 hexadecimal digits, or as base64. Errors: SECRET_005. */
export function parseMasterKey(content: Buffer, place: string): Buffer {
  try {
    const key = decode(content);
    if (!key) throw notUsable(place, `It does not hold ${keyBytes} bytes as hexadecimal digits or base64.`);
    if (isWeak(key)) {
      key.fill(0);
      throw notUsable(place, 'It does not look random.');
    }
    return key;
  } finally {
    content.fill(0);
  }
}

function decode(content: Buffer): Buffer | undefined {
  const text = content.toString('latin1').trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex');
  if (/^(?:[A-Za-z0-9+/]{43}=?|[A-Za-z0-9_-]{43}=?)$/.test(text)) return Buffer.from(text, 'base64');
  // Text of this length is a phrase that somebody typed, and no key.
  const isText = /^[\x20-\x7e]*$/.test(text);
  return content.length === keyBytes && !isText ? Buffer.from(content) : undefined;
}

/** 32 random bytes have about 30 different values; fewer than 20 do not happen by chance in the life of a universe. */
function isWeak(key: Buffer): boolean {
  if (new Set(key).size < 20) return true;
  const steps = new Set(Array.from(key.subarray(1), (byte, at) => (byte - (key[at] ?? 0)) & 0xff));
  return steps.size < 8;
}

const notUsable = (place: string, detail: string, cause?: unknown): ProblemError =>
  problem('SECRET_005', {
    detail: `${place}: ${detail}`,
    next: 'Make one with "openssl rand -base64 32" and start the daemon again. Nothing was changed.',
    cause,
  });

const leastCharacters = 12;

/** Errors: SECRET_005 for one that is guessed at once. */
export function checkPassphrase(passphrase: string): void {
  const characters = [...passphrase.normalize('NFKC')];
  if (characters.length >= leastCharacters && new Set(characters).size >= 6) return;
  throw problem('SECRET_005', {
    detail: `A passphrase has ${leastCharacters} characters or more, of which at least six are different.`,
    next: 'Four words that do not belong together are a good one.',
  });
}

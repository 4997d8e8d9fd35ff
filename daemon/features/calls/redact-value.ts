// Makes of arguments or a result a text that may be stored: without what looks like a secret, without the vault's own
// values, and no longer than was asked for (rule D23).
import { soundsSecret } from '../../platform/secret-patterns.ts';
import { hiddenMark, type SecretScanner } from './secret-scanner.ts';

export interface Redacted {
  /** JSON; of what was cut, its beginning. null: nothing. */
  text: string | null;
  state: 'whole' | 'cut' | 'hidden' | 'none';
}

export interface RedactorParts {
  scanner: SecretScanner;
  /** The text without any value of the vault. */
  hideValues(text: string): string;
}

/** No more than this is looked through; what is longer is cut in any case. */
const mostScanned = 1_048_576;
/** No secret is longer: the end of a text that was cut before it was looked through could hold the start of one. */
const longestSecret = 70_000;
const mostDepth = 200;
/** A name in JSON whose value is a list or an object: what is in it is as secret as a text would be. */
const secretStructure =
  /(?:passw|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credential|authorization|cookie)[\w.-]{0,64}"\s{0,4}:\s{0,4}[[{]/i;
/** Between values that are looked through together. JSON never has it as it is. */
const separator = '\n\u0000\n';

/**
 * Texts for several values at once, because to read the vault takes longer than to look through them. `mostBytes`: of each
 * text. Never throws: a value that cannot be written as JSON is not kept.
 */
export function redactValues(
  values: readonly unknown[],
  mostBytes: number,
  { scanner, hideValues }: RedactorParts,
): Redacted[] {
  const written = values.map(write);
  const texts = written.map(({ text }) => text ?? '');
  const hidden = hideValues(texts.join(separator)).split(separator);
  // Something that crosses the border between two values was taken out: then it is not known which text is which.
  const isClear = hidden.length === texts.length;
  return written.map(({ text, isCut }, index) => {
    if (text === null) return { text: null, state: 'none' };
    const withoutValues = isClear ? (hidden[index] ?? '') : hiddenMark;
    const isSuspect = withoutValues !== text || scanner.find(text).length > 0 || secretStructure.test(text);
    const clean = isSuspect ? hideWithin(values[index], isCut, withoutValues, { scanner, hideValues }) : text;
    const safe = isCut ? clean.slice(0, Math.max(0, clean.length - longestSecret)) : clean;
    const kept = cutToBytes(safe, mostBytes);
    const state = isCut || kept.length < clean.length ? 'cut' : clean === text ? 'whole' : 'hidden';
    return { text: kept, state };
  });
}

function write(value: unknown): { text: string | null; isCut: boolean } {
  if (value === undefined) return { text: null, isCut: false };
  try {
    const text = JSON.stringify(value) ?? null;
    const isCut = text !== null && text.length > mostScanned;
    return { text: isCut ? text.slice(0, mostScanned) : text, isCut };
  } catch {
    return { text: null, isCut: false };
  }
}

/** Text by text, so that it stays JSON. What still shows something after that is hidden as a text. */
function hideWithin(
  value: unknown,
  isCut: boolean,
  withoutValues: string,
  { scanner, hideValues }: RedactorParts,
): string {
  if (isCut) return scanner.hide(withoutValues);
  const found: string[] = [];
  collect(value, text => {
    found.push(text);
    return text;
  });
  const together = hideValues(found.join(separator)).split(separator);
  if (together.length !== found.length) return JSON.stringify(hiddenMark);
  let at = 0;
  const clean = JSON.stringify(collect(value, () => scanner.hide(together[at++] ?? hiddenMark)));
  // Names beside their values, and what only shows in the whole.
  const isClean =
    hideValues(clean) === clean && scanner.find(clean).every(hit => clean.slice(hit.start, hit.end) === hiddenMark);
  return isClean ? clean : JSON.stringify(hiddenMark);
}

/** A copy in which each text, names of members included, is what the function makes of it. Below a secret name all is hidden. */
function collect(value: unknown, change: (text: string) => string, isSecret = false, depth = 0): unknown {
  if (depth > mostDepth) return hiddenMark;
  if (typeof value === 'string') {
    const changed = change(value);
    return isSecret && value !== '' ? hiddenMark : changed;
  }
  if (Array.isArray(value)) return value.map(item => collect(item, change, isSecret, depth + 1));
  if (value === null || typeof value !== 'object') return isSecret && isLongNumber(value) ? hiddenMark : value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      change(name),
      collect(member, change, isSecret || soundsSecret(name), depth + 1),
    ]),
  );
}

/** As long as a PIN may be; a count of tokens is shorter. */
const isLongNumber = (value: unknown): boolean => typeof value === 'number' && Math.abs(value) >= 1_000_000;

/** The longest beginning of whole characters that has so many bytes in UTF-8 at most. */
export function cutToBytes(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  let end = most;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}

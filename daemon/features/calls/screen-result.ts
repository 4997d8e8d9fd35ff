// Hides secrets in what servers answer, on its way to clients, where somebody wants that.
import { soundsSecret } from '../../platform/secret-patterns.ts';
import { needsInput } from '../../supervision/input-rounds.ts';
import type { WireObject } from '../../supervision/upstream.ts';
import { hiddenMark, type SecretScanner } from './secret-scanner.ts';

/**
 * The result with a mark in place of each secret, and in `_meta` how many there were; the same object if there was none.
 * What a server sends as images, sound or files is not looked at, nor the state that it wants back with the answers to what it
 * asks: with another one the call could not go on.
 */
export function screenResult(result: WireObject, scanner: SecretScanner): WireObject {
  let hits = 0;
  const isState = (name: string, members: object): boolean =>
    name === 'requestState' && members === result && needsInput(result);
  const clean = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return cleanText(value);
    if (value === null || typeof value !== 'object') return value;
    // Deeper than anybody reads it, and than can be walked.
    if (depth > mostDepth) return hiddenMark;
    return Array.isArray(value) ? cleanList(value, depth) : cleanMembers(value, depth);
  };
  const cleanText = (text: string): string => {
    const found = scanner.find(text).length;
    hits += found;
    return found === 0 ? text : scanner.hide(text);
  };
  /** Beside its name a text may be a secret that it is not by itself. */
  const cleanMember = (name: string, member: unknown, depth: number): unknown => {
    if (typeof member !== 'string' || !soundsSecret(name)) return clean(member, depth);
    if (scanner.find(`"${name}":"${member}"`).length === 0) return member;
    hits += 1;
    return hiddenMark;
  };
  const cleanList = (list: unknown[], depth: number): unknown[] => {
    const next = list.map(item => clean(item, depth + 1));
    return next.some((item, at) => item !== list[at]) ? next : list;
  };
  const cleanMembers = (members: object, depth: number): object => {
    const before = Object.entries(members);
    const next = before.map(
      ([name, member]) =>
        [
          name,
          isBinary(name, members) || isState(name, members) ? member : cleanMember(name, member, depth + 1),
        ] as const,
    );
    return next.some(([, member], at) => member !== before[at]?.[1]) ? Object.fromEntries(next) : members;
  };
  const cleaned = cleanMembers(result, 0);
  if (cleaned === result) return result;
  const meta = result['_meta'];
  const known = typeof meta === 'object' && meta !== null ? meta : {};
  return { ...cleaned, _meta: { ...known, 'quayside/redacted': hits } };
}

const mostDepth = 200;

/** Images, sound and files as base64. */
const isBinary = (name: string, block: object): boolean => (name === 'data' && 'mimeType' in block) || name === 'blob';

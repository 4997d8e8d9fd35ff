// What has to be written so that settings become others, in the words of `profile config`: single values by dotted keys.
import { canonicalJSON } from './canonical-json.ts';

export interface SettingsChange {
  set: { key: string; value: unknown }[];
  remove: string[];
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A key that a dotted path can name, and that no shell-less command line reads as something else. */
const isPlainKey = (key: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(key);

/**
 * From what is there to what shall be there. Undefined: dotted keys cannot say it (a dot in a key, a null, an object that is
 * empty), so the whole document has to be edited.
 */
export function changeOfSettings(before: Members, after: Members): SettingsChange | undefined {
  const change: SettingsChange = { set: [], remove: [] };
  return collect(before, after, '', change) ? change : undefined;
}

function collect(before: Members, after: Members, path: string, change: SettingsChange): boolean {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const key of keys) {
    const [was, shall] = [before[key], after[key]];
    if (canonicalJSON(was) === canonicalJSON(shall) && Object.hasOwn(before, key) === Object.hasOwn(after, key))
      continue;
    if (!isPlainKey(key)) return false;
    const whole = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(after, key)) change.remove.push(whole);
    else if (isMembers(shall)) {
      if (Object.keys(shall).length === 0 || (was !== undefined && !isMembers(was))) return false;
      if (!collect(isMembers(was) ? was : {}, shall, whole, change)) return false;
    } else if (shall === null || shall === undefined || isMembers(was)) return false;
    else change.set.push({ key: whole, value: shall });
  }
  return true;
}

/** True if both mean the same, whatever the order of their keys. */
export const sameSettings = (a: Members, b: Members): boolean => canonicalJSON(a) === canonicalJSON(b);

/** True if both allow the same tools. */
export const sameTools = (a: readonly string[] | null, b: readonly string[] | null): boolean =>
  a === null || b === null ? a === b : canonicalJSON([...new Set(a)].sort()) === canonicalJSON([...new Set(b)].sort());

// What a changed keyword of a JSON Schema (2020-12) means for callers, where that can be told from its two values alone.
import type { ToolChange } from '../../../shared/api/comparisons.ts';

/** Values that were fine may not be any more, or the other way round. */
type Change = { message: string; narrower: boolean; wider: boolean };

const lower = new Set(['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']);
const upper = new Set(['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']);

/** undefined: only a person can tell. An input may become wider, an output narrower, without anybody noticing. */
export function keywordChange(
  key: string,
  before: unknown,
  after: unknown,
  path: string,
  side: 'input' | 'output',
): ToolChange | undefined {
  const change = key === 'additionalProperties' ? openness(before, after) : bound(key, before, after);
  if (!change) return undefined;
  const { message, narrower, wider } = change;
  return { path, message, breaking: side === 'input' ? narrower : wider };
}

const isOpen = (value: unknown): boolean =>
  value === undefined ||
  value === true ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

function openness(before: unknown, after: unknown): Change | undefined {
  if (isOpen(before) && isOpen(after))
    return { message: 'Properties that are not named are taken, as before.', narrower: false, wider: false };
  // New properties of an output break nobody, named or not.
  if (isOpen(after)) return { message: 'Properties that are not named are taken now.', narrower: false, wider: false };
  if (after !== false || !isOpen(before)) return undefined;
  return { message: 'Properties that are not named are not taken any more.', narrower: true, wider: false };
}

function bound(key: string, before: unknown, after: unknown): Change | undefined {
  const isLower = lower.has(key);
  if (!isLower && !upper.has(key)) return undefined;
  const none = isLower ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const [old, now] = [before, after].map(value => (value === undefined ? none : value));
  if (typeof old !== 'number' || typeof now !== 'number') return undefined;
  const tighter = isLower ? now > old : now < old;
  const shown = (value: unknown) => (value === undefined ? 'not there' : String(value));
  const message = `"${key}" was ${shown(before)} and is ${shown(after)}.`;
  return { message, narrower: tighter, wider: !tighter };
}

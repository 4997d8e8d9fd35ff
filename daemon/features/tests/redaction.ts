// Takes out of values what reports and snapshots must not hold: secrets always, and in snapshots what a file's rules name.
import { createHash } from 'node:crypto';
import type { RedactionRule } from '../../../shared/domain/mcptest.ts';
import { compilePattern, type LinearPattern } from '../../platform/linear-pattern.ts';
import { compilePath, type JsonPath } from './json-path.ts';

export type HideText = (text: string) => string;

/** A shorter value is found in ordinary words; it is hidden where it stands alone. */
const shortest = 4;

/** Takes secrets out of what leaves the daemon. */
export interface Hide {
  text: HideText;
  /** The same value with every text in it without them, keys too. */
  value(value: unknown): unknown;
}

/** Hides values of environment variables that a file was given, and whatever `hideSecrets` knows. */
export function createHide(values: readonly string[], hideSecrets: HideText): Hide {
  const forms = values.flatMap(value => [
    value,
    ...value.split(/\r?\n/),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
  ]);
  const ordered = [...new Set(forms)].filter(form => form.length >= shortest).sort((a, b) => b.length - a.length);
  const alone = new Set(values.filter(value => value.length > 0));
  const own: HideText = text =>
    alone.has(text) ? '•••' : ordered.reduce((rest, form) => rest.replaceAll(form, '•••'), text);
  return {
    text: text => hideSecrets(own(text)),
    value(value) {
      const mine = mapTexts(value, own);
      return tryParse(hideSecrets(JSON.stringify(mine) ?? 'null')) ?? mapTexts(mine, hideSecrets);
    },
  };
}

/** Looking for the vault's values takes long, so a value is looked through as a whole. One that is a piece of JSON breaks it. */
function tryParse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** The same value with every text in it changed. */
export function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map(item => mapTexts(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [change(key), mapTexts(member, change)]));
}

type Rule = { path: JsonPath; with: string } | { pattern: LinearPattern; with: string };

const toRule = ({ path, pattern, with: replacement }: RedactionRule): Rule =>
  path === undefined
    ? { pattern: compilePattern(pattern ?? ''), with: replacement }
    : { path: compilePath(path), with: replacement };

/** Marks of places that a path found: no value of JSON is one. */
class Redacted {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A result as a snapshot keeps it: without `_meta`, with digests for what is binary, with the rules applied.
 * Errors: RangeError and PatternTooCostly for rules that are too costly.
 */
export function toSnapshotValue(result: Record<string, unknown>, rules: readonly RedactionRule[], hide: Hide): unknown {
  const compiled = rules.map(toRule);
  const { _meta: _, ...kept } = result;
  const places = compiled.flatMap(rule =>
    'path' in rule ? rule.path.locationsIn(kept).map(location => ({ location, text: rule.with })) : [],
  );
  const hidden = withDigests(hide.value(kept), kept);
  const marked = places.reduce((root, { location, text }) => replaceAt(root, location, text), hidden);
  const patterns = compiled.flatMap(rule => ('pattern' in rule ? [rule] : []));
  return withTexts(marked, text => patterns.reduce((rest, rule) => rule.pattern.replaceIn(rest, rule.with), text));
}

function withTexts(value: unknown, change: (text: string) => string): unknown {
  if (value instanceof Redacted) return value.text;
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map(item => withTexts(item, change));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === undefined ? [] : [[change(key), withTexts(member, change)]],
    ),
  );
}

/** Puts a mark at one place. */
function replaceAt(root: unknown, location: readonly (string | number)[], text: string): unknown {
  const last = location.at(-1);
  const mark = new Redacted(text);
  if (last === undefined) return mark;
  const parent = location.slice(0, -1).reduce<unknown>((at, key) => memberOf(at, key), root);
  if (parent !== null && typeof parent === 'object' && Object.hasOwn(parent, last)) Reflect.set(parent, last, mark);
  return root;
}

const memberOf = (value: unknown, key: PropertyKey): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined;

const digestOf = (base64: string): string =>
  `sha256:${createHash('sha256').update(base64).digest('hex')} (${base64.length} characters)`;

/** Images, audio and blobs by the digest of what the server sent: a snapshot is read by people. */
function withDigests(hidden: unknown, sent: unknown): unknown {
  if (Array.isArray(hidden)) return hidden.map((each, index) => withDigests(each, memberOf(sent, index)));
  if (hidden === null || typeof hidden !== 'object') return hidden;
  return Object.fromEntries(
    Object.entries(hidden).map(([key, member]) => {
      const original = memberOf(sent, key);
      const isBinary = (key === 'data' || key === 'blob') && typeof original === 'string' && 'mimeType' in hidden;
      return [key, isBinary ? new Redacted(digestOf(original)) : withDigests(member, original)];
    }),
  );
}

// Takes out of values what reports and snapshots must not hold: secrets always, and in snapshots what a file's rules name.
import { createHash } from 'node:crypto';
import type { RedactionRule } from '../../../shared/domain/mcptest.ts';
import { compilePath, type JsonPath } from './json-path.ts';
import { compilePattern, type LinearPattern } from './linear-pattern.ts';

export type HideText = (text: string) => string;

/** A shorter value is found in ordinary words; it is hidden where it stands alone. */
const shortest = 4;

/**
 * Hides values of environment variables that a file was given, and whatever `hideSecrets` knows. Keys are texts too.
 */
export function createHideText(values: readonly string[], hideSecrets: HideText): HideText {
  const forms = values.flatMap(value => [
    value,
    ...value.split(/\r?\n/),
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
  ]);
  const ordered = [...new Set(forms)].filter(form => form.length >= shortest).sort((a, b) => b.length - a.length);
  const alone = new Set(values.filter(value => value.length > 0));
  return text => {
    if (alone.has(text)) return '•••';
    return hideSecrets(ordered.reduce((rest, form) => rest.replaceAll(form, '•••'), text));
  };
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
export function toSnapshotValue(
  result: Record<string, unknown>,
  rules: readonly RedactionRule[],
  hide: HideText,
): unknown {
  const compiled = rules.map(toRule);
  const copy = withoutBinary(structuredClone({ ...result, _meta: undefined }));
  const found = compiled.reduce(
    (value, rule) => ('path' in rule ? replaceAt(value, rule.path, rule.with) : value),
    copy,
  );
  const patterns = compiled.flatMap(rule => ('pattern' in rule ? [rule] : []));
  const finish = (text: string) => patterns.reduce((rest, rule) => rule.pattern.replaceIn(rest, rule.with), hide(text));
  return withTexts(found, finish);
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

/** Puts the mark at every place that the path finds. */
function replaceAt(root: unknown, path: JsonPath, replacement: string): unknown {
  const mark = new Redacted(replacement);
  for (const location of path.locationsIn(root)) {
    const last = location.at(-1);
    if (last === undefined) return mark;
    const parent = location.slice(0, -1).reduce<unknown>((at, key) => memberOf(at, key), root);
    if (parent !== null && typeof parent === 'object') Reflect.set(parent, last, mark);
  }
  return root;
}

const memberOf = (value: unknown, key: PropertyKey): unknown =>
  value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined;

const digestOf = (base64: string): string =>
  `sha256:${createHash('sha256').update(base64).digest('hex')} (${base64.length} characters)`;

/** Images, audio and blobs by their digest: a snapshot is read by people. */
function withoutBinary(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBinary);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      (key === 'data' || key === 'blob') && typeof member === 'string' && 'mimeType' in value
        ? [key, new Redacted(digestOf(member))]
        : [key, withoutBinary(member)],
    ),
  );
}

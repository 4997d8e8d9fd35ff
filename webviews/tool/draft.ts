// What a person has typed into a form so far, and its two translations: draft -> arguments, arguments -> draft.
import type { Json } from '../../shared/domain/json-schema.ts';
import type { ChoiceField, Field, GroupField, ListField, NumberField, TextField, VariantField } from './schema-form.ts';

export type Draft =
  | { kind: 'absent' }
  /** For text, numbers and JSON: what stands in the field. */
  | { kind: 'text'; text: string }
  | { kind: 'flag'; on: boolean }
  | { kind: 'choice'; index: number }
  | { kind: 'list'; items: Draft[] }
  /** Which of several, and what stands in it. */
  | { kind: 'variant'; index: number; draft: Draft }
  /** `rest`: keys that the schema does not name, kept as they came. */
  | { kind: 'group'; entries: ReadonlyMap<string, Draft>; rest: ReadonlyMap<string, Json> }
  /** A value that the field cannot hold, for example null or a text where a number should be: kept and shown as JSON. */
  | { kind: 'value'; value: Json };

export const absent: Draft = { kind: 'absent' };

/** Errors by JSON Pointer into the arguments: `` for the whole, `/path/0`. */
export type FieldErrors = ReadonlyMap<string, string>;

/** The form as it opens: defaults filled in, required groups and switches there. */
export function initialDraft(field: Field): Draft {
  if (field.default !== undefined) return toDraft(field, field.default);
  if (field.kind === 'choice')
    return field.required && field.options.length === 1 ? { kind: 'choice', index: 0 } : absent;
  if (field.kind === 'group' && (field.required || field.key === '')) return emptyGroup(field);
  if (field.kind === 'flag' && field.required) return { kind: 'flag', on: false };
  if (field.kind === 'list' && field.required)
    return { kind: 'list', items: Array.from({ length: Math.min(field.minItems, 20) }, () => newItem(field)) };
  return absent;
}

/** A group with its own fields' initial drafts. */
export const emptyGroup = (field: GroupField): Draft => ({
  kind: 'group',
  entries: new Map(field.fields.map(inner => [inner.key, initialDraft(inner)])),
  rest: new Map(),
});

/** A further item of a list. */
export const newItem = ({ item }: ListField): Draft => {
  const draft = initialDraft(item);
  return draft.kind === 'absent' && (item.kind === 'text' || item.kind === 'number')
    ? { kind: 'text', text: '' }
    : draft;
};

/** A value as a draft of a field. Anything fits: what the field cannot hold is kept as it is. */
export function toDraft(field: Field, value: Json | undefined): Draft {
  if (value === undefined) return absent;
  const draft = heldBy(field, value);
  return draft ?? { kind: 'value', value };
}

function heldBy(field: Field, value: Json): Draft | undefined {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? { kind: 'text', text: value } : undefined;
    case 'number':
      return typeof value === 'number' ? { kind: 'text', text: String(value) } : undefined;
    case 'flag':
      return typeof value === 'boolean' ? { kind: 'flag', on: value } : undefined;
    case 'choice': {
      const index = field.options.findIndex(option => isSame(option.value, value));
      return index < 0 ? undefined : { kind: 'choice', index };
    }
    case 'list':
      return Array.isArray(value) ? { kind: 'list', items: value.map(item => toDraft(field.item, item)) } : undefined;
    case 'group':
      return isObject(value) ? groupDraft(field, value) : undefined;
    case 'variant':
      return variantHolding(field, value);
    case 'json':
      return { kind: 'text', text: JSON.stringify(value, null, 2) };
  }
}

/** The first that takes the value whole; else the first that takes its kind. */
function variantHolding(field: VariantField, value: Json): Draft | undefined {
  const drafts = field.options.map(option => toDraft(option, value));
  const whole = field.options.findIndex((option, index) => {
    const draft = drafts[index] ?? absent;
    return isWhole(draft) && toArguments(option, draft).errors.size === 0;
  });
  const index = whole >= 0 ? whole : drafts.findIndex(({ kind }) => kind !== 'value');
  const draft = drafts[index];
  return draft && { kind: 'variant', index, draft };
}

/** True if the form shows all of it. */
function isWhole(draft: Draft): boolean {
  switch (draft.kind) {
    case 'value':
      return false;
    case 'list':
      return draft.items.every(isWhole);
    case 'group':
      return draft.rest.size === 0 && [...draft.entries.values()].every(isWhole);
    case 'variant':
      return isWhole(draft.draft);
    default:
      return true;
  }
}

/** Another of several, as it opens. */
export const variantDraft = (field: VariantField, index: number): Draft => {
  const option = field.options[index];
  return option ? { kind: 'variant', index, draft: initialDraft(option) } : absent;
};

function groupDraft(field: GroupField, value: { [key: string]: Json }): Draft {
  const known = new Set(field.fields.map(inner => inner.key));
  const own = new Map(Object.entries(value));
  return {
    kind: 'group',
    entries: new Map(field.fields.map(inner => [inner.key, toDraft(inner, own.get(inner.key))])),
    rest: new Map([...own].filter(([key]) => !known.has(key))),
  };
}

export interface DraftResult {
  /** What would be sent; where there is an error, without that part. */
  value: Json | undefined;
  errors: FieldErrors;
}

/** The arguments of a draft, and what is wrong with them as far as the form can tell. */
export function toArguments(field: Field, draft: Draft): DraftResult {
  const errors = new Map<string, string>();
  const value = valueAt(field, draft, '', errors);
  return { value, errors };
}

function valueAt(field: Field, draft: Draft, at: string, errors: Map<string, string>): Json | undefined {
  if (draft.kind === 'value') return draft.value;
  if (draft.kind === 'absent') {
    if (field.required && field.nullable) return null;
    if (field.required) errors.set(at, missingText(field));
    return undefined;
  }
  switch (field.kind) {
    case 'text':
      return draft.kind === 'text' ? textValue(field, draft.text, at, errors) : undefined;
    case 'number':
      return draft.kind === 'text' ? numberValue(field, draft.text, at, errors) : undefined;
    case 'flag':
      return draft.kind === 'flag' ? draft.on : undefined;
    case 'choice':
      return draft.kind === 'choice' ? chosenValue(field, draft.index) : undefined;
    case 'list':
      return draft.kind === 'list' ? listValue(field, draft.items, at, errors) : undefined;
    case 'group':
      return draft.kind === 'group' ? groupValue(field, draft, at, errors) : undefined;
    case 'variant':
      return draft.kind === 'variant' ? variantValue(field, draft, at, errors) : undefined;
    case 'json':
      return draft.kind === 'text' ? jsonValue(draft.text, at, errors) : undefined;
  }
}

const missingText = (field: Field): string =>
  field.kind === 'choice' || field.kind === 'variant' ? 'Choose one of the values.' : 'This is required.';

function variantValue(
  field: VariantField,
  { index, draft }: Extract<Draft, { kind: 'variant' }>,
  at: string,
  errors: Map<string, string>,
): Json | undefined {
  const option = field.options[index];
  return option && valueAt(option, draft, at, errors);
}

function textValue(field: TextField, text: string, at: string, errors: Map<string, string>): string {
  const length = [...text].length;
  if (length < field.minLength)
    errors.set(at, `At least ${field.minLength} ${field.minLength === 1 ? 'character' : 'characters'}.`);
  else if (field.maxLength !== undefined && length > field.maxLength)
    errors.set(at, `At most ${field.maxLength} characters; these are ${length}.`);
  return text;
}

function numberValue(field: NumberField, raw: string, at: string, errors: Map<string, string>): number | undefined {
  const text = raw.trim();
  const value = Number(text);
  const message = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)
    ? numberError(field, value, text)
    : text === ''
      ? 'A number is needed here.'
      : 'This is not a number. Examples: 3, -1.5, 2e6.';
  if (message !== undefined) errors.set(at, message);
  return Number.isFinite(value) && text !== '' ? value : undefined;
}

function numberError(field: NumberField, value: number, text: string): string | undefined {
  if (!Number.isFinite(value)) return 'This number is too large.';
  if (/^[+-]?\d+$/.test(text) && !Number.isSafeInteger(value)) return 'This number is too large to be sent exactly.';
  if (field.integer && !Number.isInteger(value)) return 'A whole number is needed here.';
  if (field.minimum !== undefined && value < field.minimum) return `At least ${field.minimum}.`;
  if (field.maximum !== undefined && value > field.maximum) return `At most ${field.maximum}.`;
  if (field.exclusiveMinimum !== undefined && value <= field.exclusiveMinimum)
    return `More than ${field.exclusiveMinimum}.`;
  if (field.exclusiveMaximum !== undefined && value >= field.exclusiveMaximum)
    return `Less than ${field.exclusiveMaximum}.`;
  return undefined;
}

const chosenValue = (field: ChoiceField, index: number): Json | undefined => field.options[index]?.value;

function listValue(field: ListField, items: Draft[], at: string, errors: Map<string, string>): Json[] {
  if (items.length < field.minItems) errors.set(at, `At least ${field.minItems} are needed.`);
  if (field.maxItems !== undefined && items.length > field.maxItems) errors.set(at, `At most ${field.maxItems}.`);
  return items
    .map((item, index) => valueAt(field.item, item, `${at}/${index}`, errors))
    .filter(value => value !== undefined);
}

function groupValue(
  field: GroupField,
  draft: Extract<Draft, { kind: 'group' }>,
  at: string,
  errors: Map<string, string>,
): Json {
  const pairs = field.fields.flatMap((inner): [string, Json][] => {
    const value = valueAt(inner, draft.entries.get(inner.key) ?? absent, `${at}/${escapePointer(inner.key)}`, errors);
    return value === undefined ? [] : [[inner.key, value]];
  });
  // fromEntries defines keys of its own, so that a key named __proto__ is only a key.
  return Object.fromEntries([...pairs, ...draft.rest]);
}

function jsonValue(text: string, at: string, errors: Map<string, string>): Json | undefined {
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value;
  errors.set(at, parsed.error);
  return undefined;
}

/** JSON from a person's hand, or one sentence about what is wrong with it. */
export function parseJson(text: string): { value: Json } | { error: string } {
  if (text.trim() === '') return { error: 'JSON is needed here, for example {} or "text".' };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const place = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const line = place === undefined ? undefined : text.slice(0, Number(place)).split('\n').length;
    return { error: `This is not valid JSON${line === undefined ? '' : `; look at line ${line}`}.` };
  }
}

/** A property's name in a JSON Pointer. */
export const escapePointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** Every place of a draft that the form shows, as pointers. */
export function placesOf(field: Field, draft: Draft, at = ''): string[] {
  if (field.kind === 'group' && draft.kind === 'group')
    return [
      at,
      ...field.fields.flatMap(inner =>
        placesOf(inner, draft.entries.get(inner.key) ?? absent, `${at}/${escapePointer(inner.key)}`),
      ),
    ];
  if (field.kind === 'list' && draft.kind === 'list')
    return [at, ...draft.items.flatMap((item, index) => placesOf(field.item, item, `${at}/${index}`))];
  if (field.kind === 'variant' && draft.kind === 'variant') {
    const option = field.options[draft.index];
    return option ? placesOf(option, draft.draft, at) : [at];
  }
  return [at];
}

/** Errors of the daemon moved to the nearest place that the form shows. Paths begin with `/arguments`. */
export function placeErrors(
  errors: readonly { path: string; message: string }[],
  places: readonly string[],
): Map<string, string> {
  const known = new Set(places);
  const placed = new Map<string, string>();
  for (const { path, message } of errors) {
    const inArguments = path.replace(/^(?:\/body)?\/arguments(?=\/|$)/, '');
    let at = inArguments;
    while (at !== '' && !known.has(at)) at = at.slice(0, at.lastIndexOf('/'));
    const text = at === inArguments ? message : `${inArguments.slice(at.length + 1)}: ${message}`;
    placed.set(at, placed.has(at) ? `${placed.get(at)} ${text}` : text);
  }
  return placed;
}

const isObject = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => isSame(item, b[index] ?? null));
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every(key => Object.hasOwn(b, key) && isSame(a[key] ?? null, b[key] ?? null))
    );
  }
  return a === b;
}

// What an act has changed, for the audit log: fields with what they were and are, and of what may be secret the names alone.
import type { AuditChange } from '../../shared/api/audit.ts';
import { visible } from './principal.ts';

/** Something at one moment. */
export interface RecordedState {
  /** Told with their values; members of objects one by one. */
  shown: Readonly<Record<string, unknown>>;
  /** Told by their names alone: of an object, the names of the members that have changed. */
  hidden?: Readonly<Record<string, unknown>>;
}

const mostChanges = 50;
const mostCharacters = 200;
/** Stands for a value that is not told. */
export const hiddenMark = '•••';

/** null: it is not there. In the order of the fields; at most fifty, with a last one that counts the rest. */
export function findChanges(before: RecordedState | null, after: RecordedState | null): AuditChange[] {
  const shown = compare(flatten(before?.shown), flatten(after?.shown), toText);
  const hidden = compare(flatten(before?.hidden, 1), flatten(after?.hidden, 1), value => value && hiddenMark);
  const all = [...shown, ...hidden];
  if (all.length <= mostChanges) return all;
  return [...all.slice(0, mostChanges), { field: 'more', before: null, after: `${all.length - mostChanges} fields` }];
}

type Fields = ReadonlyMap<string, string>;

function compare(before: Fields, after: Fields, tell: (json: string | undefined) => string | undefined): AuditChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names
    .filter(name => before.get(name) !== after.get(name))
    .map(name => ({
      field: cut(name),
      before: tell(before.get(name)) ?? null,
      after: tell(after.get(name)) ?? null,
    }));
}

/** Each field's value as JSON. What is nothing (null, an empty list) is not there. */
function flatten(state: Readonly<Record<string, unknown>> | undefined, depth = 4): Fields {
  const fields = new Map<string, string>();
  const add = (name: string, value: unknown, left: number): void => {
    if (isNothing(value)) return;
    if (left > 0 && typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [member, part] of Object.entries(value)) add(`${name}.${member}`, part, left - 1);
    } else fields.set(name, JSON.stringify(value));
  };
  for (const [name, value] of Object.entries(state ?? {})) add(name, value, depth);
  return fields;
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

function toText(json: string | undefined): string | undefined {
  if (json === undefined) return undefined;
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value)) return cut(value.map(part => plain(part)).join(', '));
  return cut(plain(value));
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? withoutQuery(value) : typeof value === 'object' ? JSON.stringify(value) : String(value);

const cut = (text: string): string => {
  const whole = visible(text);
  return whole.length <= mostCharacters ? whole : `${whole.slice(0, mostCharacters)}…`;
};

/** An address may carry a key in its query, and the log is for ever. */
export const withoutQuery = (text: string): string =>
  /^[a-z]+:\/\//i.test(text) ? text.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//') : text;

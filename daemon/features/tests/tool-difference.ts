// How the tools of two versions differ, and which of it may break those who call them.
import { isDeepStrictEqual } from 'node:util';
import type { ToolChange, ToolDifference } from '../../../shared/api/comparisons.ts';
import { diffOf } from './difference.ts';
import { keywordChange } from './keyword-difference.ts';

export interface ComparedTool {
  name: string;
  [member: string]: unknown;
}

export function compareTools(
  before: readonly ComparedTool[],
  after: readonly ComparedTool[],
): { differences: ToolDifference[]; unchanged: number } {
  const [old, now] = [before, after].map(tools => new Map(tools.map(tool => [tool.name, tool])));
  const names = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].toSorted();
  const differences = names.flatMap(name => differenceOf(name, old?.get(name), now?.get(name)));
  return { differences, unchanged: names.length - differences.length };
}

function differenceOf(
  tool: string,
  before: ComparedTool | undefined,
  after: ComparedTool | undefined,
): ToolDifference[] {
  const diff = diffOf(textOf(before), textOf(after)) ?? '';
  if (!before) return [{ tool, kind: 'added', breaking: false, changes: [], diff }];
  if (!after) return [{ tool, kind: 'removed', breaking: true, changes: [], diff }];
  if (isDeepStrictEqual(withoutMeta(before), withoutMeta(after))) return [];
  const changes = changesOf(before, after);
  return [{ tool, kind: 'changed', breaking: changes.some(change => change.breaking), changes, diff }];
}

const withoutMeta = ({ _meta: _, ...tool }: ComparedTool) => tool;
const textOf = (tool: ComparedTool | undefined): string =>
  tool === undefined ? '' : JSON.stringify(sorted(withoutMeta(tool)), null, 2);

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map(key => [key, sorted(value[key])]),
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];

function changesOf(before: ComparedTool, after: ComparedTool): ToolChange[] {
  const simple = ['title', 'description', 'icons', 'execution'].flatMap((key): ToolChange[] =>
    isDeepStrictEqual(before[key], after[key]) ? [] : [{ path: `/${key}`, message: otherText(key), breaking: false }],
  );
  const hints = compareAnnotations(recordOf(before['annotations']), recordOf(after['annotations']));
  const input = compareSchemas(before['inputSchema'], after['inputSchema'], '/inputSchema', 'input', 0);
  const output = compareOutputs(before['outputSchema'], after['outputSchema']);
  const found = [...simple, ...hints, ...input, ...output];
  return found.length > 0
    ? found
    : [{ path: '', message: 'A part of the definition is another one.', breaking: false }];
}

const otherText = (key: string): string => (key === 'icons' ? 'The icons are others.' : `The ${key} is another one.`);

const pointer = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/** What a tool says of itself decides who is asked before it is called: each hint is told by itself. */
function compareAnnotations(old: Record<string, unknown>, now: Record<string, unknown>): ToolChange[] {
  const shown = (value: unknown) => (value === undefined ? 'not given' : JSON.stringify(value).slice(0, 200));
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .filter(key => !isDeepStrictEqual(old[key], now[key]))
    .map(key => {
      const message = `"${key}" was ${shown(old[key])} and is ${shown(now[key])}.`;
      return { path: `/annotations/${pointer(key)}`, message, breaking: false };
    });
}

function compareOutputs(before: unknown, after: unknown): ToolChange[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined)
    return [{ path: '/outputSchema', message: 'It now says what its results are.', breaking: false }];
  if (after === undefined)
    return [{ path: '/outputSchema', message: 'It does not say any more what its results are.', breaking: true }];
  return compareSchemas(before, after, '/outputSchema', 'output', 0);
}

/** An input may become wider and an output narrower without anybody noticing; the other way round breaks callers. */
type Side = 'input' | 'output';
const deepest = 12;

function compareSchemas(before: unknown, after: unknown, path: string, side: Side, depth: number): ToolChange[] {
  if (isDeepStrictEqual(before, after) || depth > deepest) return [];
  const [old, now] = [recordOf(before), recordOf(after)];
  const properties = compareProperties(old, now, path, side, depth);
  const items =
    old['items'] !== undefined && now['items'] !== undefined
      ? compareSchemas(old['items'], now['items'], `${path}/items`, side, depth + 1)
      : [];
  const found = [...compareTypes(old, now, path, side), ...compareEnums(old, now, path, side), ...properties, ...items];
  const known = new Set([
    'type',
    'enum',
    'properties',
    'required',
    'items',
    'description',
    'title',
    'default',
    'examples',
    '$schema',
  ]);
  const others = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    key => !known.has(key) && !isDeepStrictEqual(old[key], now[key]),
  );
  // What such a keyword means for callers cannot be told: better looked at once too often.
  const unclear = others.map(key => {
    const at = `${path}/${pointer(key)}`;
    const message = `"${key}" is another one.`;
    return keywordChange(key, old[key], now[key], at, side) ?? { path: at, message, breaking: true };
  });
  const words = ['description', 'title', 'default', 'examples', '$schema'].flatMap((key): ToolChange[] =>
    isDeepStrictEqual(old[key], now[key])
      ? []
      : [{ path: `${path}/${key}`, message: `The ${key} is another one.`, breaking: false }],
  );
  return [...found, ...unclear, ...words];
}

const typesOf = (schema: Record<string, unknown>): string[] | undefined => {
  const { type } = schema;
  if (type === undefined) return undefined;
  const types = typeof type === 'string' ? [type] : textsOf(type);
  return types.includes('number') ? [...types, 'integer'] : types;
};

function compareTypes(
  old: Record<string, unknown>,
  now: Record<string, unknown>,
  path: string,
  side: Side,
): ToolChange[] {
  if (isDeepStrictEqual(old['type'], now['type'])) return [];
  const [before, after] = [typesOf(old), typesOf(now)];
  const [narrow, wide] = side === 'input' ? [before, after] : [after, before];
  const fits = wide === undefined || (narrow?.every(type => wide.includes(type)) ?? false);
  const name = (schema: Record<string, unknown>) => JSON.stringify(schema['type'] ?? 'anything');
  return [{ path: `${path}/type`, message: `The type was ${name(old)} and is ${name(now)}.`, breaking: !fits }];
}

function compareEnums(
  old: Record<string, unknown>,
  now: Record<string, unknown>,
  path: string,
  side: Side,
): ToolChange[] {
  const [before, after] = [old['enum'], now['enum']];
  if (isDeepStrictEqual(before, after)) return [];
  const has = (list: unknown, value: unknown) =>
    !Array.isArray(list) || list.some(each => isDeepStrictEqual(each, value));
  const [narrow, wide] = side === 'input' ? [before, after] : [after, before];
  const fits = Array.isArray(narrow) ? narrow.every(value => has(wide, value)) : wide === undefined;
  return [{ path: `${path}/enum`, message: 'The values that are possible are others.', breaking: !fits }];
}

function compareProperties(
  old: Record<string, unknown>,
  now: Record<string, unknown>,
  path: string,
  side: Side,
  depth: number,
): ToolChange[] {
  const [before, after] = [recordOf(old['properties']), recordOf(now['properties'])];
  const [neededBefore, needed] = [textsOf(old['required']), textsOf(now['required'])];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...neededBefore, ...needed])];
  return names.flatMap((name): ToolChange[] => {
    const at = `${path}/properties/${pointer(name)}`;
    const isNeeded = needed.includes(name);
    const wasNeeded = neededBefore.includes(name);
    if (!Object.hasOwn(after, name) && Object.hasOwn(before, name))
      return [{ path: at, message: `"${name}" is gone.`, breaking: true }];
    if (!Object.hasOwn(before, name) && Object.hasOwn(after, name)) {
      const message = `"${name}" is new${isNeeded ? ' and required' : ''}.`;
      return [{ path: at, message, breaking: side === 'input' && isNeeded }];
    }
    const inner = compareSchemas(before[name], after[name], at, side, depth + 1);
    if (isNeeded === wasNeeded) return inner;
    const message = isNeeded ? `"${name}" is required now.` : `"${name}" is not required any more.`;
    return [{ path: at, message, breaking: isNeeded === (side === 'input') }, ...inner];
  });
}

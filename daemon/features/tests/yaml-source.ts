// Reads YAML with the place of everything in it. The text is hostile: size, depth, aliases and nodes are bounded, and what
// the parser of the library would need quadratic time for is done here.
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type TextRange, testFileLimits } from '../../../shared/domain/mcptest.ts';

export interface SourceProblem {
  message: string;
  range: TextRange;
}

export type SourcePath = readonly PropertyKey[];

export interface YamlSource {
  /** undefined: the text cannot be read at all. */
  value: unknown;
  problems: SourceProblem[];
  /** The place of a value, with its key where it has one; of what is not there, that of the nearest above it. */
  locate(path: SourcePath, part?: 'whole' | 'key' | 'value'): TextRange;
}

const longestLine = 1_000;

interface Walk {
  problems: SourceProblem[];
  anchors: Map<string, Node>;
  /** Anchors that are being read: an alias to one of them has no end. */
  open: Set<Node>;
  nodes: number;
  aliases: number;
  rangeOf: (node: unknown) => TextRange;
}

/** What is found wrong ends the reading. */
class Unreadable extends Error {}

export function readYaml(text: string): YamlSource {
  const start: TextRange = { line: 1, column: 1, endLine: 1, endColumn: 1 };
  const failed = (message: string, range = start): YamlSource => ({
    value: undefined,
    problems: [{ message, range }],
    locate: () => start,
  });
  if (Buffer.byteLength(text) > testFileLimits.bytes)
    return failed(`The file is larger than ${testFileLimits.bytes / 1_024} KiB.`);
  const document = tryParse(text);
  if (!document) return failed('The file is nested too deeply to be read.');
  const toRange = createRanges(text);
  const rangeOf = (node: unknown): TextRange => {
    const range = (node as { range?: [number, number, number] | null } | null)?.range;
    return range ? toRange(range[0], range[1]) : start;
  };
  // What is said of the text after the first mistake comes of it as a rule.
  const [first] = document.errors;
  if (first) return failed(syntaxMessage(first, text), toRange(first.pos[0], first.pos[1]));
  const walk: Walk = { problems: [], anchors: new Map(), open: new Set(), nodes: 0, aliases: 0, rangeOf };
  try {
    const value = document.contents === null ? null : toValue(document.contents, walk, 0);
    return { value, problems: walk.problems, locate: (path, part) => locate(document, path, part ?? 'whole', rangeOf) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { value: undefined, problems: walk.problems, locate: () => start };
  }
}

/** The library's own counter is wrong for some texts that are no YAML. */
function createRanges(text: string): (from: number, to: number) => TextRange {
  const starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), match => match.index + match[0].length)];
  const placeOf = (offset: number) => {
    const at = Math.max(0, Math.min(offset, text.length));
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  };
  return (from, to) => {
    const [a, b] = [placeOf(from), placeOf(Math.max(from, to))];
    return { ...a, endLine: b.line, endColumn: b.column };
  };
}

/** A mistake that the library finds, with what people most often meant. */
function syntaxMessage({ code, message, pos }: YAMLError, text: string): string {
  if (/call stack/.test(message)) return 'This is nested too deeply.';
  if (code === 'MULTIPLE_DOCS') return 'A second document begins here ("---"), and a test file has one only.';
  const [start, end] = [text.lastIndexOf('\n', pos[0] - 1) + 1, text.indexOf('\n', pos[0])];
  const line = text.slice(start, end < 0 ? undefined : end).slice(0, longestLine);
  const said = `This is no YAML: ${message.split('\n')[0]}.`.replace(/\.\.$/, '.');
  return `${said}${hints.find(([pattern]) => pattern.test(line) || pattern.test(message))?.[1] ?? ''}`;
}

/** What of the line, or of the library's words, tells what was meant. */
const hints: readonly [pattern: RegExp, hint: string][] = [
  [/^\s*\t/, ' Lines are indented by spaces.'],
  [/[:,[{]\s+[^"'\s,{}[\]]*[{[]/, ' A text with brackets in it needs quotes: "\x24{name}", "$.content[0].text".'],
  [/^Nested mappings are not allowed/, ' A text with ": " in it needs quotes.'],
  [/^Sequence item without|same column|indent/i, ' Look at how far this line is indented.'],
];

function tryParse(text: string): Document | undefined {
  try {
    // Keys that are there twice are found below: the library compares each with each.
    return parseDocument(text, {
      uniqueKeys: false,
      prettyErrors: false,
      version: '1.2',
      // With "silent", a second document would be left out without a word.
      logLevel: 'error',
    });
  } catch {
    return undefined;
  }
}

function refuse(walk: Walk, node: unknown, message: string): never {
  walk.problems.push({ message, range: walk.rangeOf(node) });
  throw new Unreadable(message);
}

function toValue(node: unknown, walk: Walk, depth: number): unknown {
  walk.nodes += 1;
  if (walk.nodes > testFileLimits.nodes) refuse(walk, node, 'There is too much in this file.');
  if (depth > testFileLimits.depth) refuse(walk, node, 'This is nested too deeply.');
  if (isAlias(node)) return fromAlias(node.source, node, walk, depth);
  if (isScalar(node)) {
    if (node.anchor) walk.anchors.set(node.anchor, node);
    return toJson(node.value, node, walk);
  }
  if (!isMap(node) && !isSeq(node)) return null;
  if (node.anchor) walk.anchors.set(node.anchor, node);
  if (walk.open.has(node)) refuse(walk, node, 'This contains itself.');
  walk.open.add(node);
  const value = isSeq(node)
    ? node.items.map(item => toValue(item, walk, depth + 1))
    : Object.fromEntries(entriesOf(node.items, walk, depth));
  walk.open.delete(node);
  return value;
}

function entriesOf(pairs: readonly Pair[], walk: Walk, depth: number): [string, unknown][] {
  const seen = new Set<string>();
  return pairs.map(pair => {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key === undefined) refuse(walk, pair.key, 'A key must be a plain text.');
    if (key === '__proto__') refuse(walk, pair.key, 'This name cannot be used.');
    if (seen.has(key)) walk.problems.push({ message: `"${key}" is here twice.`, range: walk.rangeOf(pair.key) });
    seen.add(key);
    return [key, pair.value === null ? null : toValue(pair.value, walk, depth + 1)];
  });
}

function fromAlias(name: string, node: unknown, walk: Walk, depth: number): unknown {
  walk.aliases += 1;
  if (walk.aliases > testFileLimits.aliases) refuse(walk, node, 'There are too many aliases.');
  const target = walk.anchors.get(name);
  if (!target) refuse(walk, node, `Nothing is called "&${name}" above.`);
  return toValue(target, walk, depth);
}

function toJson(value: unknown, node: unknown, walk: Walk): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) refuse(walk, node, 'This number has no place in JSON.');
  if (value === undefined) return null;
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return value;
  return refuse(walk, node, 'Values are texts, numbers, true, false, null, lists and maps.');
}

function locate(
  document: Document,
  path: SourcePath,
  part: 'whole' | 'key' | 'value',
  rangeOf: (node: unknown) => TextRange,
): TextRange {
  let node: unknown = document.contents;
  let pair: Pair | undefined;
  for (const key of path) {
    const next = isSeq(node)
      ? node.items[Number(key)]
      : isMap(node)
        ? node.items.find(each => isScalar(each.key) && String(each.key.value) === String(key))
        : undefined;
    if (next === undefined) break;
    pair = isPair(next) ? next : undefined;
    node = isPair(next) ? next.value : next;
  }
  if (!pair || part === 'value') return rangeOf(node ?? pair?.key);
  const key = rangeOf(pair.key);
  if (part === 'key' || node === null || node === undefined) return key;
  const { endLine, endColumn } = rangeOf(node);
  return { ...key, endLine, endColumn };
}

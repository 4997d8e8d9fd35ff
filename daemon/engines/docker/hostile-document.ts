// Reads YAML and JSON that anybody may have written: bounded in size, depth and number of values, without a trace of code.
import { type Document, isMap, isPair, isScalar, Lexer, parseDocument, visit } from 'yaml';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import { isReservedKey } from './config-schema.ts';

export const documentLimits = { bytes: 4_000_000, depth: 60, values: 500_000, aliases: 100 } as const;

export const notACatalog = (detail: string, next = 'Choose another file, or correct this one.'): ProblemError =>
  problem('CATALOG_004', { detail, next });

const tooDeep = () => notACatalog(`It is nested deeper than ${documentLimits.depth} levels.`);

/** Plain values: maps without keys of JavaScript's own, lists, texts, numbers, booleans, null. Errors: CATALOG_004. */
export function readHostileDocument(text: string): unknown {
  if (Buffer.byteLength(text) > documentLimits.bytes) throw notACatalog('It is larger than 4 MB.');
  const value = /^\s*[[{]/.test(text) ? (tryJSON(text) ?? readYAML(text)) : readYAML(text);
  checkValues(value);
  return value;
}

function tryJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Flow style is YAML as well.
    return undefined;
  }
}

function readYAML(text: string): unknown {
  refuseDepth(text);
  // The parser compares each key with each other one if it is to find the same twice: minutes for a large file. Done below.
  const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: false, logLevel: 'error' });
  const [failure] = document.errors;
  if (failure) {
    const line = failure.linePos?.[0].line;
    throw notACatalog(
      `${line === undefined ? 'It' : `Line ${line}`} cannot be read as YAML: ${failure.code.toLowerCase().replaceAll('_', ' ')}.`,
    );
  }
  refuseSameKeys(document);
  try {
    return document.toJS({ maxAliasCount: documentLimits.aliases });
  } catch {
    throw notACatalog('Its aliases stand for more than a file may hold.');
  }
}

/** What the lexer puts between the pieces of the text. */
const textFollows = '\x1f';
const marks: ReadonlySet<string> = new Set(['\x02', '\x18', '\ufeff']);

/**
 * Counts the levels before anything is parsed. A parser that runs out of stack cannot be caught for certain: a regular
 * expression that is compiled there ends the whole process.
 */
function refuseDepth(text: string): void {
  const columns: number[] = [];
  let column = 0;
  let flow = 0;
  let isText = false;
  for (const token of new Lexer().lex(text)) {
    if (isText) isText = false;
    else if (token === textFollows) {
      isText = true;
      continue;
    } else if (token === '[' || token === '{') flow += 1;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    if (/^\r?\n$/.test(token)) {
      column = 0;
      continue;
    }
    if (flow === 0 && !marks.has(token) && token.trim() !== '') {
      while ((columns.at(-1) ?? -1) >= column) columns.pop();
      columns.push(column);
    }
    if (columns.length + flow > documentLimits.depth) throw tooDeep();
    column += token.length;
  }
}

/** Of two that are the same a reader sees one and docker mcp may take the other. */
function refuseSameKeys(document: Document.Parsed): void {
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const pair of map.items) {
        const key = isPair(pair) && isScalar(pair.key) ? pair.key.value : undefined;
        if (key === undefined && !isMap(map)) continue;
        if (key !== undefined && seen.has(key)) {
          throw notACatalog(`It has the key "${String(key).slice(0, 80)}" twice in one place.`);
        }
        seen.add(key);
      }
    },
  });
}

function checkValues(root: unknown): void {
  const waiting: { value: unknown; depth: number }[] = [{ value: root, depth: 0 }];
  for (let count = 0; ; count++) {
    const next = waiting.pop();
    if (!next) return;
    if (count > documentLimits.values) throw notACatalog(`It has more than ${documentLimits.values} values.`);
    if (next.depth > documentLimits.depth) throw tooDeep();
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) {
      const reserved = Object.keys(value).find(isReservedKey);
      if (reserved !== undefined) throw notACatalog(`It has the key "${reserved}", which no catalog needs.`);
    }
    for (const each of Object.values(value)) waiting.push({ value: each, depth: depth + 1 });
  }
}

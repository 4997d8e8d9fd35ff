// JSONPath (RFC 9535) of test files, in bounded time: its own regular expressions are ours, and what multiplies is refused.
import { JSONPathEnvironment, type JSONPathQuery, type JSONValue } from 'json-p3';
import { compilePattern, type LinearPattern } from '../../platform/linear-pattern.ts';
import { branchesOf, mostBranches } from '../../platform/path-cost.ts';

export interface JsonPath {
  /** All values that it finds. Errors: RangeError if there are too many. */
  valuesIn(value: unknown): unknown[];
  /** Their places, as keys and indexes. Errors: RangeError if there are too many. */
  locationsIn(value: unknown): (string | number)[][];
}

/** The path is none, or one that could take for ever. */
export class PathSyntaxError extends Error {
  override readonly name = 'PathSyntaxError';
}

const mostValues = 10_000;
const environment = createEnvironment();

function createEnvironment(): JSONPathEnvironment {
  const made = new JSONPathEnvironment();
  const known = new Map<string, LinearPattern | undefined>();
  const patternOf = (source: string): LinearPattern | undefined => {
    if (!known.has(source)) {
      if (known.size > 200) known.clear();
      known.set(source, tryCompile(source));
    }
    return known.get(source);
  };
  /** RFC 9535, 2.4.6 and 2.4.7: what is no text or no pattern does not match. */
  const fits = (text: unknown, pattern: unknown, wrap: (source: string) => string): boolean =>
    typeof text === 'string' && typeof pattern === 'string' && patternOf(wrap(pattern))?.isIn(text) === true;
  const replace = (name: 'match' | 'search', wrap: (source: string) => string): void => {
    const standard = made.functionRegister.get(name);
    if (!standard) throw new Error(`json-p3 has no function ${name}.`);
    const { argTypes, returnType } = standard;
    made.functionRegister.set(name, { argTypes, returnType, call: (text, pattern) => fits(text, pattern, wrap) });
  };
  replace('match', source => `^(?:${source})$`);
  replace('search', source => source);
  return made;
}

function tryCompile(source: string): LinearPattern | undefined {
  try {
    return compilePattern(source);
  } catch {
    return undefined;
  }
}

/** Errors: PathSyntaxError with a sentence for a person. */
export function compilePath(source: string): JsonPath {
  const bare = source.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
  if (bare.split('..').length > 2) throw new PathSyntaxError('A path can go through all levels ("..") only once.');
  if (bare.split('$').length > 2) throw new PathSyntaxError('A filter cannot go back to the whole result ("$").');
  if (branchesOf(source) > mostBranches)
    throw new PathSyntaxError('A path cannot go so many ways at once ("[a, b]" in many places).');
  const query = compile(source);
  const nodesIn = (value: unknown) => {
    const found = [];
    for (const node of query.lazyQuery(value as JSONValue)) {
      found.push(node);
      if (found.length > mostValues) throw new RangeError(`The path finds more than ${mostValues} values.`);
    }
    return found;
  };
  return {
    valuesIn: value => nodesIn(value).map(node => node.value),
    locationsIn: value => nodesIn(value).map(node => [...node.location]),
  };
}

function compile(source: string): JSONPathQuery {
  try {
    return environment.compile(source);
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new PathSyntaxError(`This is no JSONPath: ${first.slice(0, 200)}.`);
  }
}

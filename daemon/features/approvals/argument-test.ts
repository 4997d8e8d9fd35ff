// Whether the arguments of a call fit what a rule says of them. What cannot be judged counts against the call.
import { jsonpath } from 'json-p3';
import type { ArgumentTest } from '../../../shared/api/approvals.ts';
import type { Json } from '../../../shared/domain/json-schema.ts';
import type { Budget } from '../../platform/linear-pattern.ts';
import { branchesOf, mostBranches } from '../../platform/path-cost.ts';
import { globOf, type RulePattern, regexOf } from './rule-pattern.ts';

/**
 * `isLenient`: the rule allows. Then every value found has to fit, and there has to be one; else one that fits is enough.
 * A value that cannot be judged (too long, of another type than text, too many) does not fit a lenient rule and fits any other.
 */
export type CompiledTest = (args: Record<string, unknown>, isLenient: boolean, budget: Budget) => boolean;

const mostPlaces = 1_000;
const mostNesting = 64;

/** Patterns in paths would be the backtracking kind. */
function createPaths(): jsonpath.JSONPathEnvironment {
  const paths = new jsonpath.JSONPathEnvironment({ maxRecursionDepth: mostNesting });
  paths.functionRegister.delete('match');
  paths.functionRegister.delete('search');
  return paths;
}
const paths = createPaths();

/** Errors: those of json-p3, PatternSyntaxError, and a RangeError for a path that could take too long. */
export function compileArgumentTest(test: ArgumentTest): CompiledTest {
  const find = test.jsonPath === undefined ? byPointer(test.pointer ?? '') : byPath(test.jsonPath);
  if (test.exists !== undefined) {
    const wanted = test.exists;
    return (args, isLenient) => {
      const found = find(args);
      return found === undefined ? !isLenient : found.length > 0 === wanted;
    };
  }
  const judge = compileJudge(test);
  return (args, isLenient, budget) => {
    const found = find(args);
    if (found === undefined) return !isLenient;
    const fits = (value: unknown) => judge(value, budget) ?? !isLenient;
    return isLenient ? found.length > 0 && found.every(fits) : found.some(fits);
  };
}

/** undefined: it cannot be said. */
type Judge = (value: unknown, budget: Budget) => boolean | undefined;

function compileJudge({ equals, glob, regex }: ArgumentTest): Judge {
  if (equals !== undefined) {
    return value => isSameJson(value, equals);
  }
  const fits: RulePattern = glob === undefined ? regexOf(regex ?? '') : globOf(glob);
  return (value, budget) => {
    if (typeof value === 'string') return fits(value, budget);
    // 22 and "22" are the same port to most servers.
    if (typeof value === 'number' || typeof value === 'boolean') return fits(String(value), budget);
    return value === null ? false : undefined;
  };
}

/**
 * Whether two values are the same JSON, in whatever order their members stand. Takes no longer than the wanted value is large,
 * however large the other one is.
 */
function isSameJson(value: unknown, wanted: unknown): boolean {
  if (!isComposite(value) || !isComposite(wanted)) return value === wanted;
  if (Array.isArray(value) !== Array.isArray(wanted)) return false;
  const names = Object.keys(wanted);
  return (
    Object.keys(value).length === names.length &&
    names.every(name => Object.hasOwn(value, name) && isSameJson(value[name], wanted[name]))
  );
}

const isComposite = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** The values at the places; undefined: there are too many, or it is nested too deeply. */
type Find = (args: Record<string, unknown>) => unknown[] | undefined;

function byPointer(pointer: string): Find {
  const names = pointer
    .split('/')
    .slice(1)
    .map(name => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  return args => {
    let value: unknown = args;
    for (const name of names) {
      if (value === null || typeof value !== 'object' || !Object.hasOwn(value, name)) return [];
      value = (value as Record<string, unknown>)[name];
    }
    return [value];
  };
}

function byPath(path: string): Find {
  const withoutTexts = path.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, "''");
  // Each of these multiplies the places that are looked at by all of them.
  if (withoutTexts.split('..').length > 2 || withoutTexts.lastIndexOf('$') > 0)
    throw new RangeError('A path may have ".." once, and "$" at its start only.');
  if (branchesOf(path) > mostBranches) throw new RangeError('A path may not go so many ways at once ("[a, b]").');
  const query = paths.compile(path);
  return args => {
    try {
      const found: unknown[] = [];
      for (const { value } of query.lazyQuery(args as Json)) {
        if (found.length >= mostPlaces) return undefined;
        found.push(value);
      }
      return found;
    } catch {
      return undefined;
    }
  };
}

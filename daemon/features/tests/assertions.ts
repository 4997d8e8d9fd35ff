// Looks at what a call gave back. Each failure names the place of its expectation.
import { isDeepStrictEqual } from 'node:util';
import type { Expectations, JsonPathCheck } from '../../../shared/domain/mcptest.ts';
import { compilePattern } from '../../platform/linear-pattern.ts';
import { diffOf, show } from './difference.ts';
import { compilePath } from './json-path.ts';
import { jsonOf, type Observed, textOf } from './observed.ts';
import { findMismatches } from './schema-check.ts';
import { placed } from './test-file.ts';
import { asText } from './variables.ts';
import type { SourcePath } from './yaml-source.ts';

export interface Finding {
  /** Below `expect`; empty: the test itself. */
  at: SourcePath;
  assertion: string | null;
  message: string;
  expected?: unknown;
  actual?: unknown;
}

/** A finding with its texts: secrets are taken out of them by the caller. */
export interface Shown {
  expected: string | null;
  actual: string | null;
  diff: string | null;
}

export function showFinding({ expected, actual }: Finding, hide: (text: string) => string): Shown {
  const texts = [expected, actual].map(each => (each === undefined ? null : hide(show(each))));
  const [left = null, right = null] = texts;
  return { expected: left, actual: right, diff: left === null || right === null ? null : diffOf(left, right) };
}

/** Everything that is not as it was expected, but the snapshot, which needs its file. Empty: the test passes. */
export function findFailures(expect: Expectations, observed: Observed): Finding[] {
  const { error, result, durationMs } = observed;
  const findings: Finding[] = [];
  if (expect.latency !== undefined && durationMs > expect.latency) {
    // Rounded up: less than what is allowed would look like a mistake of ours.
    const message = `It took ${Math.ceil(durationMs)} ms, and ${expect.latency} ms is the most.`;
    findings.push({ at: ['latency'], assertion: 'latency', message });
  }
  if (error) return [...findings, ...checkError(expect.error, error)];
  if (expect.error) {
    const message = 'The call was expected to fail, and it did not.';
    return [...findings, { at: ['error'], assertion: 'error', message, actual: result }];
  }
  return result ? [...findings, ...checkResult(expect, result)] : findings;
}

function checkError(wanted: Expectations['error'], error: NonNullable<Observed['error']>): Finding[] {
  if (!wanted) return [{ at: [], assertion: null, message: `The call failed: ${error.message} (${error.code})` }];
  const findings: Finding[] = [];
  if (wanted.code !== undefined && wanted.code !== error.code) {
    const message = `It failed with the code ${error.code} and not ${wanted.code}: ${error.message}`;
    findings.push({ at: ['error', 'code'], assertion: 'error', message, expected: wanted.code, actual: error.code });
  }
  if (wanted.message !== undefined && !error.message.includes(wanted.message)) {
    const message = 'The message of the error is another one.';
    const [expected, actual] = [wanted.message, error.message];
    findings.push({ at: ['error', 'message'], assertion: 'error', message, expected, actual });
  }
  return findings;
}

function checkResult(expect: Expectations, result: Record<string, unknown>): Finding[] {
  const isError = result['isError'] === true;
  if (isError !== (expect.isError ?? false)) {
    const message = isError
      ? `The tool reported an error: ${textOf(result).slice(0, 500)}`
      : 'The tool was expected to report an error, and it did not.';
    return [{ at: expect.isError === undefined ? [] : ['isError'], assertion: 'isError', message }];
  }
  const text = textOf(result);
  return [
    ...checkEquals(expect, result, text),
    ...checkText(expect, text),
    ...placed(expect.jsonpath, ['jsonpath']).flatMap(([check, at]) => checkPath(check, at, result)),
    ...checkStructured(expect, result),
    ...checkSchema(expect, result),
  ];
}

function checkEquals(expect: Expectations, result: Record<string, unknown>, text: string): Finding[] {
  if (expect.equals === undefined) return [];
  const actual = typeof expect.equals === 'string' ? text : jsonOf(result);
  if (isDeepStrictEqual(actual, expect.equals)) return [];
  const message = 'The result is another one.';
  return [{ at: ['equals'], assertion: 'equals', message, expected: expect.equals, actual }];
}

function checkText(expect: Expectations, text: string): Finding[] {
  const missing = placed(expect.contains, ['contains']).flatMap(([part, at]): Finding[] =>
    text.includes(part)
      ? []
      : [{ at, assertion: 'contains', message: 'The text does not contain this.', expected: part, actual: text }],
  );
  const unmatched = placed(expect.matches, ['matches']).flatMap(([pattern, at]): Finding[] =>
    within(at, 'matches', () =>
      compilePattern(pattern).isIn(text)
        ? []
        : [
            {
              at,
              assertion: 'matches',
              message: 'The pattern fits nowhere in the text.',
              expected: pattern,
              actual: text,
            },
          ],
    ),
  );
  return [...missing, ...unmatched];
}

function checkStructured(expect: Expectations, result: Record<string, unknown>): Finding[] {
  const { structuredContent: expected } = expect;
  const actual = result['structuredContent'];
  if (expected === undefined || isDeepStrictEqual(actual, expected)) return [];
  const message = actual === undefined ? 'There is no structured content.' : 'The structured content is another one.';
  return [{ at: ['structuredContent'], assertion: 'structuredContent', message, expected, actual }];
}

function checkSchema({ schema }: Expectations, result: Record<string, unknown>): Finding[] {
  if (!schema) return [];
  return within(['schema'], 'schema', () => {
    const actual = jsonOf(result);
    const mismatches = findMismatches(schema, actual);
    if (mismatches.length === 0) return [];
    const message = `The result does not fit the schema: ${mismatches.join(' ')}`;
    return [{ at: ['schema'], assertion: 'schema', message, actual }];
  });
}

function checkPath(check: JsonPathCheck, at: SourcePath, result: Record<string, unknown>): Finding[] {
  return within(at, 'jsonpath', () => {
    const values = compilePath(check.path).valuesIn(result);
    const one = values.length === 1 ? values[0] : values;
    const text = values.map(asText).join('\n');
    const wrong = (key: keyof JsonPathCheck, message: string, expected: unknown, actual: unknown): Finding => ({
      at: [...at, key],
      assertion: 'jsonpath',
      message: `${check.path}: ${message}`,
      expected,
      actual,
    });
    const findings: Finding[] = [];
    const { equals, contains, matches, exists, count } = check;
    const looksAtValue = equals !== undefined || contains !== undefined || matches !== undefined;
    const mustExist = exists ?? (looksAtValue || count === undefined);
    if (count !== undefined && values.length !== count)
      findings.push(wrong('count', `it finds ${values.length} values and not ${count}.`, count, values.length));
    if (mustExist !== values.length > 0 && count === undefined) {
      const message = mustExist ? 'there is nothing at this place.' : 'there is something at this place.';
      return [
        ...findings,
        wrong(exists === undefined ? 'path' : 'exists', message, undefined, mustExist ? result : one),
      ];
    }
    if (equals !== undefined && !isDeepStrictEqual(one, equals) && !isDeepStrictEqual(values, equals))
      findings.push(wrong('equals', 'the value is another one.', equals, one));
    if (contains !== undefined && !holds(one, contains))
      findings.push(wrong('contains', 'the value does not contain this.', contains, one));
    if (matches !== undefined && !compilePattern(matches).isIn(text))
      findings.push(wrong('matches', 'the pattern fits nowhere in the value.', matches, text));
    return findings;
  });
}

/** A text has a part, a list has a value, a map has the same members. */
function holds(value: unknown, part: unknown): boolean {
  if (typeof value === 'string') return value.includes(asText(part));
  if (Array.isArray(value))
    return value.some(
      each => isDeepStrictEqual(each, part) || (typeof each === 'string' && each.includes(asText(part))),
    );
  if (value === null || typeof value !== 'object' || part === null || typeof part !== 'object') return false;
  return Object.entries(part).every(
    ([key, member]) => Object.hasOwn(value, key) && isDeepStrictEqual(Reflect.get(value, key), member),
  );
}

/** What is too costly to be checked is a failure with its place, and no end of the run. */
function within(at: SourcePath, assertion: string, work: () => Finding[]): Finding[] {
  try {
    return work();
  } catch (error) {
    const message = `This could not be checked: ${error instanceof Error ? error.message : String(error)}`;
    return [{ at, assertion, message }];
  }
}

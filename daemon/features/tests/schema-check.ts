// Checks a value against the JSON Schema of a test. The file is hostile: what could hang the daemon is refused when the
// file is read, and the validator gets a budget.
import { type Schema, Validator } from '@cfworker/json-schema';
import { withBudget } from '../../platform/read-budget.ts';

const largest = 65_536;
const mostReads = 500_000;
/** Regular expressions, and a comparison of every member with every other. */
const refused = new Set(['pattern', 'patternProperties', 'format', 'uniqueItems', '$dynamicRef', '$recursiveRef']);
/** Below these, keys are names and no keywords. */
const named = new Set(['properties', '$defs', 'definitions', 'dependentSchemas', 'dependentRequired', 'const', 'enum']);

/** Why a schema cannot be used, as a sentence; undefined: it can. */
export function findSchemaProblem(schema: Record<string, unknown>): string | undefined {
  if (JSON.stringify(schema).length > largest) return 'This schema is too large.';
  const keyword = findRefused(schema, false);
  if (keyword !== undefined) {
    const instead = keyword === 'pattern' ? ' Use "matches", or "matches" in a jsonpath.' : '';
    return `"${keyword}" in a schema is not checked here, because it may take for ever.${instead}`;
  }
  try {
    // Through references into one another even null takes for ever.
    new Validator(withBudget(schema, { left: mostReads }) as Schema, '2020-12', true).validate(null);
    return undefined;
  } catch (error) {
    return `The schema cannot be used: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
  }
}

function findRefused(value: unknown, isNames: boolean): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, member] of Object.entries(value)) {
    if (!isNames && !Array.isArray(value) && refused.has(key)) return key;
    const inner = findRefused(member, !isNames && named.has(key));
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** What is wrong with the value, the first few of it. Empty: it fits. Errors: RangeError if the check would take too long. */
export function findMismatches(schema: Record<string, unknown>, value: unknown): string[] {
  const guarded = withBudget(schema, { left: mostReads }) as Schema;
  const { valid, errors } = new Validator(guarded, '2020-12', false).validate(value);
  if (valid) return [];
  // Errors of outer schemas only repeat that an inner one did not fit.
  const places = errors.map(({ instanceLocation }) => instanceLocation);
  const inner = errors.filter(
    ({ instanceLocation, keyword }) =>
      keyword === 'required' || !places.some(place => place.startsWith(`${instanceLocation}/`)),
  );
  const texts = (inner.length > 0 ? inner : errors).map(
    ({ instanceLocation, error }) => `${instanceLocation.replace(/^#/, '') || '/'}: ${error}`,
  );
  return [...new Set(texts)].slice(0, 10);
}

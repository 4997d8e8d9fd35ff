// Requests for every registered route: some that fit, and many that fit more or less, made from the schemas of the routes.
import fc, { type Arbitrary } from 'fast-check';
import * as z from 'zod';
import { toPath } from '../../shared/api/client.ts';
import type { Route } from '../../shared/api/route.ts';
import { apiPrefix } from '../../shared/api/routes.ts';

/** Some path that fits the route. */
export const samplePath = (route: Route): string =>
  toPath(route, { params: { id: 'some', tool: 'some', profile: 'some' } });

type JsonSchema = z.core.JSONSchema.JSONSchema;

const anything: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1e21,
    '',
    '-x',
    '\u0000',
    '../../etc/passwd',
    '__proto__',
    [],
    {},
    [[]],
    'x'.repeat(5_000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const text = ({ pattern, minLength = 0, maxLength = 60, format }: JsonSchema): Arbitrary<string> => {
  if (format === 'uri') return fc.webUrl();
  if (pattern !== undefined && pattern.length < 200 && !/\\[pP]\{|\(\?[<!=]/.test(pattern)) {
    return fc.stringMatching(new RegExp(pattern), { maxLength: 80 });
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 60)) });
};

/** Values that fit a schema mostly; how they fit is left to the route's own validation. */
export function valuesOf(schema: JsonSchema | boolean, depth = 0): Arbitrary<unknown> {
  if (typeof schema === 'boolean' || depth > 6) return anything;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return fc.oneof(...choice.map(each => valuesOf(each, depth + 1)));
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'string') return text(schema);
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  if (type === 'integer' || type === 'number') {
    const least = Number(schema.minimum ?? -1_000);
    return fc.integer({ min: least, max: Math.max(least, Math.min(Number(schema.maximum ?? 1_000), 2 ** 31)) });
  }
  if (type === 'array' && schema.items && !Array.isArray(schema.items)) {
    return fc.array(valuesOf(schema.items, depth + 1), {
      minLength: schema.minItems ?? 0,
      maxLength: Math.max(3, schema.minItems ?? 0),
    });
  }
  if (type === 'object' && schema.properties) {
    const members = Object.entries(schema.properties).map(([name, of]) => [name, valuesOf(of, depth + 1)]);
    return fc.record(Object.fromEntries(members), { requiredKeys: (schema.required ?? []) as never });
  }
  return anything;
}

/** Of ten, seven fit the schema, and three are anything or have one member of anything. */
function mostly(schema: z.ZodType): Arbitrary<unknown> {
  const fitting = valuesOf(
    z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as JsonSchema,
  );
  const broken = fc
    .tuple(fitting, fc.string({ maxLength: 12 }), anything)
    .map(([value, name, other]) => (typeof value === 'object' && value ? { ...value, [name]: other } : other));
  return fc.oneof(
    { weight: 7, arbitrary: fitting },
    { weight: 2, arbitrary: broken },
    { weight: 1, arbitrary: anything },
  );
}

const inAddress = (value: unknown): string =>
  encodeURIComponent(typeof value === 'string' ? value.toWellFormed() : JSON.stringify(value ?? ''));

export interface MadeRequest {
  path: string;
  body: string | undefined;
}

/** `ids`: values that parameters have for things that there are. */
export function requestsOf(route: Route, ids: readonly string[]): Arbitrary<MadeRequest> {
  const params = Object.keys(route.params?.shape ?? {});
  const paramOf = (name: string) =>
    fc
      .oneof(fc.constantFrom(...ids), mostly(route.params?.shape[name] as z.ZodType))
      .filter(value => inAddress(value) !== '');
  const query = route.query ? mostly(route.query) : fc.constant({});
  const body = route.body ? mostly(route.body).map(value => JSON.stringify(value)) : fc.constant(undefined);
  return fc.tuple(fc.tuple(...params.map(paramOf)), query, body).map(([values, asked, sent]) => {
    const path = params.reduce((address, name, at) => address.replace(`{${name}}`, inAddress(values[at])), route.path);
    const pairs = Object.entries((asked ?? {}) as object).filter(([, value]) => value !== undefined);
    const search = pairs.map(([name, value]) => `${inAddress(name)}=${inAddress(value)}`).join('&');
    return { path: `${apiPrefix}${path}${search ? `?${search}` : ''}`, body: sent };
  });
}

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import { type Field, type GroupField, toFields } from '../../../webviews/tool/schema-form.ts';

const object = (properties: Record<string, unknown>, more: JSONSchema = {}): JSONSchema => ({
  type: 'object',
  properties,
  ...more,
});
const group = (schema: JSONSchema): GroupField => {
  const field = toFields(schema);
  assert.equal(field.kind, 'group');
  return field as GroupField;
};
const only = (schema: unknown, more: JSONSchema = {}): Field => {
  const [field] = group(object({ it: schema }, more)).fields;
  assert.ok(field);
  return field;
};
const kinds = (schema: JSONSchema): Record<string, string> =>
  Object.fromEntries(group(schema).fields.map(field => [field.key, field.kind]));

describe('a form made from a schema', () => {
  it('has a field of the right kind for each simple type', () => {
    const schema = object({
      text: { type: 'string' },
      amount: { type: 'number' },
      count: { type: 'integer' },
      on: { type: 'boolean' },
      colour: { enum: ['red', 'green'] },
      fixed: { const: 7 },
      names: { type: 'array', items: { type: 'string' } },
      inner: object({ a: { type: 'string' } }),
    });
    assert.deepEqual(kinds(schema), {
      text: 'text',
      amount: 'number',
      count: 'number',
      on: 'flag',
      colour: 'choice',
      fixed: 'choice',
      names: 'list',
      inner: 'group',
    });
  });

  it('knows what is required, what it is called, what it is for and what it is at first', () => {
    const field = only(
      { type: 'string', title: 'Message', description: 'What to say', default: 'hi' },
      { required: ['it'] },
    );
    assert.deepEqual(
      [field.key, field.label, field.description, field.default, field.required],
      ['it', 'Message', 'What to say', 'hi', true],
    );
    assert.equal(only({ type: 'string' }).required, false);
  });

  it('keeps bounds and formats', () => {
    const text = only({ type: 'string', minLength: 2, maxLength: 5, format: 'email', pattern: '^a' });
    assert.ok(text.kind === 'text');
    assert.deepEqual([text.minLength, text.maxLength, text.format, text.pattern], [2, 5, 'email', '^a']);
    const number = only({ type: 'integer', minimum: 1, exclusiveMaximum: 9 });
    assert.ok(number.kind === 'number');
    assert.deepEqual([number.integer, number.minimum, number.exclusiveMaximum], [true, 1, 9]);
  });

  it('offers a choice with titles', () => {
    const field = only({ oneOf: [{ const: 'a', title: 'First' }, { const: 'b' }] });
    assert.ok(field.kind === 'choice');
    assert.deepEqual(field.options, [
      { value: 'a', label: 'First' },
      { value: 'b', label: 'b' },
    ]);
  });

  it('takes a type or null for the type, which need not be there', () => {
    for (const schema of [
      { type: ['string', 'null'] },
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      { oneOf: [{ type: 'null' }, { type: 'string' }] },
    ]) {
      const field = only(schema);
      assert.deepEqual([field.kind, field.nullable], ['text', true], JSON.stringify(schema));
    }
  });

  it('has a switch for true and false, also where a server takes them as texts', () => {
    assert.equal(only({ type: ['boolean', 'string'] }).kind, 'flag');
  });

  it('follows references within the schema, and keeps the place’s own words', () => {
    const schema = object(
      { it: { $ref: '#/$defs/thing', description: 'This one' } },
      { $defs: { thing: { type: 'integer', description: 'Any one', minimum: 3 } } },
    );
    const [field] = group(schema).fields;
    assert.ok(field?.kind === 'number');
    assert.deepEqual([field.description, field.minimum], ['This one', 3]);
  });

  it('offers each of several schemas by its title, its constant, its keys or its type', () => {
    const labels = (schema: unknown) => {
      const field = only(schema);
      assert.ok(field.kind === 'variant', JSON.stringify(field));
      return field.options.map(({ label, kind }) => `${label}: ${kind}`);
    };
    assert.deepEqual(labels({ oneOf: [{ type: 'string' }, { type: 'number', title: 'Amount' }, { type: 'null' }] }), [
      'text: text',
      'Amount: number',
      'null: choice',
    ]);
    assert.deepEqual(labels({ anyOf: [object({ kind: { const: 'card' } }), object({ a: {}, b: {} })] }), [
      'kind: card: group',
      'a, b: group',
    ]);
    assert.deepEqual(labels({ type: ['string', 'integer'], minLength: 2 }), ['text: text', 'whole number: number']);
    assert.deepEqual(labels({ type: 'array', anyOf: [{ items: { type: 'string' } }, { items: { type: 'number' } }] }), [
      'list of text: list',
      'list of number: list',
    ]);
  });

  it('shows all fields where the choice is only which of them must be there', () => {
    const schema = object({ a: { type: 'string' }, b: { type: 'string' } });
    assert.deepEqual(kinds({ ...schema, anyOf: [{ required: ['a'] }, { required: ['b'] }] }), { a: 'text', b: 'text' });
  });

  it('does not grow without end by choices within choices', () => {
    const twenty = (inner: unknown) => ({ oneOf: Array.from({ length: 20 }, () => inner) });
    const deep = twenty(twenty(twenty(twenty({ type: 'string' }))));
    const size = (field: Field): number =>
      1 + (field.kind === 'variant' ? field.options.map(size) : []).reduce((a, b) => a + b, 0);
    assert.ok(size(only(deep)) < 1_000);
  });

  it('gives a JSON field with a reason for what a form cannot show', () => {
    const schemas: unknown[] = [
      { oneOf: [{ type: 'string' }, true] },
      { oneOf: [{}, { type: 'object' }] },
      { anyOf: [{ type: 'string' }, { type: 'number' }], oneOf: [{ type: 'string' }, { type: 'number' }] },
      { type: 'object', properties: { a: { type: 'string' } }, oneOf: [object({ b: {} }), object({ c: {} })] },
      { oneOf: Array.from({ length: 21 }, () => ({ type: 'string' })) },
      { not: { type: 'string' } },
      { type: 'array' },
      { type: 'array', prefixItems: [{ type: 'string' }] },
      { type: 'object', additionalProperties: { type: 'string' } },
      { type: 'object' },
      {},
      true,
      { $ref: 'https://example.com/other.json' },
      { $ref: '#/$defs/missing' },
      { enum: [] },
      { type: 'string', if: { minLength: 1 } },
    ];
    for (const schema of schemas) {
      const field = only(schema);
      assert.ok(field.kind === 'json', JSON.stringify(schema));
      assert.match(field.reason, /\.$/);
    }
  });

  it('shows by an example how names of one’s own are written', () => {
    const exampleOf = (schema: unknown) => {
      const field = only(schema);
      return field.kind === 'json' ? field.example : field.kind;
    };
    assert.equal(exampleOf({ type: 'object', additionalProperties: { type: 'string' } }), '{"name":"value"}');
    assert.equal(exampleOf({ type: 'object', additionalProperties: { type: 'integer' } }), '{"name":1}');
    assert.equal(exampleOf({ type: 'object', additionalProperties: { type: 'constructor' } }), '{"name":"value"}');
    assert.equal(exampleOf({}), undefined);
  });

  it('ends at a schema that contains itself', () => {
    const tree = object(
      { it: { $ref: '#/$defs/node' } },
      { $defs: { node: object({ name: { type: 'string' }, child: { $ref: '#/$defs/node' } }) } },
    );
    assert.match(JSON.stringify(toFields(tree)), /nested too deeply/);
    assert.equal(only({ $ref: '#/properties/it' }).kind, 'json');
    assert.equal(only({ $ref: '#' }).kind, 'group');
  });

  it('stays of bearable size for a schema of any size', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`p${index}`, { type: 'string' }]));
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`p${index}`, { $ref: '#' }]));
    const count = (field: Field): number =>
      field.kind === 'group' ? field.fields.reduce((sum, inner) => sum + count(inner), 1) : 1;
    assert.equal(toFields(object(many)).kind, 'json');
    assert.ok(count(toFields(object(wide))) <= 401);
    assert.ok(count(toFields(object({ few: object(many), one: { type: 'string' } }))) <= 401);
  });

  it('of no properties has no fields', () => {
    assert.deepEqual(group({ type: 'object' }).fields, []);
    assert.deepEqual(group(object({}, { additionalProperties: false })).fields, []);
  });

  it('is one JSON field where the arguments may have any key, or are no object at all', () => {
    assert.equal(toFields({ type: 'object', additionalProperties: { type: 'string' } }).kind, 'json');
    assert.equal(toFields({ type: 'string' }).kind, 'json');
    assert.equal(toFields({}).kind, 'json');
  });

  it('never throws, whatever a server calls a schema', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('type', 'properties', 'items', '$ref', 'enum', 'oneOf', 'default', 'x'),
          fc.jsonValue(),
        ),
        schema => {
          toFields(schema);
          toFields(object({ it: schema }));
        },
      ),
    );
  });
});

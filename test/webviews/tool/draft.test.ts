import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { JSONSchema, Json } from '../../../shared/domain/json-schema.ts';
import {
  absent,
  type Draft,
  initialDraft,
  parseJson,
  placeErrors,
  placesOf,
  toArguments,
  toDraft,
  variantDraft,
} from '../../../webviews/tool/draft.ts';
import { toFields } from '../../../webviews/tool/schema-form.ts';

const schema = {
  type: 'object',
  properties: {
    text: { type: 'string', minLength: 1 },
    count: { type: 'integer', minimum: 0, maximum: 10 },
    level: { enum: ['low', 'high', 3, null] },
    on: { type: 'boolean' },
    names: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 3 },
    place: { type: 'object', properties: { x: { type: 'number' }, 'a/b~c': { type: 'string' } }, required: ['x'] },
    free: { oneOf: [{}, { type: 'object' }] },
  },
  required: ['text', 'count'],
} satisfies JSONSchema;
const form = toFields(schema);

const filled = (value: Record<string, Json>) => toArguments(form, toDraft(form, value));
const typed = (key: string, draft: Draft): Draft => {
  const start = initialDraft(form);
  assert.ok(start.kind === 'group');
  return { ...start, entries: new Map([...start.entries, [key, draft]]) };
};
const errorAt = (at: string, draft: Draft): string | undefined => toArguments(form, draft).errors.get(at);
const number = (text: string): string | undefined => errorAt('/count', typed('count', { kind: 'text', text }));

describe('what a person has typed', () => {
  it('becomes the arguments, without what was left empty', () => {
    const { value, errors } = filled({ text: 'hi', count: 3 });
    assert.deepEqual(value, { text: 'hi', count: 3 });
    assert.equal(errors.size, 0);
  });

  it('misses what is required, at its field', () => {
    const { errors } = toArguments(form, initialDraft(form));
    assert.deepEqual([...errors.keys()], ['/text', '/count']);
  });

  it('must be a number where one is needed', () => {
    assert.equal(number('3'), undefined);
    assert.equal(number(' 1e1 '), undefined);
    for (const text of ['', '3.5', 'three', '0x10', '11', '-1', '1e999', 'NaN', '99999999999999999999', '1,5'])
      assert.notEqual(number(text), undefined, text);
  });

  it('says in a sentence what is wrong with a number', () => {
    assert.match(number('2.5') ?? '', /whole number/);
    assert.equal(number('12'), 'At most 10.');
    assert.match(number('9007199254740993') ?? '', /too large to be sent exactly/);
  });

  it('counts characters as a person does', () => {
    const short = toFields({ type: 'object', properties: { it: { type: 'string', maxLength: 2 } } });
    assert.equal(toArguments(short, toDraft(short, { it: '👍👍' })).errors.size, 0);
    assert.match(toArguments(short, toDraft(short, { it: 'abc' })).errors.get('/it') ?? '', /these are 3/);
  });

  it('may not have too few or too many items', () => {
    assert.match(filled({ text: 'a', count: 1, names: [] }).errors.get('/names') ?? '', /At least 1/);
    assert.match(filled({ text: 'a', count: 1, names: ['1', '2', '3', '4'] }).errors.get('/names') ?? '', /At most 3/);
  });

  it('names nested places by JSON Pointers', () => {
    const { errors } = filled({ text: 'a', count: 1, place: { 'a/b~c': 'x' } });
    assert.deepEqual([...errors.keys()], ['/place/x']);
    assert.ok(placesOf(form, toDraft(form, { place: {} })).includes('/place/a~1b~0c'));
  });

  it('must be JSON where JSON is asked for', () => {
    const draft = typed('free', { kind: 'text', text: '{"a":' });
    assert.match(errorAt('/free', draft) ?? '', /not valid JSON/);
    assert.equal(errorAt('/free', typed('free', { kind: 'text', text: '{"a":1}' })), undefined);
  });

  it('keeps a value that its field cannot hold, and keys that the schema does not name', () => {
    const value = { text: 5, count: 'many', extra: [1], place: { y: 1, x: 2 } };
    assert.deepEqual(filled(value).value, value);
  });

  it('sends null for what must be there but may be null', () => {
    const nullable = toFields({ type: 'object', properties: { it: { type: ['string', 'null'] } }, required: ['it'] });
    assert.deepEqual(toArguments(nullable, initialDraft(nullable)), { value: { it: null }, errors: new Map() });
  });

  it('starts with the defaults, and with the only value that is possible', () => {
    const defaults = toFields({
      type: 'object',
      properties: { a: { type: 'integer', default: 5 }, b: { const: 'x' }, c: { type: 'boolean' } },
      required: ['b', 'c'],
    });
    assert.deepEqual(toArguments(defaults, initialDraft(defaults)).value, { a: 5, b: 'x', c: false });
  });

  it('treats a property named __proto__ as any other', () => {
    const value = JSON.parse('{"text":"a","count":1,"__proto__":{"polluted":true}}');
    const result = filled(value).value;
    assert.equal(JSON.stringify(result), JSON.stringify(value));
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('comes back the same through the form, whatever the arguments were', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(schema.properties)), fc.string()), fc.jsonValue()),
        raw => {
          const value = JSON.parse(JSON.stringify(raw));
          const draft = toDraft(form, value);
          assert.deepEqual(toArguments(form, draft).value, value);
        },
      ),
    );
  });

  it('gives valid arguments or says what is wrong, for every schema that a form can show', () => {
    fc.assert(
      fc.property(simpleSchema, raw => {
        const field = toFields(raw);
        const { value, errors } = toArguments(field, initialDraft(field));
        assert.ok(errors.size > 0 || value !== undefined);
        for (const at of errors.keys()) assert.ok(placesOf(field, initialDraft(field)).includes(at), at);
      }),
    );
  });
});

const leaf = fc.oneof(
  fc.record({ type: fc.constantFrom('string', 'number', 'integer', 'boolean') }),
  fc.record({ enum: fc.array(fc.jsonValue(), { minLength: 1, maxLength: 4 }) }),
  fc.record({
    type: fc.constant('array'),
    items: fc.record({ type: fc.constantFrom('string', 'number') }),
    minItems: fc.nat(3),
  }),
);
const simpleSchema = fc
  .dictionary(fc.string({ minLength: 1, maxLength: 6 }), leaf, { maxKeys: 6 })
  .chain(properties =>
    fc.subarray(Object.keys(properties)).map((required): JSONSchema => ({ type: 'object', properties, required })),
  );

describe('errors that the daemon found', () => {
  const places = placesOf(form, toDraft(form, { names: ['a', 'b'], place: { x: 1 } }));
  const at = (path: string) => [...placeErrors([{ path, message: 'Wrong.' }], places)];

  it('are shown at their fields', () => {
    assert.deepEqual(at('/arguments/text'), [['/text', 'Wrong.']]);
    assert.deepEqual(at('/arguments/names/1'), [['/names/1', 'Wrong.']]);
    assert.deepEqual(at('/arguments/place/a~1b~0c'), [['/place/a~1b~0c', 'Wrong.']]);
  });

  it('are shown at the nearest field when they are about something inside it', () => {
    assert.deepEqual(at('/arguments/free/deep/0'), [['/free', 'deep/0: Wrong.']]);
    assert.deepEqual(at('/arguments/unknown'), [['', 'unknown: Wrong.']]);
    assert.deepEqual(at('/arguments'), [['', 'Wrong.']]);
  });

  it('are all kept when several are about one field', () => {
    const both = placeErrors(
      [
        { path: '/arguments/text', message: 'One.' },
        { path: '/arguments/text', message: 'Two.' },
      ],
      places,
    );
    assert.equal(both.get('/text'), 'One. Two.');
  });
});

describe('JSON from a person’s hand', () => {
  it('is read, or its mistake is located', () => {
    assert.deepEqual(parseJson(' {"a": [1]} '), { value: { a: [1] } });
    assert.match(JSON.stringify(parseJson('{\n  "a": 1,\n  b\n}')), /line 3/);
    assert.match(JSON.stringify(parseJson('')), /needed/);
  });
});

it('a field that is absent and not required sends nothing', () => {
  const optional = toFields({ type: 'object', properties: { it: { type: 'number' } } });
  const draft: Draft = { kind: 'group', entries: new Map([['it', absent]]), rest: new Map() };
  assert.deepEqual(toArguments(optional, draft), { value: {}, errors: new Map() });
});

describe('one of several', () => {
  const card = {
    type: 'object',
    properties: { kind: { const: 'card' }, card: { type: 'string' } },
    required: ['kind', 'card'],
  };
  const centre = { type: 'object', properties: { kind: { const: 'centre' } }, required: ['kind'] };
  const pay = toFields({
    type: 'object',
    properties: { pay: { oneOf: [card, centre, { type: 'number' }, { type: 'null' }] } },
    required: ['pay'],
  });
  const variants = pay.kind === 'group' && pay.fields[0]?.kind === 'variant' ? pay.fields[0] : undefined;
  const chosen = (index: number): Draft => {
    assert.ok(variants);
    return { kind: 'group', entries: new Map([['pay', variantDraft(variants, index)]]), rest: new Map() };
  };

  it('is the one that takes a value whole, and gives the same value back', () => {
    for (const [value, index] of [
      [{ kind: 'card', card: '42' }, 0],
      [{ kind: 'centre' }, 1],
      [7, 2],
      [null, 3],
    ] as const) {
      const draft = toDraft(pay, { pay: value });
      assert.ok(draft.kind === 'group');
      const held = draft.entries.get('pay');
      assert.ok(held?.kind === 'variant' && held.index === index, JSON.stringify(value));
      assert.deepEqual(toArguments(pay, draft), { value: { pay: value }, errors: new Map() });
    }
  });

  it('is kept as it came where none of them takes it', () => {
    assert.deepEqual(toArguments(pay, toDraft(pay, { pay: ['?'] })).value, { pay: ['?'] });
  });

  it('has its constants filled in when it is chosen, and says at its fields what is missing', () => {
    assert.deepEqual(toArguments(pay, chosen(1)), { value: { pay: { kind: 'centre' } }, errors: new Map() });
    assert.deepEqual([...toArguments(pay, chosen(0)).errors.keys()], ['/pay/card']);
    assert.deepEqual([...toArguments(pay, initialDraft(pay)).errors.keys()], ['/pay']);
    assert.ok(placesOf(pay, chosen(0)).includes('/pay/card'));
  });
});

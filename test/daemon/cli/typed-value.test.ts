import assert from 'node:assert/strict';
import { toInstallTarget } from '../../../daemon/cli/arguments/install-target.ts';
import { typedPairs } from '../../../daemon/cli/arguments/pairs.ts';
import { UsageError } from '../../../daemon/cli/exit-codes.ts';

const schema = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    number: { type: 'number' },
    integer: { type: 'integer' },
    flag: { type: 'boolean' },
    list: { type: 'array', items: { type: 'integer' } },
    object: { type: 'object' },
    maybe: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    either: { type: ['string', 'number'] },
    level: { enum: [1, 2, 3] },
    size: { $ref: '#/$defs/size' },
    loop: { $ref: '#/properties/loop' },
    anything: {},
  },
  $defs: { size: { type: 'integer' } },
};
const read = (...pairs: string[]) => typedPairs(pairs, '--arg', schema);

describe('Arguments on the command line', () => {
  it('take the type that the schema asks for', () => {
    assert.deepEqual(read('text=007', 'number=-1.5e3', 'integer=42', 'flag=true', 'object={"a":[1]}', 'list=[1,2]'), {
      text: '007',
      number: -1500,
      integer: 42,
      flag: true,
      object: { a: [1] },
      list: [1, 2],
    });
  });

  it('keep text as it is where text is allowed, and where nothing is known', () => {
    assert.deepEqual(read('either=1', 'anything=true', 'unknown={"a":1}', 'text=a=b=c', 'text2='), {
      either: '1',
      anything: 'true',
      unknown: '{"a":1}',
      text: 'a=b=c',
      text2: '',
    });
  });

  it('follow references, unions and enums', () => {
    assert.deepEqual(read('maybe=null', 'size=3', 'level=2', 'loop=x'), { maybe: null, size: 3, level: 2, loop: 'x' });
    assert.deepEqual(read('maybe=7'), { maybe: 7 });
  });

  it('make a list of what is given several times', () => {
    assert.deepEqual(read('list=1', 'list=2'), { list: [1, 2] });
    assert.deepEqual(read('list=5'), { list: [5] });
  });

  for (const [pair, message] of [
    ['number=abc', /"number" takes a number/],
    ['integer=1.5', /"integer" takes a whole number/],
    ['integer=99999999999999999999', /a whole number/],
    ['number=', /a number/],
    ['number=0x10', /a number/],
    ['flag=yes', /true or false/],
    ['object=[1]', /an object as JSON/],
    ['list=one', /"list" takes a whole number/],
    ['nonsense', /--arg takes name=value/],
    ['=1', /--arg takes name=value/],
  ] as const) {
    it(`refuse ${pair} as a usage error`, () => {
      assert.throws(
        () => read(pair),
        (error: unknown) => error instanceof UsageError && message.test(error.message),
      );
    });
  }

  it('refuse a value that is given twice and is no list', () => {
    assert.throws(() => read('number=1', 'number=2'), /is given 2 times/);
  });

  it('take __proto__ for a name like any other', () => {
    const result = read('__proto__=x');
    assert.deepEqual(Object.keys(result), ['__proto__']);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });
});

describe('What to install', () => {
  it('is a catalog entry for a plain name, so that a slip fetches no stranger’s package', () => {
    assert.deepEqual(toInstallTarget('everything', {}), { kind: 'entry', entry: 'everything' });
  });

  for (const [text, name, version] of [
    ['@scope/name', '@scope/name', undefined],
    ['@scope/name@1.2.3', '@scope/name', '1.2.3'],
    ['name@latest', 'name', 'latest'],
    ['npm:name', 'name', undefined],
    ['npm:@scope/name@^1', '@scope/name', '^1'],
  ] as const) {
    it(`is a package for ${text}`, () => {
      assert.deepEqual(toInstallTarget(text, {}), { kind: 'package', package: name, version });
    });
  }

  it('takes the version from the option too, but not twice', () => {
    assert.deepEqual(toInstallTarget('@a/b', { version: '1' }), { kind: 'package', package: '@a/b', version: '1' });
    assert.throws(() => toInstallTarget('@a/b@1', { version: '2' }), UsageError);
  });

  for (const text of ['-x', 'Upper', '../etc', 'a b', '@/x', 'npm:', 'git+ssh://host/x']) {
    it(`refuses ${text}`, () => assert.throws(() => toInstallTarget(text, {}), UsageError));
  }
});

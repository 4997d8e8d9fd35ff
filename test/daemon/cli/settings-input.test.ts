import assert from 'node:assert/strict';
import fc from 'fast-check';
import { settingsWith } from '../../../daemon/cli/arguments/settings-input.ts';
import { UsageError } from '../../../daemon/cli/exit-codes.ts';

const schema = {
  type: 'object',
  properties: {
    region: { type: 'string' },
    limits: { type: 'object', properties: { max: { type: 'integer' }, rate: { type: 'number' } } },
    paths: { type: 'array', items: { type: 'string' } },
    verbose: { type: 'boolean' },
  },
};
const settings = (...pairs: string[]) => settingsWith({}, pairs, '--set', schema);

describe('settings on the command line', () => {
  it('have the types that the schema asks for', () => {
    assert.deepEqual(settings('region=12', 'limits.max=5', 'paths=/a', 'paths=/b', 'verbose=true'), {
      region: '12',
      limits: { max: 5 },
      paths: ['/a', '/b'],
      verbose: true,
    });
    assert.deepEqual(settings('paths=["x, y"]'), { paths: ['x, y'] });
  });

  it('leave the others as they are, and go when they are given nothing', () => {
    const before = { region: 'eu', limits: { max: 1, rate: 0.5 } };
    assert.deepEqual(settingsWith(before, ['limits.max='], '--set', schema), { region: 'eu', limits: { rate: 0.5 } });
    assert.deepEqual(settingsWith(before, ['limits.max=', 'limits.rate='], '--set', schema), { region: 'eu' });
    assert.deepEqual(before, { region: 'eu', limits: { max: 1, rate: 0.5 } });
  });

  it('that are unknown or of the wrong type are refused with what is known', () => {
    for (const pair of ['nothing=1', 'limits.nothing=1', 'limits.max=many', 'verbose=1', 'region', '=x', 'a..b=1'])
      assert.throws(() => settings(pair), UsageError, pair);
    assert.throws(() => settings('nothing=1'), /region, limits, paths, verbose/);
    assert.throws(() => settingsWith({}, ['a=1'], '--set', null), /takes no settings/);
  });

  it('never reach an object’s own business', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('__proto__', 'constructor', 'prototype'), (value, key) => {
        for (const name of [key, `limits.${key}`, `${key}.polluted`])
          assert.throws(() => settings(`${name}=${value}`), UsageError);
        assert.equal(Object.getPrototypeOf({}), Object.prototype);
      }),
    );
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type KeptCall, writeCallAsTest } from '../../../../daemon/features/tests/call-as-test.ts';
import { readTestFile } from '../../../../daemon/features/tests/test-file.ts';
import { WantedAssertion as All, type WantedAssertion } from '../../../../shared/api/tests.ts';
import { starterFile, starterSkipOf } from '../../../../shared/domain/mcptest-starter.ts';
import { createTestsUnderTest } from '../../../support/tests-under-test.ts';

const call = (change: Partial<KeptCall> = {}): KeptCall => ({
  serverId: 'echo',
  tool: 'add',
  arguments: { a: 1, b: 2 },
  result: { content: [{ type: 'text', text: '3' }], structuredContent: { sum: 3 } },
  durationMs: 12,
  ...change,
});
const write = (kept: KeptCall, wanted: readonly WantedAssertion[] = All.options) =>
  writeCallAsTest(kept, undefined, wanted, text => text);

describe('a call of the history', () => {
  it('becomes a test that passes as it did', async () => {
    await using world = await createTestsUnderTest();
    const { text, fileName } = write(call());
    assert.equal(fileName, 'echo.add.mcptest.yaml');
    const { state, results } = await world.run([{ path: fileName, text }]);
    assert.equal(state, 'passed', JSON.stringify(results.flatMap(each => each.failures)));
  });

  it('becomes one with its own arguments, whatever they look like', () => {
    const json = fc.dictionary(
      fc.string({ minLength: 1 }).filter(key => key !== '__proto__'),
      fc.oneof(fc.string(), fc.constant('$' + '{who}'), fc.integer(), fc.jsonValue({ maxDepth: 2 })),
      { maxKeys: 4, noNullPrototype: true },
    );
    fc.assert(
      fc.property(json, fc.string(), (args, text) => {
        const { text: file } = write(call({ arguments: args, result: { content: [{ type: 'text', text }] } }), [
          'equals',
        ]);
        const { problems, file: read } = readTestFile('a', file);
        assert.deepEqual(problems, [], file);
        assert.equal(read?.tests.length, 1);
      }),
    );
  });

  it('cannot become one where its arguments were not kept, or the result that is asked for', () => {
    assert.throws(() => write(call({ arguments: undefined })), /arguments of this call were not kept/);
    assert.throws(() => write(call({ result: undefined }), ['equals']), /result of this call was not kept/);
    assert.match(write(call({ result: undefined }), ['snapshot']).test, /snapshot: true/);
  });

  it('cannot become one where it was no tool that was called', () => {
    assert.throws(() => write(call({ tool: 'method:custom/run' })), /was no call of a tool/);
  });

  it('takes secrets out', () => {
    const { text } = writeCallAsTest(call({ arguments: { key: 'xyzzy' } }), undefined, ['snapshot'], value =>
      value.replaceAll('xyzzy', '•••'),
    );
    assert.doesNotMatch(text, /xyzzy/);
  });
});

describe('a first test file', () => {
  it('can be read, whatever the tools are called', () => {
    const tool = fc.record({
      name: fc.string({ minLength: 1, maxLength: 40 }),
      inputSchema: fc.constantFrom(
        {},
        { type: 'object', required: ['a'], properties: { a: { type: 'integer', minimum: 4 } } },
        { type: 'object', required: ['x', 'y'], properties: { x: { enum: ['$' + '{a}'] }, y: { type: 'array' } } },
      ),
      outputSchema: fc.constantFrom(null, {}),
      annotations: fc.record({ readOnly: fc.constantFrom(true, false, null) }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(tool, { maxLength: 5, selector: each => each.name }), tools => {
        const { problems, file } = readTestFile('a', starterFile('some', tools));
        assert.deepEqual(problems, []);
        assert.equal(file?.tests.length, Math.max(tools.length, 1));
      }),
    );
  });

  it('calls by itself only what is known to read, and with what is known to fit', () => {
    const tool = (properties: Record<string, unknown>, readOnly: boolean | null = true) => ({
      name: 'a',
      inputSchema: { type: 'object', required: Object.keys(properties), properties },
      outputSchema: null,
      annotations: { readOnly },
    });
    const list = { type: 'array', minItems: 2, items: { type: 'integer' } };
    assert.equal(starterSkipOf(tool({ a: list, b: { type: 'string', format: 'uri' }, c: { enum: ['x'] } })), undefined);
    assert.match(starterFile('some', [tool({ a: list })]), /arguments: \{"a":\[1,1\]\}\n {4}expect/);
    assert.equal(starterSkipOf(tool({ path: { type: 'string' } })), 'guessed');
    assert.match(starterFile('some', [tool({ path: { type: 'string' } })]), /skip: Fill in its arguments/);
    assert.equal(starterSkipOf(tool({ path: { type: 'string' } }, null)), 'changes');
  });
});

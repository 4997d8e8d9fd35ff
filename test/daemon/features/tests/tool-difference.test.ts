import assert from 'node:assert/strict';
import { compareTools } from '../../../../daemon/features/tests/tool-difference.ts';

const tool = (properties: Record<string, unknown>, required: string[] = [], more = {}) => ({
  name: 'a',
  inputSchema: { type: 'object', properties, required },
  ...more,
});
const changesOf = (before: ReturnType<typeof tool>, after: ReturnType<typeof tool>) => {
  const [difference] = compareTools([before], [after]).differences;
  return { breaking: difference?.breaking, paths: difference?.changes.map(change => change.path) ?? [] };
};
const text = { type: 'string' };

describe('the tools of two versions', () => {
  it('are added, removed, changed or the same', () => {
    const { differences, unchanged } = compareTools(
      [tool({}), { name: 'b' }, { name: 'c', description: 'old' }],
      [tool({}), { name: 'd' }, { name: 'c', description: 'new' }],
    );
    assert.deepEqual(
      differences.map(each => [each.tool, each.kind, each.breaking]),
      [
        ['b', 'removed', true],
        ['c', 'changed', false],
        ['d', 'added', false],
      ],
    );
    assert.equal(unchanged, 1);
    assert.match(differences[1]?.diff ?? '', /^-.*old.*\n\+.*new/m);
  });

  it('break callers where an input becomes narrower', () => {
    assert.deepEqual(changesOf(tool({ x: text }), tool({ x: text }, ['x'])), {
      breaking: true,
      paths: ['/inputSchema/properties/x'],
    });
    assert.deepEqual(changesOf(tool({}), tool({ x: text }, ['x'])), {
      breaking: true,
      paths: ['/inputSchema/properties/x'],
    });
    assert.deepEqual(changesOf(tool({ x: text }), tool({})), { breaking: true, paths: ['/inputSchema/properties/x'] });
    assert.deepEqual(changesOf(tool({ x: { type: 'number' } }), tool({ x: { type: 'integer' } })), {
      breaking: true,
      paths: ['/inputSchema/properties/x/type'],
    });
    assert.deepEqual(changesOf(tool({ x: { enum: [1, 2] } }), tool({ x: { enum: [1] } })), {
      breaking: true,
      paths: ['/inputSchema/properties/x/enum'],
    });
    assert.equal(changesOf(tool({ x: text }), tool({ x: { ...text, maxLength: 3 } })).breaking, true);
    assert.equal(changesOf(tool({ x: { minimum: 1 } }), tool({ x: { minimum: 2 } })).breaking, true);
    assert.equal(changesOf(tool({ x: { pattern: 'a' } }), tool({ x: { pattern: 'b' } })).breaking, true);
    const closed = { inputSchema: { type: 'object', additionalProperties: false } };
    assert.deepEqual(changesOf(tool({}, [], { inputSchema: { type: 'object' } }), tool({}, [], closed)), {
      breaking: true,
      paths: ['/inputSchema/additionalProperties'],
    });
  });

  it('break nobody where it becomes wider', () => {
    assert.equal(changesOf(tool({}), tool({ x: text })).breaking, false);
    assert.equal(changesOf(tool({ x: text }, ['x']), tool({ x: text })).breaking, false);
    assert.equal(changesOf(tool({ x: { type: 'integer' } }), tool({ x: { type: 'number' } })).breaking, false);
    assert.equal(
      changesOf(tool({ x: { type: 'integer' } }), tool({ x: { type: ['integer', 'null'] } })).breaking,
      false,
    );
    assert.equal(changesOf(tool({ x: { enum: [1] } }), tool({ x: { enum: [1, 2] } })).breaking, false);
    assert.equal(changesOf(tool({ x: text }), tool({ x: { ...text, description: 'more' } })).breaking, false);
    assert.equal(changesOf(tool({ x: { minimum: 2 } }), tool({ x: {} })).breaking, false);
    assert.equal(
      changesOf(tool({ x: { ...text, maxLength: 3 } }), tool({ x: { ...text, maxLength: 4 } })).breaking,
      false,
    );
    for (const open of [undefined, true, {}])
      assert.equal(
        changesOf(
          tool({}, [], { inputSchema: { type: 'object', additionalProperties: false } }),
          tool({}, [], { inputSchema: { type: 'object', additionalProperties: open } }),
        ).breaking,
        false,
      );
  });

  it('tell each hint by itself', () => {
    const hints = (annotations?: Record<string, unknown>) => tool({}, [], annotations ? { annotations } : {});
    const [difference] = compareTools(
      [hints({ readOnlyHint: true })],
      [hints({ title: 'A', readOnlyHint: false })],
    ).differences;
    assert.deepEqual(
      difference?.changes.map(({ path, message }) => [path, message]),
      [
        ['/annotations/readOnlyHint', '"readOnlyHint" was true and is false.'],
        ['/annotations/title', '"title" was not given and is "A".'],
      ],
    );
    assert.deepEqual(changesOf(hints(), hints({ readOnlyHint: true })).paths, ['/annotations/readOnlyHint']);
  });

  it('are the other way round for what they give back', () => {
    const gives = (properties: Record<string, unknown>, required: string[] = []) =>
      tool({}, [], { outputSchema: { type: 'object', properties, required } });
    assert.equal(changesOf(gives({ x: text }, ['x']), gives({ x: text })).breaking, true);
    assert.equal(changesOf(gives({ x: text }), gives({ x: text }, ['x'])).breaking, false);
    assert.equal(changesOf(gives({ x: { type: 'integer' } }), gives({ x: { type: 'number' } })).breaking, true);
    assert.equal(changesOf(gives({ x: text }), gives({})).breaking, true);
    assert.equal(changesOf(gives({ x: { ...text, maxLength: 3 } }), gives({ x: text })).breaking, true);
    assert.equal(changesOf(gives({ x: text }), gives({ x: { ...text, maxLength: 3 } })).breaking, false);
    assert.equal(changesOf(gives({}), tool({})).breaking, true);
    assert.equal(changesOf(tool({}), gives({})).breaking, false);
  });
});

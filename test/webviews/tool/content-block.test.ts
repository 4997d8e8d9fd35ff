import assert from 'node:assert/strict';
import fc from 'fast-check';
import { prettyJson, toShownBlock } from '../../../webviews/tool/content-block.ts';

const pixel = 'iVBORw0KGgo=';

describe('a block of a result', () => {
  it('is an image only with an allowed type and clean base64', () => {
    const shown = toShownBlock({ type: 'image', mimeType: 'image/png', data: pixel });
    assert.deepEqual(shown, {
      kind: 'image',
      source: `data:image/png;base64,${pixel}`,
      mimeType: 'image/png',
      bytes: 8,
    });
    for (const [mimeType, data] of [
      ['image/svg+xml', pixel],
      ['text/html', pixel],
      ['image/png;x="', pixel],
      ['image/png', '"><script>'],
      ['image/png', ''],
      ['', pixel],
    ])
      assert.equal(toShownBlock({ type: 'image', mimeType, data }).kind, 'other', `${mimeType} ${data}`);
  });

  it('is text, a link, a resource or sound by its type', () => {
    assert.deepEqual(toShownBlock({ type: 'text', text: '<b>' }), { kind: 'text', text: '<b>' });
    assert.equal(toShownBlock({ type: 'audio', mimeType: 'audio/wav', data: pixel }).kind, 'audio');
    const link = toShownBlock({ type: 'resource_link', uri: 'file:///a', name: 'a', title: 'A' });
    assert.ok(link.kind === 'link' && link.name === 'A');
    const resource = toShownBlock({ type: 'resource', resource: { uri: 'demo://a', text: 'hello' } });
    assert.deepEqual(resource, { kind: 'resource', uri: 'demo://a', mimeType: '', text: 'hello' });
    assert.equal(toShownBlock({ type: 'resource', resource: { uri: 'demo://a', blob: pixel } }).kind, 'blob');
  });

  it('of a kind that is not known is shown as it came', () => {
    assert.deepEqual(toShownBlock({ type: 'hologram' }), { kind: 'other', type: 'hologram' });
  });

  it('is never trusted to have the shape that it should have', () => {
    const members = fc.dictionary(
      fc.constantFrom('text', 'data', 'mimeType', 'uri', 'name', 'resource'),
      fc.jsonValue(),
    );
    const type = fc.constantFrom('text', 'image', 'audio', 'resource_link', 'resource', 'other');
    fc.assert(
      fc.property(type, members, (name, rest) => {
        const shown = toShownBlock({ ...rest, type: name });
        for (const value of Object.values(shown)) assert.ok(['string', 'number'].includes(typeof value));
      }),
    );
  });
});

describe('JSON in a text', () => {
  it('is laid out for reading', () => assert.equal(prettyJson('{"a":[1]}'), '{\n  "a": [\n    1\n  ]\n}'));
  it('is left alone where it is none, or too long', () => {
    assert.equal(prettyJson('{not json}'), undefined);
    assert.equal(prettyJson('plain'), undefined);
    assert.equal(prettyJson('123'), undefined);
    assert.equal(prettyJson(`[${'1,'.repeat(150_000)}1]`), undefined);
  });
});

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { createSecretEntry, hasLineBreaks } from '../../../webviews/kit/secret-entry.ts';

const key = '-----BEGIN KEY-----\nabc\r\ndef\n-----END KEY-----\n';

describe('a secret while it is entered', () => {
  it('keeps every line break and tells the size', () => {
    const entry = createSecretEntry();
    entry.set(key);
    assert.equal(entry.read(), key);
    assert.deepEqual(entry.size.value, { characters: key.length, lines: 4 });
  });

  it('forgets the text when it is cleared, and has the field made anew', () => {
    const entry = createSecretEntry();
    entry.set('hunter2');
    entry.clear();
    assert.equal(entry.read(), '');
    assert.deepEqual(entry.size.value, { characters: 0, lines: 0 });
    assert.equal(entry.round.value, 1);
  });

  it('shows the text to nobody who looks at it as a whole', () => {
    const entry = createSecretEntry();
    entry.set('hunter2');
    assert.doesNotMatch(inspect(entry, { depth: 10, showHidden: true }), /hunter2/);
    assert.doesNotMatch(JSON.stringify(entry), /hunter2/);
  });

  it('needs more than one line as soon as there is any kind of line break', () => {
    for (const text of ['a\nb', 'a\r\nb', 'a\rb', 'a\n']) assert.equal(hasLineBreaks(text), true, JSON.stringify(text));
    assert.equal(hasLineBreaks('one line\twith a tab'), false);
  });
});

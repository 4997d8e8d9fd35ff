import assert from 'node:assert/strict';
import fc from 'fast-check';
import { toVisiblePieces, toVisibleText } from '../../shared/domain/visible-text.ts';

describe('text that a server wrote', () => {
  it('is left as it is where everything can be seen', () => {
    const text = 'Grüße, 你好, שלום, مرحبا\n\tindented <b>not bold</b> & "quoted"';
    assert.deepEqual(toVisiblePieces(text), [{ text }]);
  });

  it('shows characters that reorder the line', () => {
    assert.deepEqual(toVisiblePieces('a\u202Eb'), [
      { text: 'a' },
      { mark: 'U+202E', name: 'right-to-left override', count: 1 },
      { text: 'b' },
    ]);
    assert.equal(toVisibleText('x\u2066y\u2069'), 'x[U+2066]y[U+2069]');
  });

  it('shows characters that cannot be seen', () => {
    const hidden = [
      '\u200B',
      '\u00AD',
      '\u2060',
      '\uFEFF',
      '\u3164',
      '\u{E0041}',
      '\uE000',
      '\u2800',
      '\uFE01',
      '\u0000',
    ];
    for (const character of hidden) {
      const [before, mark, after] = toVisiblePieces(`a${character}b`);
      assert.deepEqual([before, after], [{ text: 'a' }, { text: 'b' }]);
      assert.ok(mark && 'mark' in mark, `U+${character.codePointAt(0)?.toString(16)} is not shown`);
    }
  });

  it('spells out a message hidden in tag characters', () => {
    const smuggled = [...'ignore'].map(letter => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
    assert.equal(toVisiblePieces(`ok${smuggled}`).length, 1 + 6);
  });

  it('counts a run of the same hidden character', () => {
    assert.deepEqual(toVisiblePieces('\u200B'.repeat(40)), [{ mark: 'U+200B', name: 'zero width space', count: 40 }]);
  });

  it('shows terminal sequences and does not obey them', () => {
    assert.equal(toVisibleText('\u001B[31mred\u001B[0m'), '[ESC[31m]red[ESC[0m]');
    assert.equal(toVisibleText('\u001B]8;;http://evil.test\u0007click'), '[ESC]8;;http://evil.test\\x07]click');
    assert.equal(toVisibleText('a\u001B'), 'a[U+001B]');
  });

  it('leaves emoji whole that are joined of several', () => {
    for (const emoji of ['👨‍👩‍👧', '❤️', '🏳️‍🌈']) assert.deepEqual(toVisiblePieces(emoji), [{ text: emoji }], emoji);
  });

  it('shows a joiner that joins no emoji', () => {
    assert.equal(toVisibleText('pay\u200Dpal'), 'pay[U+200D]pal');
  });

  it('reads Windows line ends as line ends', () => {
    assert.deepEqual(toVisiblePieces('a\r\nb'), [{ text: 'a\nb' }]);
    assert.equal(toVisibleText('100 %\rfaked'), '100 %[U+000D]faked');
  });

  it('keeps every visible character, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), text => {
        const plain = toVisiblePieces(text)
          .map(piece => ('text' in piece ? piece.text : ''))
          .join('');
        const letters = (value: string) => value.replace(/[^\p{L}\p{N}\p{P}]/gu, '');
        const withoutSequences = (value: string) =>
          value.slice(0, value.includes('\u001B') ? value.indexOf('\u001B') : undefined);
        assert.ok(
          letters(plain).startsWith(letters(withoutSequences(text).replace(/[\u115F\u1160\u3164\uFFA0]/g, ''))),
        );
        for (const character of ['\u202E', '\u2066', '\u200B', '\u0000', '\u0008', '\u001B'])
          assert.ok(!plain.includes(character));
      }),
    );
  });

  it('is done in time also for a text made to be slow', () => {
    const started = performance.now();
    toVisiblePieces('\u001B]'.repeat(50_000));
    toVisiblePieces('\u001B['.repeat(50_000));
    assert.ok(performance.now() - started < 10_000);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { blockText } from '../../../daemon/cli/terminal/content-text.ts';
import { safeJson, safeLine, safeText } from '../../../daemon/cli/terminal/safe-text.ts';
import { createStyle } from '../../../daemon/cli/terminal/style.ts';
import { renderTable } from '../../../daemon/cli/terminal/table.ts';
import { cutToWidth, textWidth } from '../../../daemon/cli/terminal/text-width.ts';

const plain = createStyle({ isTTY: false }, {});
/** What a terminal obeys, or shows out of order or not at all; line breaks and tabs are judged by the tests. */
const isDangerous = (character: string): boolean => {
  const point = character.codePointAt(0) ?? 0;
  const isControl = (point < 0x20 && character !== '\n' && character !== '\t') || (point >= 0x7f && point <= 0x9f);
  const isInvisible =
    (point >= 0x200b && point <= 0x200f) || point === 0xfeff || (point >= 0xe0000 && point <= 0xe007f);
  return isControl || isInvisible || (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
};
const dangerousIn = (text: string): string[] => [...text].filter(isDangerous);

describe('Text from servers on a terminal', () => {
  it('shows escape sequences instead of obeying them', () => {
    assert.equal(safeText('\u001b[31mred\u001b[0m \u009b2J \u0007'), '\\u001b[31mred\\u001b[0m \\u009b2J \\u0007');
  });

  it('shows what is invisible or runs backwards', () => {
    assert.equal(safeText('a\u202eb\u200bc\u{e0041}'), 'a\\u202eb\\u200bc\\u{e0041}');
  });

  it('keeps lines, tabs, letters of all scripts and emoji', () => {
    const text = 'Grüße\n\t日本語 ❤️ 👍\r\nالعربية';
    assert.equal(safeText(text), text.replace('\r', ''));
  });

  it('is one line where one line is wanted', () => {
    assert.equal(safeLine(' a\n  b\tc\r'), 'a b c');
  });

  it('never lets a control character through, whatever comes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        assert.deepEqual(dangerousIn(safeText(text)), []);
        assert.doesNotMatch(safeLine(text), /[\n\t]/);
        assert.deepEqual(dangerousIn(safeLine(text)), []);
        assert.deepEqual(dangerousIn(safeJson({ [text]: text }, 2)), []);
      }),
    );
  });

  it('keeps the value of JSON, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        assert.deepEqual(JSON.parse(safeJson({ value, text }, 2)), JSON.parse(JSON.stringify({ value, text })));
      }),
    );
  });
});

describe('A table', () => {
  const columns = [
    { heading: 'NAME', value: (row: { name: string; note: string | null }) => row.name },
    { heading: 'NOTE', value: (row: { name: string; note: string | null }) => row.note },
  ];
  const rows = [
    { name: 'a', note: 'first' },
    { name: '日本', note: null },
    { name: 'long-name', note: 'one\ntwo \u001b[2J' },
  ];

  it('aligns its columns by what they take on the screen', () => {
    assert.equal(
      renderTable(rows, columns, { style: plain, width: undefined }),
      ['NAME       NOTE', 'a          first', '日本       -', 'long-name  one two \\u001b[2J'].join('\n'),
    );
  });

  it('cuts the last column to the width of the terminal, and nothing in a file', () => {
    const long = [{ name: 'a', note: 'x'.repeat(300) }];
    for (const line of renderTable(long, columns, { style: plain, width: 40 }).split('\n'))
      assert.ok(textWidth(line) <= 40);
    assert.ok(renderTable(long, columns, { style: plain, width: undefined }).includes('x'.repeat(300)));
  });

  it('never cuts a text to more than the columns there are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(60), (text, columns) => {
        assert.ok(textWidth(cutToWidth(text, columns)) <= columns);
      }),
    );
  });
});

describe('Colour', () => {
  it('is for terminals whose owner did not refuse it', () => {
    assert.equal(createStyle({ isTTY: true }, {})('red', 'x'), '\u001b[31mx\u001b[39m');
    assert.equal(createStyle({ isTTY: true }, { NO_COLOR: '1' })('red', 'x'), 'x');
    assert.equal(createStyle({ isTTY: true }, { TERM: 'dumb' })('red', 'x'), 'x');
    assert.equal(createStyle({}, {})('red', 'x'), 'x');
  });
});

describe('What servers give', () => {
  it('is named where it is only linked to or cannot be shown', () => {
    const link = { type: 'resource_link', uri: 'test://note', name: 'note', title: 'What to \u001b[31mlook at' };
    assert.equal(blockText(link), '[link: test://note, What to \\u001b[31mlook at]');
    assert.equal(blockText({ type: 'resource_link', uri: 'test://note', name: 'test://note' }), '[link: test://note]');
    assert.match(blockText({ type: 'image', mimeType: 'image/png', data: 'AAAA' }), /^\[image: image\/png, 3 B; /);
  });
});

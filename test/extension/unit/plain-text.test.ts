import assert from 'node:assert/strict';
import {
  escapeMarkdown,
  forNotification,
  toOneLine,
  toPlainText,
  withoutIcons,
} from '../../../extension/platform/plain-text.ts';

describe('text from servers', () => {
  it('loses its terminal colours', () => {
    assert.equal(toPlainText('\u001b[1;31mred\u001b[0m and \u001b]0;title\u0007plain'), 'red and plain');
  });
  it('shows characters that would hide or turn it', () => {
    assert.equal(toPlainText('a\u202eb\u200bc'), 'a\\u{202e}b\\u{200b}c');
    assert.equal(toPlainText('a\u0000b'), 'a\\u{0}b');
  });
  it('keeps line breaks, tabs and letters of every script', () => {
    assert.equal(toPlainText('Größe\t漢字\r\n🙂'), 'Größe\t漢字\n🙂');
  });
  it('becomes one line of a given length', () => {
    assert.equal(toOneLine(' a\n\n b\tc '), 'a b c');
    assert.equal(toOneLine('x'.repeat(300), 10), `${'x'.repeat(9)}…`);
  });
  it('is no Markdown, no HTML and no link in a tooltip', () => {
    assert.equal(escapeMarkdown('[a](b) <i> www.x.y a@b\nc'), '\\[a\\]\\(b\\) \\<i\\> www\\.x\\.y a\\@b  \nc');
  });
  it('cannot draw an icon in a label', () => {
    assert.equal(withoutIcons('$(check) safe'), '\\$(check) safe');
    assert.equal(withoutIcons('a\u202eb\nc'), 'a\\u{202e}b\\u{a}c');
  });
});

describe('text in a notification', () => {
  it('holds no link, whatever a server writes', () => {
    // The editor's own rule for a link in a notification.
    const link = /\[[^\]]+\]\((?:https?:\/\/|command:|file:)[^)\s]+(?: "[^"]+")?\)/gi;
    for (const text of [
      '[Fix this now](command:workbench.action.terminal.sendSequence?%7B%7D)',
      'It ended. [a](https://evil.test) [b](file:///etc/passwd)',
      '[x]\u200b(command:y)',
      '[[x]](command:y)',
    ]) {
      assert.doesNotMatch(forNotification(text), link, text);
    }
  });
});

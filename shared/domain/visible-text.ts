// Text of a server made safe to read: what is invisible, reorders the line or drives a terminal is shown as what it is (rule D21).

/** A piece of plain text, or a mark in place of characters that a person could not see. */
export type TextPiece = { text: string } | { mark: string; name: string; count: number };

const names = new Map<number, string>([
  [0x00, 'null'],
  [0x07, 'bell'],
  [0x08, 'backspace'],
  [0x0d, 'carriage return'],
  [0x1b, 'escape'],
  [0x7f, 'delete'],
  [0xad, 'soft hyphen'],
  [0x034f, 'combining grapheme joiner'],
  [0x061c, 'Arabic letter mark'],
  [0x115f, 'Hangul filler'],
  [0x1160, 'Hangul filler'],
  [0x180e, 'Mongolian vowel separator'],
  [0x200b, 'zero width space'],
  [0x200c, 'zero width non-joiner'],
  [0x200d, 'zero width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
  [0x2800, 'blank Braille pattern'],
  [0x3164, 'Hangul filler'],
  [0xfeff, 'zero width no-break space'],
  [0xffa0, 'Hangul filler'],
]);

/**
 * What a person cannot see in its place: controls, format and bidirectional characters, separators of lines, private use,
 * lone surrogates, whatever Unicode calls default-ignorable (fillers, selectors, tags), and the blank Braille pattern.
 */
const unseen = '\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{DI}\\u2800';
const anyUnseen = new RegExp(`[${unseen}]`, 'gu');

// Terminal sequences first (CSI, OSC, other escapes), then single characters; tab and line feed are layout.
const hidden = new RegExp(
  [
    '\\r\\n',
    '\\x1b\\[[0-?]{0,64}[ -/]{0,8}[@-~]',
    '\\x1b\\][^\\x07\\x1b]{0,256}(?:\\x07|\\x1b\\\\)',
    '\\x1b[ -/]{0,8}[0-~]?',
    `(?![\\t\\n])[${unseen}]`,
  ].join('|'),
  'gu',
);

/** U+202E as `\u{202e}`. */
const toBraces = (character: string): string => `\\u{${character.codePointAt(0)?.toString(16)}}`;

/** The text with each unseen character as an escape, but for those of `kept`: what one line of a log or a terminal shows. */
export const escapeUnseen = (text: string, kept = '', toEscape: (character: string) => string = toBraces): string =>
  text.replace(anyUnseen, character => (kept.includes(character) ? character : toEscape(character)));

// In these places a joiner or a selector is part of a visible character (emoji), and marking it would break it.
const joinsEmoji = /\p{Extended_Pictographic}/u;

/** Cuts a text into pieces. Joined again without the marks' characters, nothing that was visible is lost. */
export function toVisiblePieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  let end = 0;
  const flush = () => {
    if (plain) pieces.push({ text: plain });
    plain = '';
  };
  for (const match of text.matchAll(hidden)) {
    const found = match[0];
    plain += text.slice(end, match.index);
    end = match.index + found.length;
    if (found === '\r\n') plain += '\n';
    else if (isPartOfEmoji(text, match.index, found)) plain += found;
    else {
      flush();
      const piece = toMark(found);
      const last = pieces.at(-1);
      if (last && 'mark' in last && last.mark === piece.mark) last.count++;
      else pieces.push(piece);
    }
  }
  plain += text.slice(end);
  flush();
  return pieces;
}

/** The text with each hidden character written out: for titles, file names and places that take a string only. */
export const toVisibleText = (text: string): string =>
  toVisiblePieces(text)
    .map(piece => ('text' in piece ? piece.text : `[${piece.mark}${piece.count > 1 ? ` ×${piece.count}` : ''}]`))
    .join('');

function toMark(found: string): { mark: string; name: string; count: number } {
  const code = found.codePointAt(0) ?? 0;
  if (found.length > 1 && code === 0x1b)
    return { mark: `ESC${escapeControls(found.slice(1, 40))}`, name: 'terminal sequence', count: 1 };
  const name = names.get(code) ?? (code < 0x20 || (code >= 0x7f && code < 0xa0) ? 'control character' : nameOf(code));
  return { mark: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`, name, count: 1 };
}

function nameOf(code: number): string {
  if (code >= 0xe0000 && code <= 0xe007f) return 'invisible tag character';
  if ((code >= 0xfe00 && code <= 0xfe0f) || code >= 0xe0100) return 'variation selector';
  return 'invisible character';
}

const escapeControls = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  text.replace(/[\x00-\x1f\x7f-\x9f]/g, found => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`);

function isPartOfEmoji(text: string, index: number, found: string): boolean {
  if (found !== '\u200d' && found !== '\ufe0f') return false;
  const before = text.slice(Math.max(0, index - 3), index);
  if (!joinsEmoji.test(before)) return false;
  return found === '\ufe0f' || joinsEmoji.test(text.slice(index + 1, index + 3));
}

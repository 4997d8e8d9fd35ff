// Text that comes from servers and packages is hostile: a terminal would obey its control characters, and text
// that is invisible or runs backwards would lie to the reader. All of it is shown as an escape instead.
import { escapeUnseen } from '../../../shared/domain/visible-text.ts';

// Selects between a text and an emoji form; common and harmless.
const variationSelectors = '\ufe0e\ufe0f';

const toEscape = (character: string): string => {
  const point = character.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
};

/** Several lines of text for a terminal: line breaks and tabs are kept. */
export const safeText = (text: string): string =>
  escapeUnseen(text.replace(/\r\n/g, '\n'), `\n\t${variationSelectors}`, toEscape);

/** One line of text for a terminal: line breaks and tabs become spaces. */
export const safeLine = (text: string): string => safeText(text.replace(/\s*[\r\n\t]\s*/g, ' ').trim());

/** JSON for a stream that may be a terminal: the same value, with what a terminal could obey as \u escapes. */
export const safeJson = (value: unknown, indent?: number): string =>
  escapeUnseen(JSON.stringify(value, null, indent), `\n${variationSelectors}`, character =>
    [...Array(character.length).keys()]
      .map(at => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );

// Text from servers and packages is hostile: it may hold escape sequences, invisible characters and the editor's own icon syntax.
import { escapeUnseen } from '../../shared/domain/visible-text.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
const escapeSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/** Removes terminal colours and makes invisible characters visible: U+202E becomes `\u{202e}`. */
export const toPlainText = (text: string): string =>
  escapeUnseen(text.replace(escapeSequences, '').replace(/\r\n?/g, '\n'), '\n\t\ufe0e\ufe0f');

/** One line of at most `most` characters. */
export function toOneLine(text: string, most = 200): string {
  const line = toPlainText(text).replace(/\s+/g, ' ').trim();
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** For notifications: they turn `[text](target)` into a link, and its target may be a command of the editor. */
export const forNotification = (text: string): string => toPlainText(text).replace(/\](?=\()/g, '] ');

/** For labels, in which the editor would draw `$(name)` as an icon; they are one line, with nothing hidden in it. */
export const withoutIcons = (text: string): string => escapeUnseen(text, '\ufe0e\ufe0f').replace(/\$\(/g, '\\$(');

/** Plain text as Markdown that shows exactly it. All punctuation is escaped, or addresses in it would become links. */
export const escapeMarkdown = (text: string): string =>
  toPlainText(text)
    .replace(/[!-/:-@[-`{-~]/g, '\\$&')
    .replace(/\n/g, '  \n');

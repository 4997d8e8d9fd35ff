// A secret while somebody types it: held here and nowhere in the page's state, and forgotten when it is taken.
import { type ReadonlySignal, signal } from '@preact/signals';

export interface SecretEntry {
  /** How much was entered; never what. */
  readonly size: ReadonlySignal<{ characters: number; lines: number }>;
  /** Grows when the entry is emptied, so that its field is made anew. */
  readonly round: ReadonlySignal<number>;
  /** Puts a text in place of what was there. */
  set(text: string): void;
  /** Hands the text over. It stays until `clear`, so that a refused one can be sent again. */
  read(): string;
  clear(): void;
}

export function createSecretEntry(): SecretEntry {
  let text = '';
  const size = signal(measure(''));
  const round = signal(0);
  return {
    size,
    round,
    set(next) {
      text = next;
      size.value = measure(next);
    },
    read: () => text,
    clear() {
      text = '';
      size.value = measure('');
      round.value++;
    },
  };
}

/** True if a field of one line would lose part of the text. */
export const hasLineBreaks = (text: string): boolean => /[\r\n]/.test(text);

const measure = (text: string) => ({
  characters: text.length,
  lines: text === '' ? 0 : text.replace(/\r?\n$/, '').split(/\r\n|\r|\n/).length,
});

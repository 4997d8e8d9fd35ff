// What a sighted person sees change, as a text to be said once. The view puts it into one polite live region.
import { type ReadonlySignal, signal } from '@preact/signals';

const said = signal('');
let again = false;

export const spoken: ReadonlySignal<string> = said;

/** Says a text. The same text twice in a row is said twice. */
export function announce(text: string): void {
  again = !again;
  said.value = again ? text : `${text}\u00a0`;
}

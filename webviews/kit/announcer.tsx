// One polite live region for the whole app: what a sighted person sees change is said once.
import { signal } from '@preact/signals';

const spoken = signal('');
let again = false;

/** Says a text. The same text twice in a row is said twice. */
export function announce(text: string): void {
  again = !again;
  spoken.value = again ? text : `${text}\u00a0`;
}

export const Announcer = () => (
  <div class="only-heard" role="status" aria-live="polite">
    {spoken.value}
  </div>
);

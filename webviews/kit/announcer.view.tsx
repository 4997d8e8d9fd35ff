import { spoken } from './announcer.ts';

/** The one live region of the app. */
export const Announcer = () => (
  <div class="only-heard" role="status" aria-live="polite">
    {spoken.value}
  </div>
);

// What differs between the two hosts of the one app: a panel in the editor, and the page that the daemon serves.
import type { ReadonlySignal } from '@preact/signals';
import type { Carrier } from '../../shared/api/client.ts';
import type { Location } from './location.ts';

export interface Host {
  readonly kind: 'page' | 'panel';
  readonly carrier: Carrier;
  readonly location: ReadonlySignal<Location>;
  /** The target of a link to a location: real in the page, so that it can be opened in a new tab. */
  linkTo(location: Location): string;
  open(location: Location): void;
  /** Shows the same place in another way: no step that Back would undo. */
  replace(location: Location): void;
  /** Rejects if the browser refuses. */
  copy(text: string): Promise<void>;
  openExternal(url: string): void;
  /** A document in the editor, or a download of the page. */
  openText(text: string, language: 'json' | 'plaintext', name: string): void;
  /** A download; undefined where there is none, as in a panel. */
  readonly save: ((file: { name: string; mediaType: string; base64: string }) => void) | undefined;
}

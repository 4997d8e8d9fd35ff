import { useMemo } from 'preact/hooks';
import { toVisiblePieces } from './visible-text.ts';
import './text.css';

/** Text that a server or a package wrote: never markup, with what is hidden made visible. */
export function ServerText({ text }: { text: string }) {
  return useMemo(
    () => (
      <>
        {toVisiblePieces(text).map((piece, index) =>
          'text' in piece ? (
            piece.text
          ) : (
            <span class="hidden-mark" key={`${index}`} title={`${piece.name} (${piece.mark})`}>
              {piece.mark}
              {piece.count > 1 ? ` ×${piece.count}` : ''}
            </span>
          ),
        )}
      </>
    ),
    [text],
  );
}

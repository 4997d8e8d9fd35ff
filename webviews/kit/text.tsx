import { useMemo, useState } from 'preact/hooks';
import { toVisiblePieces } from '../../shared/domain/visible-text.ts';
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

const shownWhole = 500;
const shownAtFirst = 280;

/** A description, which servers write of any length: a long one is cut until a person wants it all. */
export function Description({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text === '') return null;
  if (text.length <= shownWhole)
    return (
      <p class="long-text">
        <ServerText text={text} />
      </p>
    );
  return (
    <div>
      <p class="long-text">
        <ServerText text={whole ? text : `${text.slice(0, shownAtFirst).replace(/\s+\S*$/, '')} …`} />
      </p>
      <button type="button" class="text-button" aria-expanded={whole} onClick={() => setWhole(!whole)}>
        {whole ? 'Show less' : 'Show all'}
      </button>
    </div>
  );
}

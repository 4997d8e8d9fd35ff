// What a person types, as a query of the index of SQLite (FTS5); and what an entry is found by.
import type { CatalogOffer } from '../../engines/engine.ts';

const mostWords = 12;
const longestWord = 64;

/**
 * Every word must be found as the beginning of a word. Nothing of the text reaches FTS5 as syntax: words have letters, digits
 * and marks alone, and stand in quotes. Null: the text has no word.
 */
export function toMatch(text: string): string | null {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  const phrases = words.slice(0, mostWords).map(word => `"${Array.from(word).slice(0, longestWord).join('')}"*`);
  return phrases.length > 0 ? phrases.join(' ') : null;
}

/** `getPullRequest2` is also found by "pull": FTS5 cuts at other characters, and not at capitals. */
const withParts = (names: readonly string[]): string =>
  names
    .flatMap(name => {
      const parts = name.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2');
      return parts === name ? [name] : [name, parts];
    })
    .join(' ');

export interface SearchRow {
  name: string;
  title: string;
  description: string;
  publisher: string;
  labels: string;
  tools: string;
}

/** The columns of the index. */
export const toSearchRow = (offer: CatalogOffer): SearchRow => ({
  name: withParts([offer.nameInCatalog, ...(offer.id === offer.nameInCatalog ? [] : [offer.id])]),
  title: withParts([offer.title]),
  description: offer.description,
  publisher: `${offer.publisher} ${offer.origin}`,
  labels: [...offer.categories, ...offer.tags, offer.license, offer.kind].join(' '),
  tools: withParts(offer.toolNames).slice(0, 100_000),
});

/** How much a word counts by the column that it is in, in the order of the index's columns. */
export const columnWeights = [10, 8, 3, 2, 4, 2] as const;

import type { Catalog } from '../../shared/api/catalogs.ts';
import type { CatalogFilters, EntryKind } from '../kit/catalog-filters.ts';
import { originWords } from './catalog-words.ts';

export const kindWords: Record<EntryKind, string> = { image: 'Image', remote: 'Remote', package: 'Package' };
const engineWords = { docker: 'Docker', process: 'Process' } as const;

/** What narrows the list, in words. The words that are searched stand in their own field. */
export function chipsOf(
  filters: CatalogFilters,
  catalogs: readonly Catalog[],
): { key: keyof CatalogFilters; words: string }[] {
  const { catalog, origin, category, tag, license, kind, engine, secrets, installed } = filters;
  const words: [keyof CatalogFilters, string | undefined][] = [
    ['catalog', catalog && (catalogs.find(({ id }) => id === catalog)?.title ?? catalog)],
    ['origin', origin && originWords[origin]],
    ['category', category],
    ['tag', tag],
    ['license', license],
    ['kind', kind && kindWords[kind]],
    ['engine', engine && engineWords[engine]],
    ['secrets', secrets === undefined ? undefined : secrets ? 'needs secrets' : 'needs no secrets'],
    ['installed', installed === undefined ? undefined : installed ? 'installed' : 'not installed'],
  ];
  return words.flatMap(([key, value]) => (value ? [{ key, words: value }] : []));
}

import type { CatalogEntry } from '../../shared/api/catalog.ts';
import type { Origin } from '../kit/catalog-filters.ts';

/** Who made a catalog, for people. */
export const originWords: Record<Origin, string> = {
  vendor: 'of Docker',
  own: 'your own',
  imported: 'imported',
  community: 'of the community',
  'built-in': 'of Quayside',
};

export const kindIcons: Record<CatalogEntry['kind'], { icon: string; word: string }> = {
  image: { icon: 'package', word: 'Image' },
  remote: { icon: 'globe', word: 'Remote' },
  package: { icon: 'archive', word: 'Package' },
};

/** "1.2k", "3.4M": how often it was pulled or starred. */
export function shortCount(count: number): string {
  if (count < 1_000) return String(count);
  const [value, unit] = count < 1_000_000 ? [count / 1_000, 'k'] : [count / 1_000_000, 'M'];
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)}${unit}`;
}

import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { CatalogOffer, Engine } from '../../engines/engine.ts';
import { pageOfList } from '../../storage/page.ts';

export interface CatalogService {
  list(
    query: PageQuery & { q?: string | undefined; category?: string | undefined; installed?: boolean | undefined },
  ): Promise<Page<CatalogEntry>>;
  /** Errors: CATALOG_001. */
  get(id: string): Promise<CatalogEntry>;
}

export interface CatalogServiceOptions {
  engine: Pick<Engine, 'catalog'>;
  installed: () => { id: string; catalogEntry: string | null }[];
}

export function createCatalogService({ engine, installed }: CatalogServiceOptions): CatalogService {
  const entries = async (): Promise<CatalogEntry[]> => {
    const servers = installed();
    const from = (offer: CatalogOffer) =>
      servers.flatMap(server => (server.catalogEntry === offer.id ? [server.id] : []));
    return (await engine.catalog()).map(offer => ({ ...offer, installed: from(offer) }));
  };
  return {
    async list({ q, category, installed: wantInstalled, ...query }) {
      const found = (await entries()).filter(
        entry =>
          (q === undefined || searchText(entry).includes(q.trim().toLowerCase())) &&
          (category === undefined || entry.categories.includes(category)) &&
          (wantInstalled === undefined || entry.installed.length > 0 === wantInstalled),
      );
      return pageOfList(found, query, entry => sortText(entry, query.sort_by));
    },
    async get(id) {
      const entry = (await entries()).find(candidate => candidate.id === id);
      if (entry) return entry;
      throw problem('CATALOG_001', {
        detail: `The catalog has no entry "${id}".`,
        next: 'Look at the catalog, or install an npm package by its full name.',
      });
    },
  };
}

const searchText = ({ id, title, description, publisher, categories, toolNames }: CatalogEntry): string =>
  [id, title, description, publisher, ...categories, ...toolNames].join(' ').toLowerCase();

const sortText = (entry: CatalogEntry, key: string): string =>
  key === 'publisher' ? `${entry.publisher} ${entry.title}` : key === 'id' ? entry.id : entry.title;

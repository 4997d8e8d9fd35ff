import type { Handlers } from '../../http/context.ts';
import type { CatalogService } from './catalog.service.ts';

export const catalogHandlers = (catalog: CatalogService): Pick<Handlers, 'listCatalog' | 'getCatalogEntry'> => ({
  listCatalog: ({ query }) => catalog.list(query),
  getCatalogEntry: ({ params }) => catalog.get(params.id),
});

import type { Handlers } from '../../http/context.ts';
import type { CatalogService } from './catalog.service.ts';
import type { CatalogsService } from './catalogs.service.ts';

type Entries = 'listCatalog' | 'getCatalogEntry' | 'getCatalogFacets';

export const catalogHandlers = (catalog: CatalogService): Pick<Handlers, Entries> => ({
  listCatalog: ({ query }) => catalog.list(query),
  getCatalogEntry: ({ params }) => catalog.get(params.id),
  getCatalogFacets: ({ query }) => catalog.facets(query),
});

type Catalogs =
  | 'listCatalogs'
  | 'getCatalog'
  | 'previewCatalog'
  | 'createCatalog'
  | 'pullCatalog'
  | 'tagCatalog'
  | 'pushCatalog'
  | 'deleteCatalog';

export const catalogsHandlers = (catalogs: CatalogsService): Pick<Handlers, Catalogs> => ({
  listCatalogs: ({ query }) => catalogs.list(query),
  getCatalog: ({ params }) => catalogs.get(params.id),
  previewCatalog: ({ body }) => catalogs.preview(body),
  createCatalog: ({ body }) => catalogs.create(body),
  pullCatalog: ({ body }) => catalogs.pull(body.ref),
  tagCatalog: ({ params, body }) => catalogs.tag(params.id, body),
  pushCatalog: ({ params }) => catalogs.push(params.id),
  async deleteCatalog({ params }) {
    await catalogs.remove(params.id);
    return {};
  },
});

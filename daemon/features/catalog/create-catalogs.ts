// Everything of the catalogs, put together.
import type { Database } from 'better-sqlite3';
import type { CatalogControl } from '../../engines/docker-engine.ts';
import type { Engine } from '../../engines/engine.ts';
import type { Clock } from '../../platform/clock.ts';
import { type CatalogRepository, createCatalogRepository } from './catalog.repository.ts';
import { catalogHandlers, catalogsHandlers } from './catalog.routes.ts';
import { type CatalogService, createCatalogService, type InstalledServer } from './catalog.service.ts';
import { createCatalogReader } from './catalog-reader.ts';
import { createCatalogsRepository } from './catalogs.repository.ts';
import { type CatalogsService, createCatalogsService, type TransferRunner } from './catalogs.service.ts';

export interface CatalogsOptions {
  database: Database;
  /** The engine whose offers come with Quayside. */
  engine: Pick<Engine, 'catalog'>;
  /** Docker's catalogs; null where there is no Docker engine. */
  control: CatalogControl | null;
  installed: () => readonly InstalledServer[];
  transfers: TransferRunner;
  clock: Clock;
  publish: (event: { type: 'catalogs.changed' }) => void;
  onFailure: (error: unknown, what: string) => void;
}

export interface Catalogs {
  handlers: ReturnType<typeof catalogHandlers> & ReturnType<typeof catalogsHandlers>;
  /** With all its tools. Errors: CATALOG_001. */
  entry: CatalogService['get'];
  /** What a catalog of Docker holds of a server now, from the cache: to be compared with what a profile has. */
  definition(catalogRef: string, name: string): { entryId: string; definition: Record<string, unknown> } | undefined;
  /** Where Docker has an entry, by the entry's id. Undefined: it is no entry of Docker. */
  place: CatalogRepository['place'];
  /** The collections, as the API shows them. */
  list: CatalogsService['list'];
  /** Reads what is new. To be called when Docker comes back and when its catalogs may have changed. Never rejects. */
  refresh(): Promise<void>;
  close(): void;
}

export function createCatalogs(options: CatalogsOptions): Catalogs {
  const { database, engine, control, installed, transfers, clock, publish, onFailure } = options;
  const catalogs = createCatalogsRepository(database);
  const entries = createCatalogRepository(database);
  const reader = createCatalogReader({
    repository: catalogs,
    engine,
    control,
    clock,
    onChanged: () => publish({ type: 'catalogs.changed' }),
    onFailure,
  });
  const freshen = async () => {
    await reader.builtIn();
    reader.refreshIfOld();
  };
  const service = createCatalogService({ repository: entries, installed, freshen });
  const refresh = () => reader.refresh();
  const collections = createCatalogsService({ catalogs, entries, control, transfers, freshen, refresh });
  return {
    handlers: { ...catalogHandlers(service), ...catalogsHandlers(collections) },
    entry: service.get,
    definition: catalogs.definition,
    place: entries.place,
    list: collections.list,
    refresh,
    close: () => reader.close(),
  };
}

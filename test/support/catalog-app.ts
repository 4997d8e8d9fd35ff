// The routes of the catalogs on a real database, with catalogs of Docker and an operations feature by hand.
import type { Database } from 'better-sqlite3';
import type { CatalogControl } from '../../daemon/engines/docker-engine.ts';
import type { CatalogOffer, InstallContext } from '../../daemon/engines/engine.ts';
import { starterCatalog } from '../../daemon/engines/process/starter-catalog.ts';
import type { InstalledServer } from '../../daemon/features/catalog/catalog.service.ts';
import { type Catalogs, createCatalogs } from '../../daemon/features/catalog/create-catalogs.ts';
import { openDatabase } from '../../daemon/storage/database.ts';
import { createHandlersApp, type HandlersApp } from './handlers-app.ts';
import { buildOperation } from './server-builder.ts';

export interface CatalogApp extends HandlersApp {
  catalogs: Catalogs;
  database: Database;
  /** May be changed at any time. */
  installed: InstalledServer[];
  events: string[];
  /** What was reported and hurt nobody. */
  reported: unknown[];
  /** Epoch milliseconds that it is now. */
  time: { now: number };
  /** The last operation that was asked for, which runs when it is called. */
  transfer(): Promise<string[]>;
  close(): void;
}

export function createCatalogApp(
  control: CatalogControl | null,
  options: { offers?: readonly CatalogOffer[]; database?: Database } = {},
): CatalogApp {
  const database = options.database ?? openDatabase(':memory:');
  const installed: InstalledServer[] = [];
  const events: string[] = [];
  const reported: unknown[] = [];
  const time = { now: Date.parse('2026-01-02T03:04:05Z') };
  let work: ((context: InstallContext) => Promise<void>) | undefined;
  const catalogs = createCatalogs({
    database,
    engine: { catalog: async () => [...(options.offers ?? starterCatalog)] },
    control,
    installed: () => installed,
    transfers: {
      runOperation(what, given) {
        work = given;
        return buildOperation(what);
      },
    },
    clock: { now: () => time.now },
    publish: ({ type }) => void events.push(type),
    onFailure: error => void reported.push(error),
  });
  return {
    ...createHandlersApp(catalogs.handlers),
    catalogs,
    database,
    installed,
    events,
    reported,
    time,
    async transfer() {
      const steps: string[] = [];
      const { signal } = new AbortController();
      await work?.({ signal, onProgress: ({ step }) => void steps.push(step) });
      return steps;
    },
    close() {
      catalogs.close();
      if (!options.database) database.close();
    },
  };
}

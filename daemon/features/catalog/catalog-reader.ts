// Keeps the cache of catalogs up to date: each is parsed once for each of its digests, in the background.
import { setImmediate as breathe } from 'node:timers/promises';
import type { Problem } from '../../../shared/api/problem.ts';
import type { CatalogControl, CatalogOfDocker } from '../../engines/docker-engine.ts';
import type { CatalogOffer, Engine } from '../../engines/engine.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { type CatalogItem, type CatalogsRepository, fingerprintOf, type StoredCatalog } from './catalogs.repository.ts';

export interface CatalogReader {
  /** Resolves when what is built in can be searched. Never rejects. */
  builtIn(): Promise<void>;
  /** Reads what is new. Calls at the same time share one run that begins after the first of them. Never rejects. */
  refresh(): Promise<void>;
  /** Begins a refresh if the last one is old. */
  refreshIfOld(): void;
  /** Nothing is written any more. */
  close(): void;
}

export interface CatalogReaderOptions {
  repository: CatalogsRepository;
  /** The engine whose offers are built in. */
  engine: Pick<Engine, 'catalog'>;
  control: Pick<CatalogControl, 'list' | 'read'> | null;
  clock: Clock;
  onChanged: () => void;
  onFailure: (error: unknown, what: string) => void;
}

/** After this time what is shown is looked at again. */
const oldAfterMs = 4 * 3_600_000;
/** Entries written at once: about 20 ms, so that nobody waits for a large catalog. */
const atOnce = 200;

export function createCatalogReader(options: CatalogReaderOptions): CatalogReader {
  const { repository, engine, control, clock, onChanged, onFailure } = options;
  let closed = false;
  let lastRefresh: number | undefined;
  let running: Promise<void> | undefined;
  let waiting: Promise<void> | undefined;
  let seeding: Promise<void> | undefined;
  const now = () => toTimestamp(clock.now());

  /** Stores what differs, a part at a time. True if anything did. */
  const storeEntries = async (catalogId: string, items: readonly CatalogItem[]): Promise<boolean> => {
    const before = repository.fingerprints(catalogId);
    const changed = items.filter(item => before.get(item.offer.nameInCatalog) !== fingerprintOf(item));
    const names = new Set(items.map(({ offer }) => offer.nameInCatalog));
    const gone = [...before.keys()].filter(name => !names.has(name));
    for (let at = 0; at < gone.length; at += atOnce) {
      if (closed) return false;
      repository.removeEntries(catalogId, gone.slice(at, at + atOnce));
      await breathe();
    }
    for (let at = 0; at < changed.length; at += atOnce) {
      if (closed) return false;
      repository.saveEntries(catalogId, changed.slice(at, at + atOnce));
      await breathe();
    }
    return changed.length > 0 || gone.length > 0;
  };

  const readBuiltIn = async (): Promise<boolean> => {
    const byCatalog = Map.groupBy(await engine.catalog(), ({ catalog }) => catalog);
    if (closed) return false;
    let changed = false;
    for (const [id, offers] of byCatalog) {
      const [first] = offers;
      if (!first || closed) continue;
      repository.save(toBuiltIn(first, repository.find(id), now()));
      changed =
        (await storeEntries(
          id,
          offers.map(offer => ({ offer, definition: null })),
        )) || changed;
    }
    if (closed) return false;
    for (const { id, engine: of } of repository.all()) {
      if (of !== 'process' || byCatalog.has(id)) continue;
      repository.remove(id);
      changed = true;
    }
    return changed;
  };

  const readOne = async (listed: CatalogOfDocker, read: CatalogControl['read']): Promise<boolean> => {
    const before = repository.find(listed.id);
    const isSame = before?.digest === listed.digest && listed.digest !== '';
    if (before && isSame) {
      repository.save({ ...before, title: listed.title, fixed: listed.fixed, readAt: now(), problem: null });
      return before.problem !== null || before.title !== listed.title;
    }
    // Known from now on, but without a digest until all of it is stored: what breaks off is read again.
    const known = { ...toRow(listed, before), digest: null, readAt: before?.readAt ?? null };
    try {
      const { catalog, entries, leftOut } = await read(listed.ref);
      if (closed) return false;
      if (leftOut.length > 0) onFailure(new Error(describeLeftOut(leftOut)), `catalog ${listed.ref}`);
      repository.save({ ...known, ...toRow(catalog, before), digest: null, readAt: before?.readAt ?? null });
      await storeEntries(catalog.id, uniqueByName(entries));
      if (closed) return false;
      repository.save({ ...toRow(catalog, before), digest: listed.digest, readAt: now(), problem: null });
    } catch (error) {
      if (closed) return false;
      repository.save({ ...known, digest: before?.digest ?? null, problem: errorToProblem(error) });
      onFailure(error, `catalog ${listed.ref}`);
    }
    return true;
  };

  const readDocker = async (): Promise<boolean> => {
    if (!control || closed) return false;
    const ofDocker = () => repository.all().filter(catalog => catalog.engine === 'docker');
    let listed: CatalogOfDocker[];
    try {
      listed = await control.list();
    } catch (error) {
      return !closed && tellAll(repository, ofDocker(), errorToProblem(error));
    }
    if (closed) return false;
    let changed = false;
    const ids = new Set(listed.map(({ id }) => id));
    for (const { id } of ofDocker()) {
      if (ids.has(id)) continue;
      repository.remove(id);
      changed = true;
    }
    for (const catalog of listed) {
      if (closed) return false;
      try {
        changed = (await readOne(catalog, control.read)) || changed;
      } catch (error) {
        // Of one, and no reason to leave out the others.
        if (!closed) onFailure(error, `catalog ${catalog.ref}`);
      }
    }
    return changed;
  };

  const run = async (): Promise<void> => {
    lastRefresh = clock.now();
    try {
      await reader.builtIn();
      const changed = await readDocker();
      if (changed && !closed) onChanged();
    } catch (error) {
      if (!closed) onFailure(error, 'catalogs');
    }
  };

  const reader: CatalogReader = {
    builtIn() {
      seeding ??= readBuiltIn().then(
        changed => {
          if (changed && !closed) onChanged();
        },
        error => {
          if (!closed) onFailure(error, 'the built-in catalog');
        },
      );
      return seeding;
    },
    refresh() {
      if (closed) return Promise.resolve();
      if (!running) {
        running = run().finally(() => {
          running = undefined;
        });
        return running;
      }
      // What is running may have looked already: one more run, that all share who ask until it begins.
      waiting ??= running.then(() => {
        waiting = undefined;
        return reader.refresh();
      });
      return waiting;
    },
    refreshIfOld() {
      if (running || closed) return;
      if (lastRefresh !== undefined && clock.now() - lastRefresh < oldAfterMs) return;
      void reader.refresh();
    },
    close() {
      closed = true;
    },
  };
  return reader;
}

const toBuiltIn = (offer: CatalogOffer, before: StoredCatalog | undefined, at: string) => ({
  id: offer.catalog,
  ref: offer.catalog,
  title: offer.origin,
  engine: offer.engine,
  origin: offer.catalogOrigin,
  source: null,
  digest: null,
  readAt: before?.readAt ?? at,
  fixed: true,
  problem: null,
});

const toRow = (catalog: CatalogOfDocker, before: StoredCatalog | undefined) => ({
  id: catalog.id,
  ref: catalog.ref,
  title: catalog.title,
  engine: 'docker' as const,
  // A list does not say where a catalog is from: what was read last does.
  origin: catalog.source === null && before ? before.origin : catalog.origin,
  source: catalog.source ?? before?.source ?? null,
  fixed: catalog.fixed,
  problem: null,
});

/** A name of a catalog's entries is its key in the cache; a second one is not reachable by docker mcp either. */
const uniqueByName = (entries: readonly CatalogItem[]): CatalogItem[] => [
  ...new Map(entries.map(entry => [entry.offer.nameInCatalog, entry])).values(),
];

function tellAll(repository: CatalogsRepository, catalogs: readonly StoredCatalog[], reason: Problem): boolean {
  const told = catalogs.filter(({ problem }) => problem?.detail !== reason.detail || problem.code !== reason.code);
  for (const catalog of told) repository.save({ ...catalog, problem: reason });
  return told.length > 0;
}

const describeLeftOut = (leftOut: readonly { name: string; reason: string }[]): string =>
  `left out: ${leftOut
    .slice(0, 20)
    .map(({ name, reason }) => `${name.slice(0, 80)}: ${reason}`)
    .join('; ')}${leftOut.length > 20 ? ` and ${leftOut.length - 20} more` : ''}`;

// The cache of catalogs: what there is, and what is in it, with the index that it is searched by.
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { Catalog } from '../../../shared/api/catalogs.ts';
import { Problem } from '../../../shared/api/problem.ts';
import type { CatalogOffer } from '../../engines/engine.ts';
import { jsonColumn } from '../../storage/json-column.ts';
import { toSearchRow } from './search-text.ts';

/** A catalog as it is stored. `digest` null: its content was not read to its end yet. */
export type StoredCatalog = Omit<Catalog, 'cached'>;

/** An entry to be stored. `definition`: as the catalog has it; null for what has none. */
export interface CatalogItem {
  offer: CatalogOffer;
  definition: Record<string, unknown> | null;
}

/** Changes when what is stored of an entry does: then everything is read again. */
const format = 'f1:';
/** Tools that a row of a list shows. */
const toolsInList = 12;

export interface CatalogsRepository {
  all(): StoredCatalog[];
  find(id: string): StoredCatalog | undefined;
  findByRef(ref: string): StoredCatalog | undefined;
  save(catalog: Omit<StoredCatalog, 'entries'>): void;
  /** With its entries. */
  remove(id: string): void;
  /** Of each entry as it is stored, by its name in the catalog. */
  fingerprints(catalogId: string): Map<string, string>;
  /** Inserts or replaces, in one transaction. The id of an entry that another catalog has already gets longer. */
  saveEntries(catalogId: string, items: readonly CatalogItem[]): void;
  removeEntries(catalogId: string, names: readonly string[]): void;
  definition(ref: string, name: string): { entryId: string; definition: Record<string, unknown> } | undefined;
}

const CatalogRow = z
  .object({
    id: z.string(),
    ref: z.string(),
    title: z.string(),
    engine: Catalog.shape.engine,
    origin: Catalog.shape.origin,
    source: z.string().nullable(),
    digest: z.string().nullable(),
    read_at: z.string().nullable(),
    fixed: z.int(),
    problem: jsonColumn(Problem).nullable(),
    entries: z.int(),
  })
  .transform(
    ({ read_at, fixed, digest, ...row }): StoredCatalog => ({
      ...row,
      digest: digest?.slice(format.length) || null,
      readAt: read_at,
      fixed: fixed === 1,
    }),
  );

const DefinitionRow = z.object({ entryId: z.string(), definition: jsonColumn(z.record(z.string(), z.unknown())) });

/** The row of a list, as it is stored: the same text for the same entry. */
const toStoredEntry = (offer: CatalogOffer): string =>
  JSON.stringify({ ...offer, toolNames: offer.toolNames.slice(0, toolsInList) });

/** A hash of everything of an entry that is stored, to see whether it has to be stored again. */
export const fingerprintOf = ({ offer, definition }: CatalogItem): string =>
  createHash('sha256')
    .update(JSON.stringify([offer, definition]))
    .digest('base64url');

export function createCatalogsRepository(database: Database): CatalogsRepository {
  const columns = 'c.*, (select count(*) from catalog_entries e where e.catalog_id = c.id) as entries';
  const everything = database.prepare(`select ${columns} from catalogs c order by c.title collate nocase, c.id`);
  const byId = database.prepare(`select ${columns} from catalogs c where c.id = ?`);
  const byRef = database.prepare(`select ${columns} from catalogs c where c.ref = ?`);
  const save = database.prepare(`
    insert into catalogs (id, ref, title, engine, origin, source, digest, read_at, fixed, problem)
    values (@id, @ref, @title, @engine, @origin, @source, @digest, @readAt, @fixed, @problem)
    on conflict (id) do update set ref = @ref, title = @title, engine = @engine, origin = @origin, source = @source,
      digest = @digest, read_at = @readAt, fixed = @fixed, problem = @problem`);
  const removeCatalog = database.prepare('delete from catalogs where id = ?');
  const removeWords = database.prepare('delete from catalog_search where rowid = ?');
  const entries = createEntryStatements(database);

  const forget = (numbers: readonly unknown[]) => {
    for (const number of numbers) {
      removeWords.run(number);
      entries.remove.run(number);
    }
  };
  const saveEntry = (catalogId: string, { offer, definition }: CatalogItem) => {
    const before = entries.number.get(catalogId, offer.nameInCatalog);
    const id = entries.freeId(catalogId, offer);
    if (before !== undefined) forget([before]);
    const { lastInsertRowid: number } = entries.insert.run({
      id,
      catalogId,
      name: offer.nameInCatalog,
      title: offer.title,
      publisher: offer.publisher,
      kind: offer.kind,
      license: offer.license,
      popularity: offer.popularity,
      hasSecrets: offer.secretSlots.length > 0 ? 1 : 0,
      entry: toStoredEntry({ ...offer, id }),
      tools: JSON.stringify(offer.toolNames),
      definition: definition && JSON.stringify(definition),
      fingerprint: fingerprintOf({ offer, definition }),
    });
    entries.insertWords.run({ number, ...toSearchRow(offer) });
    for (const label of offer.categories) entries.insertLabel.run(number, 'category', label);
    for (const label of offer.tags) entries.insertLabel.run(number, 'tag', label);
  };

  const repository: CatalogsRepository = {
    all: () => everything.all().map(row => CatalogRow.parse(row)),
    find: id => optional(byId.get(id)),
    findByRef: ref => optional(byRef.get(ref)),
    save({ fixed, problem, digest, ...catalog }) {
      save.run({
        ...catalog,
        digest: `${format}${digest ?? ''}`,
        fixed: fixed ? 1 : 0,
        problem: problem && JSON.stringify(problem),
      });
    },
    remove: database.transaction((id: string) => {
      forget(entries.numbers.all(id));
      removeCatalog.run(id);
    }),
    fingerprints: catalogId =>
      new Map(
        entries.fingerprints
          .all(catalogId)
          .map(row => FingerprintRow.parse(row))
          .map(({ name, fingerprint }) => [name, fingerprint]),
      ),
    saveEntries: database.transaction((catalogId: string, items: readonly CatalogItem[]) => {
      for (const item of items) saveEntry(catalogId, item);
    }),
    removeEntries: database.transaction((catalogId: string, names: readonly string[]) => {
      forget(names.flatMap(name => entries.number.get(catalogId, name) ?? []));
    }),
    definition(ref, name) {
      const row = entries.definition.get(ref, name);
      return row === undefined ? undefined : DefinitionRow.parse(row);
    },
  };
  // Rows in another form cannot be shown; what they were made from is read again.
  const inAnotherForm = database.prepare('select id from catalogs where substr(digest, 1, ?) is not ?').pluck();
  for (const id of inAnotherForm.all(format.length, format)) repository.remove(z.string().parse(id));
  return repository;
}

const optional = (row: unknown): StoredCatalog | undefined => (row === undefined ? undefined : CatalogRow.parse(row));

const FingerprintRow = z.object({ name: z.string(), fingerprint: z.string() });

function createEntryStatements(database: Database) {
  const holder = database.prepare<[string], { catalog_id: string; name: string }>(
    'select catalog_id, name from catalog_entries where id = ?',
  );
  return {
    number: database.prepare('select number from catalog_entries where catalog_id = ? and name = ?').pluck(),
    numbers: database.prepare('select number from catalog_entries where catalog_id = ?').pluck(),
    fingerprints: database.prepare('select name, fingerprint from catalog_entries where catalog_id = ?'),
    remove: database.prepare('delete from catalog_entries where number = ?'),
    insert: database.prepare(`
      insert into catalog_entries (id, catalog_id, name, title, publisher, kind, license, popularity, has_secrets,
        entry, tools, definition, fingerprint)
      values (@id, @catalogId, @name, @title, @publisher, @kind, @license, @popularity, @hasSecrets,
        @entry, @tools, @definition, @fingerprint)`),
    insertLabel: database.prepare('insert or ignore into catalog_labels (entry, kind, label) values (?, ?, ?)'),
    insertWords: database.prepare(`
      insert into catalog_search (rowid, name, title, description, publisher, labels, tools)
      values (@number, @name, @title, @description, @publisher, @labels, @tools)`),
    definition: database.prepare(`
      select e.id as entryId, e.definition from catalog_entries e join catalogs c on c.id = e.catalog_id
      where c.ref = ? and e.name = ? and e.definition is not null`),
    /** Two entries can only have one id if somebody has looked for it: the one that was there first keeps it. */
    freeId(catalogId: string, { id, nameInCatalog }: CatalogOffer): string {
      for (let at = 0; ; at++) {
        const candidate = at === 0 ? id : `${id.slice(0, 60)}.${at}`;
        const taken = holder.get(candidate);
        if (!taken || (taken.catalog_id === catalogId && taken.name === nameInCatalog)) return candidate;
      }
    },
  };
}

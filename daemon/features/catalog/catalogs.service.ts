// Catalogs as a whole: which there are, making, getting and removing them.
import type * as z from 'zod';
import type { Catalog, CatalogPreview, listCatalogs, NewCatalog } from '../../../shared/api/catalogs.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page } from '../../../shared/api/route.ts';
import { withTag } from '../../../shared/domain/docker-names.ts';
import type { CatalogControl, EntryOfCatalog } from '../../engines/docker-engine.ts';
import type { InstallContext } from '../../engines/engine.ts';
import { pageOfList } from '../../storage/page.ts';
import type { CatalogRepository } from './catalog.repository.ts';
import type { CatalogsRepository, StoredCatalog } from './catalogs.repository.ts';

export interface CatalogsService {
  list(query: z.output<typeof listCatalogs.query>): Promise<Page<Catalog>>;
  /** Errors: CATALOG_002. */
  get(id: string): Promise<Catalog>;
  /** Errors: CATALOG_001, CATALOG_004, PROFILE_001 and those of docker mcp. */
  preview(catalog: NewCatalog): Promise<CatalogPreview>;
  /** Errors: those of a preview, and CATALOG_003. */
  create(catalog: NewCatalog): Promise<Catalog>;
  pull(ref: string): Promise<Operation>;
  /** Errors: CATALOG_002. */
  push(id: string): Promise<Operation>;
  /** Errors: CATALOG_002, CATALOG_003. */
  tag(id: string, as: { ref: string; replace: boolean }): Promise<Catalog>;
  /** Errors: CATALOG_002, CATALOG_005. */
  remove(id: string): Promise<void>;
}

/** What takes a while runs as an operation, which the operations feature watches, cancels and shows. */
export interface TransferRunner {
  runOperation(
    what: { kind: 'pull-catalog' | 'push-catalog'; title: string; serverId: null },
    work: (context: InstallContext) => Promise<void>,
  ): Operation;
}

export interface CatalogsServiceOptions {
  catalogs: CatalogsRepository;
  entries: Pick<CatalogRepository, 'place'>;
  /** Null: this daemon has no Docker engine. */
  control: CatalogControl | null;
  transfers: TransferRunner;
  /** As for a search: what is built in is there, and what is old is read again in the background. */
  freshen: () => Promise<void>;
  /** Resolves when the catalogs were read again. */
  refresh: () => Promise<void>;
}

export function createCatalogsService(options: CatalogsServiceOptions): CatalogsService {
  const { catalogs, entries, transfers, freshen, refresh } = options;

  const control = (): CatalogControl => {
    if (options.control) return options.control;
    throw problem('DOCKER_001', {
      detail: 'Catalogs of one’s own are kept by docker mcp, and it is not there.',
      next: 'Install the docker mcp plugin; "quayside doctor" says how.',
    });
  };
  const find = (id: string): StoredCatalog => {
    const found = catalogs.find(id);
    if (found) return found;
    throw problem('CATALOG_002', {
      detail: `There is no catalog "${id}".`,
      next: 'See "quayside catalogs" for those that are there.',
    });
  };
  const findOfDocker = (id: string): StoredCatalog => {
    const found = find(id);
    if (found.engine === 'docker') return found;
    throw problem('DOCKER_002', {
      detail: `"${found.title}" comes with Quayside, and docker mcp does not know it.`,
      next: 'Choose one of Docker’s catalogs.',
    });
  };
  const afterChange = async (ref: string): Promise<Catalog> => {
    await refresh();
    const made = catalogs.findByRef(withTag(ref)) ?? catalogs.findByRef(ref);
    if (made) return present(made);
    throw problem('DOCKER_015', {
      detail: `docker mcp said that it has made ${ref}, and does not list it.`,
      next: 'Look at the catalogs again.',
    });
  };
  /** The entries that a catalog is made from, as docker mcp calls them. */
  const placesOf = ({ from }: NewCatalog): EntryOfCatalog[] =>
    from.type === 'entries' ? from.entries.map(placeOf) : [];
  const placeOf = (id: string): EntryOfCatalog => {
    const place = entries.place(id);
    if (!place) {
      const next = 'Look at the catalog for the names of its entries.';
      throw problem('CATALOG_001', { detail: `The catalog has no entry "${id}".`, next });
    }
    if (place.engine === 'docker') return place;
    throw problem('DOCKER_011', {
      detail: `"${id}" is no container and no remote server, so a catalog of docker mcp cannot hold it.`,
      next: 'Leave it out.',
    });
  };

  return {
    async list(query) {
      await freshen();
      return pageOfList(catalogs.all().map(present), query, catalog => sortText(catalog, query.sort_by));
    },
    async get(id) {
      await freshen();
      return present(find(id));
    },
    preview: async catalog => await control().preview(catalog, placesOf(catalog)),
    async create(catalog) {
      const { ref } = await control().create(catalog, placesOf(catalog));
      return afterChange(ref);
    },
    async pull(ref) {
      const ours = control();
      const what = { kind: 'pull-catalog', title: `Pull the catalog ${ref}`, serverId: null } as const;
      return transfers.runOperation(what, async ({ signal, onProgress }) => {
        onProgress({ step: `Downloading ${ref}`, progress: null });
        const pulled = await ours.pull(ref, signal);
        onProgress({ step: 'Reading its entries', progress: null });
        await refresh();
        refuseUnread(catalogs.findByRef(pulled.ref));
      });
    },
    async push(id) {
      const { ref, title } = findOfDocker(id);
      const ours = control();
      const what = { kind: 'push-catalog', title: `Push the catalog ${title}`, serverId: null } as const;
      return transfers.runOperation(what, async ({ signal, onProgress }) => {
        onProgress({ step: `Uploading ${ref}`, progress: null });
        await ours.push(ref, signal);
      });
    },
    async tag(id, as) {
      const { ref } = findOfDocker(id);
      const wanted = withTag(as.ref);
      const there = (await control().list()).some(catalog => catalog.ref === wanted || catalog.ref === as.ref);
      if (there && !as.replace) {
        throw problem('CATALOG_003', {
          detail: `${wanted} is there already, and docker mcp would overwrite it without a word.`,
          next: 'Choose another reference, or allow to replace it.',
        });
      }
      const made = await control().tag(ref, as.ref);
      return afterChange(made.ref);
    },
    async remove(id) {
      const { ref, title, fixed } = find(id);
      if (fixed) {
        throw problem('CATALOG_005', {
          detail: `"${title}" is not yours to remove.`,
          next: 'Filter the list by another catalog instead.',
        });
      }
      await control().remove(ref);
      await refresh();
    },
  };
}

/** A pull that succeeded, and a content that cannot be read, is a failure to whoever asked for it. */
function refuseUnread(catalog: StoredCatalog | undefined): void {
  const unread = catalog?.problem;
  if (unread) throw problem(unread.code, { detail: unread.detail, next: unread.next });
}

const present = (catalog: StoredCatalog): Catalog => ({ ...catalog, cached: catalog.problem !== null });

const sortText = ({ title, ref, origin }: Catalog, key: string): string =>
  key === 'ref' ? ref : key === 'origin' ? `${origin} ${title}` : title;

// Searching what can be installed, over all catalogs and engines.

import type * as z from 'zod';
import type { CatalogEntry, CatalogFacets, getCatalogFacets, listCatalog } from '../../../shared/api/catalog.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { Page } from '../../../shared/api/route.ts';
import type { CatalogOffer } from '../../engines/engine.ts';
import type { CatalogRepository } from './catalog.repository.ts';

export interface CatalogService {
  /** Answers from the cache, whatever is being read meanwhile. Tools are cut. */
  list(query: z.output<typeof listCatalog.query>): Promise<Page<CatalogEntry>>;
  /** By its id, or by its name where one catalog alone has it. Errors: CATALOG_001. */
  get(id: string): Promise<CatalogEntry>;
  facets(query: z.output<typeof getCatalogFacets.query>): Promise<CatalogFacets>;
}

/** What the servers feature knows of where a server is from. */
export interface InstalledServer {
  id: string;
  catalogEntry: string | null;
  /** Of a server in a Docker profile: the catalog that the profile has it from, and its name there. */
  catalogRef?: string | null | undefined;
  nameInProfile?: string | null | undefined;
}

export interface CatalogServiceOptions {
  repository: CatalogRepository;
  installed: () => readonly InstalledServer[];
  /** Called before each answer; resolves when what is built in is there. Starts reading again what is old. */
  freshen: () => Promise<void>;
}

export function createCatalogService({ repository, installed, freshen }: CatalogServiceOptions): CatalogService {
  /** The servers by the entry that they are from. */
  const serversByEntry = (): Map<string, string[]> => {
    const servers = new Map<string, string[]>();
    for (const { id, catalogEntry, catalogRef, nameInProfile } of installed()) {
      const entry = catalogEntry ?? (catalogRef && nameInProfile ? repository.idOf(catalogRef, nameInProfile) : null);
      if (entry) servers.set(entry, [...(servers.get(entry) ?? []), id]);
    }
    return servers;
  };
  const present = (offer: CatalogOffer, servers = serversByEntry()): CatalogEntry => ({
    ...offer,
    installed: servers.get(offer.id) ?? [],
  });

  return {
    async list({ installed: wanted, page, limit, sort_by, sort_order, ...filter }) {
      await freshen();
      const servers = serversByEntry();
      const among = wanted === undefined ? undefined : { ids: [...servers.keys()], wanted };
      const found = repository.page({ ...filter, among }, { page, limit, sort_by, sort_order });
      return { ...found, items: found.items.map(offer => present(offer, servers)) };
    },
    async get(id) {
      await freshen();
      const exact = repository.find(id);
      if (exact) return present(exact);
      const candidates = repository.idsByName(id).flatMap(each => repository.find(each) ?? []);
      const found = onlyOne(candidates);
      if (found) return present(found);
      if (candidates.length > 0) {
        throw problem('CATALOG_001', {
          detail: `Several catalogs have an entry "${id}".`,
          next: `Name one of them: ${candidates
            .slice(0, 8)
            .map(each => `${each.id} (${each.origin})`)
            .join(', ')}.`,
        });
      }
      throw problem('CATALOG_001', {
        detail: `The catalog has no entry "${id}".`,
        next: 'Look at the catalog, or install an npm package by its full name.',
      });
    },
    async facets(query) {
      await freshen();
      return repository.facets(query);
    },
  };
}

const byTrust: readonly CatalogOffer['catalogOrigin'][] = ['built-in', 'vendor', 'imported', 'community', 'own'];

/** The one there is; of several that are the same to the last setting, as in a catalog that was made from another, the first. */
function onlyOne(candidates: readonly CatalogOffer[]): CatalogOffer | undefined {
  const [first, ...others] = candidates.toSorted(
    (a, b) => byTrust.indexOf(a.catalogOrigin) - byTrust.indexOf(b.catalogOrigin),
  );
  const isSame = (other: CatalogOffer) =>
    other.definitionDigest !== null && other.definitionDigest === first?.definitionDigest;
  return others.every(isSame) ? first : undefined;
}

// Catalogs of Docker by hand: they are in memory, fail when they are told to, and count how often they were read.

import { canonicalJSON, sha256 } from '../../daemon/engines/docker/canonical-json.ts';
import { catalogIdOf } from '../../daemon/engines/docker/catalog-ids.ts';
import { ServerSpec } from '../../daemon/engines/docker/cli/schemas.ts';
import { isLeftOut, toOffer } from '../../daemon/engines/docker/definition.ts';
import type { CatalogContent, CatalogControl, CatalogOfDocker } from '../../daemon/engines/docker-engine.ts';
import { type ProblemError, problem } from '../../shared/api/problem.ts';
import { withTag } from '../../shared/domain/docker-names.ts';

export interface FakeCatalog {
  ref: string;
  title: string;
  origin: CatalogOfDocker['origin'];
  servers: Record<string, unknown>[];
}

export interface FakeCatalogs extends CatalogControl {
  /** By reference with tag; may be changed at any time. */
  readonly catalogs: Map<string, FakeCatalog>;
  /** The references in the order in which they were read. */
  readonly reads: string[];
  /** How often they were listed. */
  lists: number;
  /** From now on this fails: everything, or the reading of one catalog. Undefined: nothing does. */
  failure: ProblemError | undefined;
  readonly unreadable: Map<string, ProblemError>;
  /** Calls wait for it. */
  gate: Promise<void>;
}

export const fakeServer = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name,
  type: 'server',
  image: `lab/${name.toLowerCase().replaceAll(/[^a-z0-9]/g, '-')}:1`,
  title: name,
  description: `The server ${name}.`,
  ...more,
});

const missing = (ref: string) => problem('DOCKER_009', { detail: `docker mcp does not know the catalog ${ref}.` });

export function createFakeCatalogs(
  ...given: (Omit<FakeCatalog, 'title' | 'origin'> & Partial<FakeCatalog>)[]
): FakeCatalogs {
  const catalogs = new Map<string, FakeCatalog>();
  const put = (catalog: Omit<FakeCatalog, 'title' | 'origin'> & Partial<FakeCatalog>) => {
    const ref = withTag(catalog.ref);
    catalogs.set(ref, { title: `Catalog ${ref}`, origin: 'imported', ...catalog, ref });
  };
  for (const catalog of given) put(catalog);

  const toListed = ({ ref, title, servers, origin }: FakeCatalog): CatalogOfDocker => ({
    id: catalogIdOf(ref),
    ref,
    title,
    digest: sha256(canonicalJSON(servers)),
    source: null,
    origin,
    fixed: false,
  });
  const get = (ref: string): FakeCatalog => {
    const found = catalogs.get(withTag(ref));
    if (!found) throw missing(ref);
    return found;
  };
  const answer = async (ref?: string) => {
    await fake.gate;
    const failure = fake.failure ?? (ref === undefined ? undefined : fake.unreadable.get(withTag(ref)));
    if (failure) throw failure;
  };

  const fake: FakeCatalogs = {
    catalogs,
    reads: [],
    lists: 0,
    failure: undefined,
    unreadable: new Map(),
    gate: Promise.resolve(),
    async list() {
      fake.lists += 1;
      await answer();
      return [...catalogs.values()].map(toListed);
    },
    async read(ref) {
      await answer(ref);
      const found = get(ref);
      fake.reads.push(found.ref);
      const catalog = { ...toListed(found), source: found.origin === 'own' ? 'user:cli' : 'oci:somewhere' };
      const content: CatalogContent = { catalog, entries: [], leftOut: [] };
      for (const definition of found.servers) {
        const offer = toOffer(ServerSpec.parse(definition), found);
        if (isLeftOut(offer)) content.leftOut.push({ name: String(definition['name']), reason: offer.reason });
        else content.entries.push({ offer, definition });
      }
      return content;
    },
    async preview({ ref, title }, entries) {
      await answer();
      const servers = entries.map(({ name }) => ({ name, title: name, kind: 'image', change: 'added' as const }));
      return { format: 'entries', title: title ?? ref, servers, leftOut: [], replaces: catalogs.has(withTag(ref)) };
    },
    async create({ ref, title, replace }, entries) {
      await answer();
      if (catalogs.has(withTag(ref)) && !replace) {
        throw problem('CATALOG_003', { detail: `${ref} is there already.`, next: 'Choose another reference.' });
      }
      const servers = entries.flatMap(({ catalogRef, name }) =>
        get(catalogRef).servers.filter(server => server['name'] === name),
      );
      put({ ref, title: title ?? ref, origin: 'own', servers });
      return toListed(get(ref));
    },
    async pull(ref, signal) {
      await answer(ref);
      signal.throwIfAborted();
      if (!catalogs.has(withTag(ref))) put({ ref, servers: [fakeServer('pulled')] });
      return toListed(get(ref));
    },
    async push(ref) {
      await answer(ref);
      get(ref);
    },
    async tag(ref, as) {
      await answer();
      put({ ...get(ref), ref: as });
      return toListed(get(as));
    },
    async remove(ref) {
      await answer();
      if (!catalogs.delete(withTag(ref))) throw missing(ref);
    },
  };
  return fake;
}

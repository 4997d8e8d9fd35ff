// Catalogs of the profile dialect: OCI artifacts in the database of docker mcp (CONTRACT section 4).
import { setImmediate as breathe } from 'node:timers/promises';
import { withTag } from '../../../shared/domain/docker-names.ts';
import type { CatalogContent, CatalogOfDocker } from '../docker-engine.ts';
import type { CatalogDialect } from './catalog-control.ts';
import { catalogIdOf } from './catalog-ids.ts';
import type { ContentOrigin, NewContent } from './catalog-sources.ts';
import type { CatalogOrigin, CatalogsCli, ServerReference } from './cli/docker-cli.ts';
import type { Catalog, CatalogServer } from './cli/schemas.ts';
import { catalogOriginOf, isLeftOut, toOffer } from './definition.ts';

const atOnce = 200;

export function createProfileCatalogs(cli: CatalogsCli): CatalogDialect {
  const pullAs = async (from: string, as: string): Promise<void> => {
    const before = new Set((await cli.list()).map(({ ref }) => ref));
    await cli.pull(from);
    if (withTag(from) === withTag(as)) return;
    await cli.tag(from, as);
    // Somebody who names it otherwise does not want it twice.
    if (!before.has(withTag(from))) await cli.remove(from);
  };
  const list = async (): Promise<CatalogOfDocker[]> => {
    const listed = await cli.list();
    return listed.map(({ ref, title, digest }) => toCatalog({ ref, title, digest, source: undefined }));
  };
  return {
    normalise: withTag,
    list,
    refs: async () => (await cli.list()).map(({ ref }) => ref),
    find: async ref => (await list()).find(catalog => catalog.ref === withTag(ref)),
    // What is in the database now: without --pull nothing reaches for the network (recorded: catalog-show-not-found).
    read: async ref => await toContent(await cli.show(ref)),
    async make(ref, content) {
      if (content.origin.kind === 'pull') await pullAs(content.origin.ref, ref);
      else await cli.create(ref, toOrigin(content.origin, content));
    },
    pull: (ref, signal) => cli.pull(ref, { signal }),
    push: (ref, signal) => cli.push(ref, { signal }),
    tag: (ref, as) => cli.tag(ref, as),
    remove: ref => cli.remove(ref),
  };
}

function toOrigin(origin: Exclude<ContentOrigin, { kind: 'pull' }>, { title }: NewContent): CatalogOrigin {
  switch (origin.kind) {
    case 'empty':
      return { kind: 'servers', title, servers: [] };
    case 'profile':
      return { kind: 'profile', profile: origin.profile, title };
    case 'entries':
      return { kind: 'servers', title, servers: toReferences(origin.entries) };
    case 'document':
      return { kind: 'legacy-document', document: origin.document, title };
  }
}

/** One reference for each catalog, with all names of it. */
const toReferences = (entries: readonly { catalogRef: string; name: string }[]): ServerReference[] =>
  [...Map.groupBy(entries, ({ catalogRef }) => catalogRef)].map(([catalog, of]) => ({
    kind: 'catalog',
    catalog,
    names: of.map(({ name }) => name),
  }));

const toCatalog = ({
  ref,
  title,
  digest,
  source = undefined,
}: Pick<Catalog, 'ref' | 'title' | 'digest'> & { source: string | undefined }): CatalogOfDocker => ({
  id: catalogIdOf(ref),
  ref,
  title: title.trim().slice(0, 200) || ref,
  digest,
  source: source ?? null,
  origin: catalogOriginOf(ref, source ?? null),
  fixed: false,
});

/** Converted in parts, so that nobody waits for a large catalog. */
async function toContent(shown: Catalog): Promise<CatalogContent> {
  const catalog = toCatalog({ ...shown, source: shown.source });
  const content: CatalogContent = { catalog, entries: [], leftOut: [] };
  for (const [at, server] of shown.servers.entries()) {
    if (at % atOnce === atOnce - 1) await breathe();
    const entry = toEntry(server, catalog);
    if ('reason' in entry) content.leftOut.push(entry);
    else content.entries.push(entry);
  }
  return content;
}

function toEntry(
  server: CatalogServer,
  catalog: CatalogOfDocker,
): CatalogContent['entries'][number] | CatalogContent['leftOut'][number] {
  const definition = server.snapshot?.server;
  if (!definition) {
    const name = (server.image ?? server.endpoint ?? server.source ?? 'unknown').slice(0, 200);
    return { name, reason: 'docker mcp holds no definition of it.' };
  }
  const offer = toOffer(definition, catalog, server);
  return isLeftOut(offer) ? { name: definition.name.slice(0, 200), reason: offer.reason } : { offer, definition };
}

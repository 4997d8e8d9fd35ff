// What a new catalog is made from, looked at before anything is made.
import type { CatalogPreview, NewCatalog } from '../../../shared/api/catalogs.ts';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import type { CatalogContent, EntryOfCatalog } from '../docker-engine.ts';
import { readCatalogDocument, toLegacyDocument, toTitle } from './catalog-document.ts';
import type { ProfilesCli } from './cli/docker-cli.ts';
import type { ServerSpec } from './cli/schemas.ts';
import { sourceOf } from './definition.ts';

/** How the content reaches `docker mcp`. */
export type ContentOrigin =
  | { kind: 'empty' }
  | { kind: 'pull'; ref: string }
  | { kind: 'profile'; profile: string }
  | { kind: 'entries'; entries: readonly EntryOfCatalog[]; definitions: readonly Record<string, unknown>[] }
  /** The text of a catalog in Docker's older form, and the name that it has in there. */
  | { kind: 'document'; document: string; name: string };

export interface NewContent {
  origin: ContentOrigin;
  format: string;
  title: string;
  /** Null: it is not known before it was pulled. */
  servers: { name: string; title: string; kind: string; definition: Record<string, unknown> }[] | null;
  leftOut: CatalogPreview['leftOut'];
}

export interface CatalogSourcesOptions {
  read(ref: string): Promise<CatalogContent>;
  showProfile: ProfilesCli['show'];
}

export interface CatalogSources {
  /** Errors: CATALOG_001, CATALOG_004, PROFILE_001. */
  resolve(catalog: NewCatalog, entries: readonly EntryOfCatalog[]): Promise<NewContent>;
}

const toServer = (spec: ServerSpec) => ({
  name: spec.name,
  title: spec.title || spec.name,
  kind: sourceOf(spec)?.type ?? spec.type ?? 'unknown',
  definition: spec,
});

export function createCatalogSources({ read, showProfile }: CatalogSourcesOptions): CatalogSources {
  const fromProfile = async (profile: string): Promise<Omit<NewContent, 'title'> & { title: string }> => {
    const shown = await showProfile(profile).catch(error => {
      if (!isProblemError(error) || error.code !== 'DOCKER_009') throw error;
      throw problem('PROFILE_001', {
        detail: `There is no profile "${profile}".`,
        next: 'See "quayside profiles" for those that are there.',
        cause: error,
      });
    });
    const specs = shown.servers.flatMap(({ snapshot }) => snapshot?.server ?? []);
    const servers = specs.map(toServer);
    return { origin: { kind: 'profile', profile }, format: 'profile', title: shown.name, servers, leftOut: [] };
  };

  const fromEntries = async (entries: readonly EntryOfCatalog[]): Promise<Omit<NewContent, 'title'>> => {
    const refs = new Set(entries.map(({ catalogRef }) => catalogRef));
    const contents = new Map<string, CatalogContent>();
    for (const ref of refs) contents.set(ref, await read(ref));
    const found = entries.map(({ catalogRef, name }) => {
      const entry = contents.get(catalogRef)?.entries.find(({ offer }) => offer.nameInCatalog === name);
      if (entry) return entry;
      throw problem('CATALOG_001', {
        detail: `${catalogRef} has no entry "${name}" any more.`,
        next: 'Look at the catalog again and choose another one.',
      });
    });
    const servers = found.map(({ offer, definition }) => ({
      name: offer.nameInCatalog,
      title: offer.title,
      kind: offer.kind,
      definition,
    }));
    refuseTwice(servers.map(({ name }) => name));
    const definitions = found.map(({ definition }) => definition);
    return { origin: { kind: 'entries', entries, definitions }, format: 'entries', servers, leftOut: [] };
  };

  return {
    async resolve({ ref, title, from }, entries) {
      const usual = title ?? toTitle(ref.slice(ref.lastIndexOf('/') + 1).replace(/[:@].*$/, ''));
      switch (from.type) {
        case 'empty':
          return { origin: { kind: 'empty' }, format: 'empty', title: usual, servers: [], leftOut: [] };
        case 'oci':
          return { origin: { kind: 'pull', ref: from.ref }, format: 'oci', title: usual, servers: null, leftOut: [] };
        case 'profile': {
          const content = await fromProfile(from.profile);
          return { ...content, title: toTitle(title ?? content.title) };
        }
        case 'entries':
          return { ...(await fromEntries(entries)), title: usual };
        case 'file': {
          const read = readCatalogDocument(from.content, from.format);
          const document = { ...read, title: toTitle(title ?? read.title) };
          const origin = { kind: 'document', document: toLegacyDocument(document), name: read.name } as const;
          const { format, leftOut } = read;
          return { origin, format, title: document.title, servers: read.servers.map(toServer), leftOut };
        }
      }
    },
  };
}

/** The second of one name would replace the first without a word. */
function refuseTwice(names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return;
  throw problem('DOCKER_011', {
    detail: `Two of the entries are called "${twice}", and a catalog can have only one of them.`,
    next: 'Leave one of them out.',
  });
}

// Docker's catalogs, in both dialects: what there is, what is in them, making and moving them.
import type { CatalogPreview, NewCatalog } from '../../../shared/api/catalogs.ts';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { CatalogContent, CatalogControl, CatalogOfDocker } from '../docker-engine.ts';
import { createCatalogSources, type NewContent } from './catalog-sources.ts';
import type { CatalogsCli, Dialect, LegacyCli, ProfilesCli } from './cli/docker-cli.ts';
import { definitionDigestOf } from './definition.ts';
import { createLegacyCatalogs } from './legacy-catalogs.ts';
import { createProfileCatalogs } from './profile-catalogs.ts';

/** The part of the command line that catalogs need. */
export interface CatalogCommands {
  dialect: Dialect;
  catalogs: CatalogsCli;
  legacy: LegacyCli;
  profiles: Pick<ProfilesCli, 'show'>;
}

export interface CatalogControlOptions {
  /** Errors: DOCKER_001 … if docker mcp cannot be used. */
  cli(): Promise<CatalogCommands>;
  /** Where private folders for files that are exchanged are made. Default: the system's. */
  temporaryFolder?: string;
}

/** What the two dialects do in their own ways. */
export interface CatalogDialect {
  list(): Promise<CatalogOfDocker[]>;
  /** Only the references, which is quick in both. */
  refs(): Promise<string[]>;
  read(ref: string): Promise<CatalogContent>;
  /** Without its content. */
  find(ref: string): Promise<CatalogOfDocker | undefined>;
  /** Overwrites. */
  make(ref: string, content: NewContent): Promise<void>;
  pull(ref: string, signal: AbortSignal): Promise<void>;
  push(ref: string, signal: AbortSignal): Promise<void>;
  tag(ref: string, as: string): Promise<void>;
  remove(ref: string): Promise<void>;
  /** The reference as this dialect keeps it. */
  normalise(ref: string): string;
}

export function createCatalogControl({ cli, temporaryFolder }: CatalogControlOptions): CatalogControl {
  const dialectOf = (commands: CatalogCommands): CatalogDialect =>
    commands.dialect === 'profile'
      ? createProfileCatalogs(commands.catalogs)
      : createLegacyCatalogs(commands.legacy, temporaryFolder);
  const connect = async () => {
    const commands = await cli();
    const dialect = dialectOf(commands);
    return { dialect, sources: createCatalogSources({ read: dialect.read, showProfile: commands.profiles.show }) };
  };
  const get = async (dialect: CatalogDialect, ref: string): Promise<CatalogOfDocker> => {
    const found = await dialect.find(ref);
    if (found) return found;
    throw notMade(ref);
  };

  return {
    list: async () => await (await connect()).dialect.list(),
    read: async ref => await (await connect()).dialect.read(ref),
    async preview(catalog, entries) {
      const { dialect, sources } = await connect();
      const ref = dialect.normalise(catalog.ref);
      const content = await sources.resolve(catalog, entries);
      const replaces = (await dialect.refs()).includes(ref);
      const before = replaces && content.servers ? await dialect.read(ref) : undefined;
      return toPreview(content, before, replaces);
    },
    async create(catalog, entries) {
      const { dialect, sources } = await connect();
      const ref = dialect.normalise(catalog.ref);
      const isThere = (await dialect.refs()).includes(ref);
      if (isThere && !catalog.replace) throw isThereAlready(ref);
      const content = await sources.resolve(catalog, entries);
      refuseNothing(catalog, content);
      await dialect.make(catalog.ref, content);
      await checkCount(dialect, ref, content, isThere);
      return await get(dialect, ref);
    },
    async pull(ref, signal) {
      const { dialect } = await connect();
      await dialect.pull(ref, signal);
      return await get(dialect, ref);
    },
    push: async (ref, signal) => await (await connect()).dialect.push(ref, signal),
    async tag(ref, as) {
      const { dialect } = await connect();
      await dialect.tag(ref, as);
      return await get(dialect, as);
    },
    async remove(ref) {
      const { dialect } = await connect();
      await dialect.remove(ref);
      if (!(await dialect.refs()).includes(dialect.normalise(ref))) return;
      throw problem('DOCKER_015', {
        detail: `docker mcp said that it has removed ${ref}, and still lists it.`,
        next: 'Try again; another program may have made it anew.',
      });
    },
  };
}

const isThereAlready = (ref: string): ProblemError =>
  problem('CATALOG_003', {
    detail: `${ref} is there already, and docker mcp would overwrite it without a word.`,
    next: 'Choose another reference, or allow to replace it after a look at the preview.',
  });

const notMade = (ref: string): ProblemError =>
  problem('DOCKER_015', {
    detail: `docker mcp reported success, and does not list ${ref}.`,
    next: 'Look at the catalogs again; another program may have removed it.',
  });

/** A file from which nothing can be used would make an empty catalog. */
function refuseNothing({ from }: NewCatalog, { servers, leftOut }: NewContent): void {
  if (from.type !== 'file' || (servers && servers.length > 0)) return;
  const why = leftOut[0] ? ` ${leftOut[0].name}: ${leftOut[0].reason}` : '';
  throw problem('CATALOG_004', {
    detail: `There is no server in it that docker mcp can use.${why}`.slice(0, 500),
    next: 'Choose another file, or correct this one.',
  });
}

/**
 * `docker mcp` says "created" of a catalog that has got nothing (recorded: catalog-create-missing-file) and drops entries
 * without a word (recorded: catalog-create-from-file), so what is there is counted.
 */
async function checkCount(dialect: CatalogDialect, ref: string, content: NewContent, wasThere: boolean): Promise<void> {
  if (!content.servers) return;
  const { entries, leftOut } = await dialect.read(ref);
  const there = new Set([...entries.map(({ offer }) => offer.nameInCatalog), ...leftOut.map(({ name }) => name)]);
  const missing = content.servers.filter(({ name }) => !there.has(name)).map(({ name }) => name);
  if (missing.length === 0) return;
  if (!wasThere) await dialect.remove(ref).catch(() => {});
  const some = `${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`;
  throw problem('CATALOG_004', {
    detail: `docker mcp did not take ${missing.length} of ${content.servers.length} servers: ${some}.`,
    next: wasThere
      ? 'What it took has replaced the catalog; import the former one again.'
      : 'Nothing was kept. Leave them out.',
  });
}

function toPreview(content: NewContent, before: CatalogContent | undefined, replaces: boolean): CatalogPreview {
  const there = new Map(before?.entries.map(({ offer, definition }) => [offer.nameInCatalog, { offer, definition }]));
  const servers: CatalogPreview['servers'] = (content.servers ?? []).map(server => {
    const former = there.get(server.name);
    there.delete(server.name);
    const isSame = former && definitionDigestOf(former.definition) === definitionDigestOf(server.definition);
    const { name, title, kind } = server;
    return { name, title, kind, change: !former ? 'added' : isSame ? 'same' : 'changed' };
  });
  const removed = [...there.values()].map(({ offer }) => ({
    name: offer.nameInCatalog,
    title: offer.title,
    kind: offer.kind,
    change: 'removed' as const,
  }));
  const { format, title, leftOut } = content;
  return { format, title, servers: [...servers, ...removed], leftOut, replaces };
}

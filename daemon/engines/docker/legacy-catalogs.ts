// Catalogs of the legacy dialect: YAML files with names (CONTRACT section 5). Their digest is made here, because the list has none.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { CatalogContent, CatalogOfDocker } from '../docker-engine.ts';
import { canonicalJSON, sha256 } from './canonical-json.ts';
import type { CatalogDialect } from './catalog-control.ts';
import { toLegacyDocument } from './catalog-document.ts';
import { catalogIdOf } from './catalog-ids.ts';
import type { NewContent } from './catalog-sources.ts';
import type { LegacyCli } from './cli/docker-cli.ts';
import { type LegacyCatalog, ServerSpec } from './cli/schemas.ts';
import { catalogOriginOf, isLeftOut, toOffer } from './definition.ts';

/** Docker's own, which it manages itself: it can be neither removed nor exported. */
const managed = 'docker-mcp';

const cannot = (what: string): ProblemError =>
  problem('DOCKER_002', {
    detail: `This docker mcp keeps catalogs as files and cannot ${what}.`,
    next: 'Update the docker-mcp plugin to version 0.42 or newer.',
  });

/** The name of a catalog: the last part of what was asked for, without a tag. */
const toName = (ref: string): string => ref.slice(ref.lastIndexOf('/') + 1).replace(/[:@].*$/, '');

export function createLegacyCatalogs(cli: LegacyCli, temporaryFolder = tmpdir()): CatalogDialect {
  const describe = async (name: string, displayName: string | undefined, url: string | undefined) => {
    // A catalog that cannot be shown is still listed: reading it says why.
    const shown = await cli.showCatalog(name).catch(() => undefined);
    const digest = shown ? digestOf(shown) : '';
    return toCatalog(name, displayName, url, digest);
  };
  /**
   * Server by server, because `catalog import` notes down where the file lay, and every later `catalog update` would fail over a
   * file that is gone.
   */
  const addAll = async (name: string, document: string, servers: readonly string[]): Promise<void> => {
    const folder = await mkdtemp(join(temporaryFolder, 'quayside-catalog-'));
    try {
      const file = join(folder, 'catalog.yaml');
      await writeFile(file, document, { mode: 0o600, flag: 'wx' });
      for (const server of servers) await cli.addToCatalog({ catalog: name, server, file });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  const read = async (ref: string): Promise<CatalogContent> => {
    const name = toName(ref);
    const { catalogs } = await cli.catalogs();
    const { displayName, url } = catalogs[name] ?? {};
    return toContent(name, displayName, url, await cli.showCatalog(name));
  };
  const refs = async (): Promise<string[]> => Object.keys((await cli.catalogs()).catalogs);
  return {
    normalise: toName,
    refs,
    read,
    find: async ref => ((await refs()).includes(toName(ref)) ? (await read(ref)).catalog : undefined),
    async list() {
      const { catalogs } = await cli.catalogs();
      const listed: CatalogOfDocker[] = [];
      for (const [name, { displayName, url }] of Object.entries(catalogs)) {
        listed.push(await describe(name, displayName, url));
      }
      return listed;
    },
    async make(ref, content) {
      const name = toName(ref);
      if (name === managed) throw cannotChange();
      const document = toDocument(name, content);
      await makeEmpty(cli, name);
      await addAll(
        name,
        document,
        (content.servers ?? []).map(server => server.name),
      );
    },
    async pull(ref, signal) {
      signal.throwIfAborted();
      if (toName(ref) !== managed) throw cannot('pull one from a registry');
      await cli.updateCatalogs({ signal });
    },
    push() {
      throw cannot('push one to a registry');
    },
    async tag(ref, as) {
      await cli.forkCatalog(toName(ref), toName(as));
    },
    async remove(ref) {
      if (toName(ref) === managed) throw cannotChange();
      await cli.removeCatalog(toName(ref));
    },
  };
}

const cannotChange = (): ProblemError =>
  problem('CATALOG_005', {
    detail: 'The Docker MCP catalog is managed by Docker itself.',
    next: 'Make a catalog of another name.',
  });

async function makeEmpty(cli: LegacyCli, name: string): Promise<void> {
  const { catalogs } = await cli.catalogs();
  if (Object.hasOwn(catalogs, name)) await cli.removeCatalog(name);
  await cli.createCatalog(name);
}

function toDocument(name: string, { origin, title, servers }: NewContent): string {
  if (origin.kind === 'pull') throw cannot('pull one from a registry');
  if (origin.kind === 'profile') throw cannot('make one from a profile');
  const specs = (servers ?? []).flatMap(({ definition, name: server }) => {
    const parsed = ServerSpec.safeParse({ ...definition, name: server });
    return parsed.success ? [parsed.data] : [];
  });
  return toLegacyDocument({ name, title, servers: specs });
}

const digestOf = ({ registry }: LegacyCatalog): string => sha256(canonicalJSON(registry));

const toCatalog = (
  name: string,
  title: string | undefined,
  url: string | undefined,
  digest: string,
): CatalogOfDocker => {
  const source = name === managed ? (url ?? null) : url ? `legacy-catalog:${url}` : null;
  return {
    id: catalogIdOf(name),
    ref: name,
    title: title?.trim().slice(0, 200) || name,
    digest,
    source,
    origin: catalogOriginOf(name, source),
    fixed: name === managed,
  };
};

function toContent(
  name: string,
  displayName: string | undefined,
  url: string | undefined,
  shown: LegacyCatalog,
): CatalogContent {
  const catalog = toCatalog(name, displayName ?? shown.displayName, url, digestOf(shown));
  const content: CatalogContent = { catalog, entries: [], leftOut: [] };
  for (const [key, entry] of Object.entries(shown.registry)) {
    const definition: ServerSpec = { ...entry, name: key };
    const offer = toOffer(definition, catalog);
    if (isLeftOut(offer)) content.leftOut.push({ name: key.slice(0, 200), reason: offer.reason });
    else content.entries.push({ offer, definition });
  }
  return content;
}

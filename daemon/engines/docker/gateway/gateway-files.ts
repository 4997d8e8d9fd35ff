// The files of one gateway: a catalog where docker mcp looks for catalogs, the rest in a private folder of ours.
import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../../../platform/private-file.ts';
import type { RenderedServers } from './render.ts';

export interface GatewayPlaces {
  /** ~/.docker/mcp/catalogs: newer versions read catalogs from there alone. */
  catalogsFolder: string;
  /** Ours, mode 0700; what is in it is of gateways that run. */
  privateFolder: string;
}

export interface GatewayFiles {
  /** A file name in the catalogs folder. */
  readonly catalog: string;
  readonly folder: string;
  readonly config: string;
  readonly tools: string;
  readonly registry: string;
  readonly pipe: string;
  /** Writes into the files as they are: the gateway watches the file and not its name. */
  write(rendered: RenderedServers): Promise<void>;
  remove(): Promise<void>;
}

/** `owner`: tells the catalogs of this state folder from those of another daemon. */
const catalogName = (owner: string, mark: string): string => `quayside-${owner}-${mark}.yaml`;

export async function createGatewayFiles(places: GatewayPlaces, owner: string, mark: string): Promise<GatewayFiles> {
  ensurePrivateFolder(places.privateFolder);
  await mkdir(places.catalogsFolder, { recursive: true });
  const folder = await mkdtemp(join(places.privateFolder, 'gateway-'));
  const catalog = catalogName(owner, mark);
  const catalogPath = join(places.catalogsFolder, catalog);
  const at = (name: string) => join(folder, name);
  const files: GatewayFiles = {
    catalog,
    folder,
    config: at('config.yaml'),
    tools: at('tools.yaml'),
    registry: at('registry.yaml'),
    pipe: at('secrets'),
    async write(rendered) {
      // The last three are watched, so the catalog has to be there before them.
      await writeInPlace(catalogPath, rendered.catalog);
      await writeInPlace(files.registry, rendered.registry);
      await writeInPlace(files.tools, rendered.tools);
      await writeInPlace(files.config, rendered.config);
    },
    async remove() {
      await Promise.all([rm(catalogPath, { force: true }), rm(folder, { recursive: true, force: true })]);
    },
  };
  return files;
}

/** One write, so that nobody reads a part of it; what is longer than before is cut afterwards. */
async function writeInPlace(path: string, text: string): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    await file.truncate(0);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}

/** Removes what gateways of an earlier daemon with this state folder have left. To be called before the first gateway. */
export async function sweepGatewayFiles(
  { catalogsFolder, privateFolder }: GatewayPlaces,
  owner: string,
): Promise<number> {
  const ofUs = (name: string) => name.startsWith(`quayside-${owner}-`) && name.endsWith('.yaml');
  const [catalogs, folders] = await Promise.all([namesIn(catalogsFolder), namesIn(privateFolder)]);
  const left = [
    ...catalogs.filter(ofUs).map(name => join(catalogsFolder, name)),
    ...folders.filter(name => name.startsWith('gateway-')).map(name => join(privateFolder, name)),
  ];
  await Promise.all(left.map(path => rm(path, { recursive: true, force: true }).catch(() => {})));
  return left.length;
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

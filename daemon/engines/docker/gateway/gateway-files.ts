// The files of one gateway: a catalog where docker mcp looks for catalogs, the rest in a private folder of ours.
import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderedServers } from './render.ts';

export interface GatewayPlaces {
  /** ~/.docker/mcp/catalogs: newer versions read catalogs from there alone. */
  catalogsFolder: string;
  /** Ours, of mode 0700, and there; what is in it is of gateways that run. */
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
  write(rendered: RenderedServers): Promise<void>;
  remove(): Promise<void>;
}

/** `owner`: tells the catalogs of this state folder from those of another daemon. */
const catalogName = (owner: string, mark: string): string => `quayside-${owner}-${mark}.yaml`;

/** Makes the folder and names the files, and writes none yet. `mark`: tells this start from every other one. */
export async function createGatewayFiles(places: GatewayPlaces, owner: string, mark: string): Promise<GatewayFiles> {
  await mkdir(places.catalogsFolder, { recursive: true });
  const folder = await mkdtemp(join(places.privateFolder, 'gateway-'));
  const catalog = catalogName(owner, mark);
  const catalogPath = join(places.catalogsFolder, catalog);
  const at = (name: string) => join(folder, name);
  const write = createWriter();
  const files: GatewayFiles = {
    catalog,
    folder,
    config: at('config.yaml'),
    tools: at('tools.yaml'),
    registry: at('registry.yaml'),
    pipe: at('secrets'),
    async write(rendered) {
      // The last three are watched, so the catalog has to be there before them.
      await write(catalogPath, rendered.catalog);
      await write(files.registry, rendered.registry);
      await write(files.tools, rendered.tools);
      await write(files.config, rendered.config);
    },
    async remove() {
      await Promise.all([rm(catalogPath, { force: true }), rm(folder, { recursive: true, force: true })]);
    },
  };
  return files;
}

/**
 * Writes into the file, not beside it: a gateway watches the file and not its name. One write and nothing cut, so that nobody
 * reads a part: what is left of a longer text before becomes empty lines. A text that is there already is not written.
 */
function createWriter(): (path: string, text: string) => Promise<void> {
  const written = new Map<string, { text: string; bytes: number }>();
  return async (path, text) => {
    const before = written.get(path);
    if (before?.text === text) return;
    const size = Buffer.byteLength(text);
    const bytes = Math.max(size, before?.bytes ?? 0);
    const file = await open(path, before ? 'r+' : 'wx', 0o600);
    try {
      await file.write(text + '\n'.repeat(bytes - size), 0);
    } finally {
      await file.close();
    }
    written.set(path, { text, bytes });
  };
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

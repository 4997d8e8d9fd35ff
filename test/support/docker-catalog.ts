// Docker's own catalog of the legacy dialect, as a file that was just downloaded.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** The Docker catalog of the legacy dialect, as if it had just been downloaded: without it every command would do that. */
export async function writeDockerCatalog(home: string, registry: Record<string, unknown>): Promise<void> {
  const folder = join(home, '.docker', 'mcp');
  await mkdir(join(folder, 'catalogs'), { recursive: true });
  const about = {
    displayName: 'Docker MCP Catalog',
    url: 'https://desktop.docker.com/mcp/catalog/v2/catalog.yaml',
    lastUpdate: new Date().toISOString().replace(/\.\d+/, ''),
  };
  await writeFile(join(folder, 'catalog.json'), JSON.stringify({ catalogs: { 'docker-mcp': about } }, null, 2));
  await writeFile(join(folder, 'catalogs', 'docker-mcp.yaml'), stringify({ registry }));
}

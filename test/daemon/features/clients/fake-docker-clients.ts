// docker mcp's client commands by hand: they write as the real ones were seen to, and can be told to go wrong.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClientsCli } from '../../../../daemon/engines/docker/cli/docker-cli.ts';
import { ClientStatus, type ClientStatuses } from '../../../../daemon/engines/docker/cli/schemas.ts';
import { globalFiles, projectFiles } from '../../../../daemon/engines/docker/client-files.ts';
import { createClientControl } from '../../../../daemon/engines/docker/clients-control.ts';
import { problem } from '../../../../shared/api/problem.ts';

export interface FakeDockerClients {
  control: ReturnType<typeof createClientControl>;
  /** What the next change does instead of its work. */
  next: { act?: ((file: string) => Promise<void>) | undefined };
}

export function createFakeDockerClients(home: string): FakeDockerClients {
  const next: FakeDockerClients['next'] = {};
  const environment = { HOME: home };
  const write = async (vendor: string, where: Parameters<ClientsCli['connect']>[1], connect: boolean) => {
    const file = control.fileOf(vendor, where);
    const edit = (where.scope === 'project' ? projectFiles : globalFiles)[vendor]?.edit;
    if (!file || !edit) throw problem('DOCKER_009', { detail: `Vendor not found: ${vendor}.` });
    if (next.act) {
      const act = next.act;
      next.act = undefined;
      return await act(file);
    }
    const document = existsSync(file) ? JSON.parse((await readFile(file, 'utf8')).replace(/^\s*\/\/.*$/gm, '')) : {};
    const servers = { ...document[edit.section] };
    delete servers['MCP_DOCKER'];
    const args = ['mcp', 'gateway', 'run', '--profile', where.profile ?? ''];
    if (connect) servers['MCP_DOCKER'] = edit.entry({ command: 'docker', args });
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ ...document, [edit.section]: servers }));
  };
  const clients: ClientsCli = {
    async list(where) {
      const vendors = Object.keys(where.scope === 'project' ? projectFiles : globalFiles);
      const statuses: ClientStatuses = {};
      for (const vendor of [...vendors, 'gordon']) {
        const file = control.fileOf(vendor, where);
        const text = file && existsSync(file) ? await readFile(file, 'utf8') : '';
        const profile = /"--profile",\s*"([^"]+)"/.exec(text)?.[1];
        statuses[vendor] = ClientStatus.parse({
          displayName: vendor,
          dockerMCPCatalogConnected: text.includes('MCP_DOCKER'),
          ...(profile ? { profile } : {}),
          isInstalled: text !== '',
        });
      }
      return statuses;
    },
    connect: (vendor, where) => write(vendor, where, true),
    disconnect: (vendor, where) => write(vendor, where, false),
  };
  const control = createClientControl({
    cli: async () => ({ clients, dialect: 'profile' }),
    environment,
    home,
    platform: 'linux',
  });
  return { control, next };
}

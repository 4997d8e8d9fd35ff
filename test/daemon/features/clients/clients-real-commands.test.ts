// The same by the real runner and plans: on the recordings, and on the simulated docker.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDockerCli, createDockerRunner } from '../../../../daemon/engines/docker/cli/docker-cli.ts';
import { createClientControl } from '../../../../daemon/engines/docker/clients-control.ts';
import type { CliRunner } from '../../../../daemon/engines/run.ts';
import { createClientBackups } from '../../../../daemon/features/clients/client-backups.repository.ts';
import { clientHandlers } from '../../../../daemon/features/clients/clients.routes.ts';
import { createClientService } from '../../../../daemon/features/clients/clients.service.ts';
import { openDatabase } from '../../../../daemon/storage/database.ts';
import { createChildMarker } from '../../../../daemon/supervision/child-marker.ts';
import type { ClientChange } from '../../../../shared/api/clients.ts';
import { createHandlersApp, type HandlersApp } from '../../../support/handlers-app.ts';
import { createReplay } from '../../../support/replay/replay.ts';
import { noGuardian } from '../../../support/replay/replayed-cli.ts';
import { createSimulatedDocker } from '../../../support/simulated-docker/simulated-docker.ts';

interface Docker {
  program: string;
  environment: Record<string, string>;
  home: string;
}

async function withClients(docker: Docker, act: (app: HandlersApp) => Promise<void>): Promise<void> {
  const { program, environment, home } = docker;
  const runner: CliRunner = createDockerRunner({
    program,
    environment,
    marker: createChildMarker(home),
    guardian: noGuardian,
    limits: { retries: 0 },
  });
  const { clients } = createDockerCli({
    runner,
    dialect: 'profile',
    flags: new Set(),
    catalogsFolder: join(home, '.docker/mcp/catalogs'),
  });
  const control = createClientControl({
    cli: async () => ({ clients, dialect: 'profile' }),
    environment,
    home,
    platform: 'linux',
  });
  const database = openDatabase(':memory:');
  const app = createHandlersApp(
    clientHandlers(
      createClientService({
        backups: createClientBackups(database, join(home, '.state')),
        clock: { now: Date.now },
        publish: () => {},
        home,
        redact: text => text,
        hasProfile: () => undefined,
        control,
      }),
    ),
  );
  try {
    await act(app);
    assert.deepEqual(app.failures, []);
  } finally {
    await runner.close();
    database.close();
  }
}

const connect = { action: 'connect', profile: 'dev_tools' } as const;

async function connectAndUndo(
  app: HandlersApp,
  id: string,
  change: ClientChange,
): Promise<{ before: string; after: string }> {
  const preview = await app.api.previewClientChange({ params: { id }, body: change });
  const read = async () => await readFile(preview.file, 'utf8').catch(() => '');
  const before = await read();
  const { backup } = await app.api.changeClient({ params: { id }, body: { ...change, revision: preview.revision } });
  const after = await read();
  assert.equal(after, preview.after, id);
  await app.api.restoreClientBackup({ params: { id: backup.id } });
  assert.equal(await read(), before, id);
  return { before, after };
}

describe('Clients by the commands of docker mcp', () => {
  it('get on the recordings what was shown before', async () => {
    await using replay = await createReplay({ dialect: 'current', cursor: 211 });
    await withClients(replay, async app => {
      const { after } = await connectAndUndo(app, 'vscode', { ...connect, scope: 'global' });
      assert.match(after, /"--profile","dev_tools"/);
    });
    assert.ok((await replay.played()).includes('current/client-connect-vscode-global'));
  });

  it('lose their comments on the recordings, and get them back', async () => {
    await using replay = await createReplay({ dialect: 'current', cursor: 217 });
    const project = join(replay.work, 'proj');
    await mkdir(join(project, '.git'), { recursive: true });
    await mkdir(join(project, '.cursor'));
    await writeFile(join(project, '.cursor', 'mcp.json'), '{\n  // mine\n  "mcpServers": {}\n}\n');
    await withClients(replay, async app => {
      const { before } = await connectAndUndo(app, 'cursor', { ...connect, scope: 'project', folder: project });
      assert.match(before, /mine/);
    });
  });

  it('are connected and put back on the simulated docker, each in its own way', async () => {
    await using docker = await createSimulatedDocker({ dialect: 'profile' });
    const program = join(docker.binFolder, 'docker');
    await docker.run(['mcp', 'profile', 'create', '--name', 'Dev Tools']);
    await withClients({ program, environment: docker.environment, home: docker.home }, async app => {
      for (const id of ['vscode', 'cursor', 'gemini', 'kiro']) {
        const { items } = await app.api.listClients({ query: { limit: 100 } });
        const file = items.find(each => each.id === id)?.file;
        assert.ok(file, id);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, '{\n  "other": { "a": 1 }\n}\n');
        await connectAndUndo(app, id, { ...connect, scope: 'global' });
      }
    });
  });

  it('say that a profile is not there', async () => {
    await using docker = await createSimulatedDocker({ dialect: 'profile' });
    const program = join(docker.binFolder, 'docker');
    await withClients({ program, environment: docker.environment, home: docker.home }, async app => {
      const change = { ...connect, profile: 'nope' };
      const { revision, file } = await app.api.previewClientChange({ params: { id: 'vscode' }, body: change });
      await assert.rejects(
        app.api.changeClient({ params: { id: 'vscode' }, body: { ...change, revision } }),
        (error: { code?: string }) => error.code === 'DOCKER_009',
      );
      await assert.rejects(readFile(file));
      assert.equal((await app.api.listClientBackups()).total, 0);
    });
  });
});

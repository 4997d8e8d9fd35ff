import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type ClientBackups,
  createClientBackups,
} from '../../../../daemon/features/clients/client-backups.repository.ts';
import { clientHandlers } from '../../../../daemon/features/clients/clients.routes.ts';
import { createClientService } from '../../../../daemon/features/clients/clients.service.ts';
import { openDatabase } from '../../../../daemon/storage/database.ts';
import type { ClientChange } from '../../../../shared/api/clients.ts';
import type { ProblemCode } from '../../../../shared/api/problem.ts';
import { createHandlersApp, type HandlersApp } from '../../../support/handlers-app.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../../support/temporary-folder.ts';
import { createFakeDockerClients, type FakeDockerClients } from './fake-docker-clients.ts';

const hasCode = (code: ProblemCode) => (error: unknown) => {
  assert.equal((error as { code?: string }).code, code);
  return true;
};

describe('Clients', () => {
  let folder: TemporaryFolder;
  let home: string;
  let project: string;
  let docker: FakeDockerClients;
  let app: HandlersApp;
  let events: string[];
  let backups: ClientBackups;
  const vault = 'vault-value-0815';

  beforeEach(async () => {
    folder = await createTemporaryFolder('clients');
    home = join(folder.path, 'home');
    project = join(folder.path, 'project');
    await mkdir(join(project, '.git'), { recursive: true });
    await mkdir(home);
    docker = createFakeDockerClients(home);
    events = [];
    backups = createClientBackups(openDatabase(':memory:'), join(folder.path, 'state', 'client-backups'));
    const service = createClientService({
      backups,
      clock: { now: () => Date.parse('2026-01-01T00:00:00Z') },
      publish: ({ type }) => void events.push(type),
      home,
      redact: text => text.replaceAll(vault, '•••'),
      hasProfile: id => id === 'dev_tools',
      control: docker.control,
    });
    app = createHandlersApp(clientHandlers(service));
  });
  afterEach(async () => {
    assert.deepEqual(app.failures, []);
    await folder.remove();
  });

  const connect = { action: 'connect', profile: 'dev_tools' } satisfies Partial<ClientChange>;
  const cursor = () => join(home, '.cursor', 'mcp.json');
  const write = async (file: string, text: string) => {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };
  const changeCursor = async (change: Partial<ClientChange> & Pick<ClientChange, 'action'> = connect) => {
    const { revision } = await app.api.previewClientChange({ params: { id: 'cursor' }, body: change });
    return await app.api.changeClient({ params: { id: 'cursor' }, body: { ...change, revision } });
  };

  it('are listed with the file that a connection changes, and without one they are not offered', async () => {
    const { items } = await app.api.listClients({ query: { limit: 100 } });
    assert.equal(items.find(({ id }) => id === 'cursor')?.file, cursor());
    assert.equal(items.find(({ id }) => id === 'gordon')?.file, null);
    await assert.rejects(
      app.api.previewClientChange({ params: { id: 'gordon' }, body: connect }),
      hasCode('CLIENT_002'),
    );
    await assert.rejects(
      app.api.previewClientChange({ params: { id: 'notepad' }, body: connect }),
      hasCode('CLIENT_001'),
    );
    const unknown = { ...connect, profile: 'nope' };
    await assert.rejects(
      app.api.previewClientChange({ params: { id: 'cursor' }, body: unknown }),
      hasCode('PROFILE_001'),
    );
  });

  it('show before a change what it does, and the change does just that', async () => {
    await write(cursor(), '{\n  // mine\n  "mcpServers": { "a": { "command": "a" } }\n}\n');
    const preview = await app.api.previewClientChange({ params: { id: 'cursor' }, body: connect });
    assert.equal(preview.losesComments, true);
    assert.match(preview.diff, /^-\s+\/\/ mine$/m);
    const changed = await app.api.changeClient({
      params: { id: 'cursor' },
      body: { ...connect, revision: preview.revision },
    });
    assert.equal(await readFile(cursor(), 'utf8'), preview.after);
    assert.equal(changed.diff, preview.diff);
    assert.equal(changed.client.connected, true);
    assert.equal(changed.client.profile, 'dev_tools');
    assert.equal(changed.backup.changedSince, false);
    assert.deepEqual(events, ['clients.changed']);
  });

  it('are put back byte for byte, bytes that are no text too', async () => {
    const before = Buffer.concat([
      Buffer.from('{"mcpServers":{},"x":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}  \r\n\n'),
    ]);
    await mkdir(dirname(cursor()), { recursive: true });
    await writeFile(cursor(), before, { mode: 0o640 });
    const { backup } = await changeCursor();
    assert.notDeepEqual(await readFile(cursor()), before);
    const restored = await app.api.restoreClientBackup({ params: { id: backup.id } });
    assert.deepEqual(await readFile(cursor()), before);
    assert.equal((await stat(cursor())).mode & 0o777, 0o640);
    assert.equal(restored.changedSince, false);
    assert.ok(restored.restoredAt);
  });

  it('leave no file where there was none', async () => {
    const { backup } = await changeCursor();
    assert.equal(backup.existed, false);
    await app.api.restoreClientBackup({ params: { id: backup.id } });
    assert.equal(existsSync(cursor()), false);
  });

  it('are disconnected, and only if they are connected', async () => {
    await assert.rejects(changeCursor({ action: 'disconnect' }), hasCode('CLIENT_002'));
    await changeCursor();
    const { client } = await changeCursor({ action: 'disconnect' });
    assert.equal(client.connected, false);
    assert.equal(await readFile(cursor(), 'utf8'), '{"mcpServers":{}}');
  });

  it('are not changed when their file is not the one that was shown', async () => {
    await write(cursor(), '{}');
    const { revision } = await app.api.previewClientChange({ params: { id: 'cursor' }, body: connect });
    await writeFile(cursor(), '{"mine":1}');
    const body = { ...connect, revision };
    await assert.rejects(app.api.changeClient({ params: { id: 'cursor' }, body }), hasCode('CLIENT_003'));
    assert.equal(await readFile(cursor(), 'utf8'), '{"mine":1}');
    assert.equal((await app.api.listClientBackups()).total, 0);
  });

  it('are not undone over somebody’s later change, unless it is forced, and that can be undone as well', async () => {
    await write(cursor(), '{}');
    const { backup } = await changeCursor();
    await writeFile(cursor(), '{"later":true}');
    const { items } = await app.api.listClientBackups();
    assert.equal(items[0]?.changedSince, true);
    await assert.rejects(app.api.restoreClientBackup({ params: { id: backup.id } }), hasCode('CLIENT_003'));
    await app.api.restoreClientBackup({ params: { id: backup.id }, body: { force: true } });
    assert.equal(await readFile(cursor(), 'utf8'), '{}');
    const second = (await app.api.listClientBackups()).items.find(({ id }) => id !== backup.id);
    assert.ok(second);
    await app.api.restoreClientBackup({ params: { id: second.id } });
    assert.equal(await readFile(cursor(), 'utf8'), '{"later":true}');
  });

  for (const [what, act, code] of [
    ['fails', async () => Promise.reject(Object.assign(new Error('x'), {})), undefined],
    [
      'fails after half of its work',
      async (file: string) => {
        await writeFile(file, '{"mcpS');
        throw new Error('killed');
      },
      undefined,
    ],
    ['leaves a broken file', async (file: string) => await writeFile(file, '{"mcpServers":'), 'CLIENT_002'],
    ['leaves an empty file', async (file: string) => await writeFile(file, ''), 'CLIENT_002'],
  ] as const) {
    it(`have their file back at once when docker mcp ${what}`, async () => {
      await write(cursor(), '{ "mine": 1 }\n');
      docker.next.act = act;
      await assert.rejects(changeCursor(), code ? hasCode(code) : /./);
      assert.equal(await readFile(cursor(), 'utf8'), '{ "mine": 1 }\n');
      assert.equal((await app.api.listClientBackups()).total, 0);
      // Of an error that is none of ours the log has the details.
      if (!code) app.failures.length = 0;
    });
  }

  it('have a backup that is listed when the daemon has died while docker mcp wrote', async () => {
    await write(cursor(), '{"mine":1}');
    const kept = { client: 'cursor', file: cursor(), action: 'connect', madeAt: '2026-01-01T00:00:00.000Z' } as const;
    const { id } = await backups.keep(kept, Buffer.from('{"mine":1}'));
    assert.equal((await app.api.listClientBackups()).items[0]?.changedSince, false);
    await writeFile(cursor(), '{"mi');
    assert.equal((await app.api.listClientBackups()).items[0]?.changedSince, true);
    await app.api.restoreClientBackup({ params: { id }, body: { force: true } });
    assert.equal(await readFile(cursor(), 'utf8'), '{"mine":1}');
  });

  it('are not left with a change that has no backup, if docker mcp wrote somewhere else', async () => {
    await write(cursor(), '{"mine":1}');
    docker.next.act = async () => await writeFile(join(home, 'elsewhere.json'), '{}');
    await assert.rejects(changeCursor(), hasCode('CLIENT_002'));
    assert.equal(await readFile(cursor(), 'utf8'), '{"mine":1}');
    assert.equal((await app.api.listClientBackups()).total, 0);
  });

  it('have their backup before docker mcp begins, in private', async () => {
    await write(cursor(), '{"token":"t"}');
    const state = join(folder.path, 'state', 'client-backups');
    docker.next.act = async file => {
      const [name = ''] = await readdir(state);
      assert.equal(await readFile(join(state, name), 'utf8'), '{"token":"t"}');
      assert.equal((await stat(join(state, name))).mode & 0o777, 0o600);
      assert.equal((await stat(state)).mode & 0o777, 0o700);
      await writeFile(file, '{"mcpServers":{"MCP_DOCKER":{}}}');
    };
    await changeCursor();
  });

  it('show no secrets of their files', async () => {
    const canary = 'plain-looking-4711';
    await write(
      cursor(),
      JSON.stringify({
        mcpServers: {
          a: {
            command: 'a',
            args: ['--api-key', canary, `--token=${canary}`],
            env: { ODD: canary },
            headers: { X: canary },
          },
          b: { url: `https://me:${canary}@example.com/?key=${canary}`, note: vault, apiKey: canary },
          c: { args: ['ghp_0123456789abcdefghijklmnop', `Bearer ${canary}`] },
        },
      }),
    );
    const preview = await app.api.previewClientChange({ params: { id: 'cursor' }, body: connect });
    const changed = await app.api.changeClient({
      params: { id: 'cursor' },
      body: { ...connect, revision: preview.revision },
    });
    for (const text of [JSON.stringify(preview), JSON.stringify(changed)])
      for (const secret of [canary, vault, 'ghp_0123456789']) assert.equal(text.includes(secret), false, secret);
    assert.match(await readFile(cursor(), 'utf8'), new RegExp(canary));
  });

  it('of a project are changed in its own folder alone', async () => {
    const inProject = { ...connect, scope: 'project', folder: project } as const;
    const outside = join(home, '.bashrc');
    await writeFile(outside, 'mine');
    await mkdir(join(project, '.cursor'));
    await symlink(outside, join(project, '.cursor', 'mcp.json'));
    await symlink(home, join(project, '.vscode'));
    for (const id of ['cursor', 'vscode'])
      await assert.rejects(app.api.previewClientChange({ params: { id }, body: inProject }), hasCode('CLIENT_002'));
    assert.equal(await readFile(outside, 'utf8'), 'mine');
    const preview = await app.api.previewClientChange({ params: { id: 'claude-code' }, body: inProject });
    assert.equal(preview.file, join(project, '.mcp.json'));
    await app.api.changeClient({ params: { id: 'claude-code' }, body: { ...inProject, revision: preview.revision } });
    assert.equal(await readFile(preview.file, 'utf8'), preview.after);
  });

  it('of the user may be linked within the home', async () => {
    await write(join(home, 'dotfiles', 'cursor.json'), '{}');
    await mkdir(dirname(cursor()), { recursive: true });
    await symlink(join('..', 'dotfiles', 'cursor.json'), cursor());
    const { backup } = await changeCursor();
    assert.match(await readFile(join(home, 'dotfiles', 'cursor.json'), 'utf8'), /MCP_DOCKER/);
    await app.api.restoreClientBackup({ params: { id: backup.id } });
    assert.equal(await readFile(join(home, 'dotfiles', 'cursor.json'), 'utf8'), '{}');
  });

  it('are not even listed while a folder stands where docker mcp would remove it', async () => {
    await mkdir(cursor(), { recursive: true });
    await assert.rejects(app.api.listClients(), hasCode('CLIENT_002'));
    assert.ok((await stat(cursor())).isDirectory());
  });

  it('whose file cannot be told before say so, and a backup is made all the same', async () => {
    const file = join(home, '.config', 'goose', 'config.yaml');
    await write(file, '# mine\nextensions: {}\n');
    const preview = await app.api.previewClientChange({ params: { id: 'goose' }, body: connect });
    assert.match(preview.after, /cannot be told before/);
    assert.equal(preview.diff, '');
  });

  it('leave a trace in the audit log', async () => {
    await changeCursor();
    assert.deepEqual(app.audit, [
      { action: 'changeClient', resource: 'cursor action=connect profile=dev_tools scope=global', outcome: 'allowed' },
    ]);
  });
});

import assert from 'node:assert/strict';
import type { McpClient } from '../../../shared/api/clients.ts';
import { type ClientsState, createClientsState } from '../../../webviews/clients/clients.state.ts';
import { type CannedApp, createCannedApp, noPage, pageWith, refuse, until } from '../canned-api.ts';

const client = (part: Partial<McpClient> = {}): McpClient => ({
  id: 'cursor',
  title: 'Cursor',
  scope: 'global',
  installed: true,
  supported: true,
  connected: false,
  profile: null,
  file: '/home/me/.cursor/mcp.json',
  problem: null,
  servers: [],
  ...part,
});
const preview = {
  file: '/home/me/.cursor/mcp.json',
  exists: true,
  before: '{}',
  after: '{}',
  diff: '+x',
  losesComments: true,
  revision: 'r7',
};
const backup = {
  id: 'b1',
  client: 'cursor',
  file: preview.file,
  action: 'connect',
  existed: true,
  bytes: 2,
  madeAt: '2026-01-01T00:00:00Z',
  restoredAt: null,
  changedSince: true,
} as const;

describe('connecting a client', () => {
  let app: CannedApp;
  let state: ClientsState;
  beforeEach(async () => {
    app = createCannedApp({
      listClients: () => pageWith([client()]),
      listClientBackups: () => noPage,
      previewClientChange: () => preview,
      changeClient: () => ({ client: client({ connected: true }), backup, diff: '+x' }),
      restoreClientBackup: () => ({ ...backup, restoredAt: '2026-01-02T00:00:00Z' }),
    });
    state = createClientsState(app);
    await until(() => state.clients.value.value);
  });
  afterEach(() => state.close());

  it('shows what changes, and changes nothing before that was seen', async () => {
    await state.prepare(client(), 'dev');
    assert.equal(state.pending.value?.preview.diff, '+x');
    assert.deepEqual(app.askedFor('changeClient'), []);
  });

  it('does what was shown: with the revision of the file that was looked at', async () => {
    await state.prepare(client(), 'dev');
    await state.apply();
    assert.deepEqual(app.askedFor('changeClient')[0]?.body, {
      action: 'connect',
      profile: 'dev',
      scope: 'global',
      revision: 'r7',
    });
    assert.equal(state.pending.value, undefined);
  });

  it('keeps what was shown when the file has changed meanwhile, and says so', async () => {
    app.answers.changeClient = () => refuse('CLIENT_003', { detail: 'Somebody wrote to it.' });
    await state.prepare(client(), 'dev');
    await state.apply();
    assert.equal(state.act.problem.value?.code, 'CLIENT_003');
    assert.notEqual(state.pending.value, undefined);
  });

  it('disconnects a connected one, and moves it when another profile is named', async () => {
    await state.prepare(client({ connected: true, profile: 'dev' }), undefined);
    assert.equal(state.pending.value?.change.action, 'disconnect');
    await state.prepare(client({ connected: true, profile: 'dev' }), 'web');
    assert.equal(state.pending.value?.change.action, 'connect');
  });

  it('looks into one project by its folder', async () => {
    state.look('/projects/app');
    await until(() => app.askedFor('listClients').length === 2);
    const { query } = app.askedFor('listClients')[1] ?? {};
    assert.equal(query?.get('scope'), 'project');
    assert.equal(query?.get('folder'), '/projects/app');
    await state.prepare(client(), 'dev');
    assert.deepEqual(app.askedFor('previewClientChange')[0]?.body, {
      action: 'connect',
      profile: 'dev',
      scope: 'project',
      folder: '/projects/app',
    });
  });

  it('puts a file back over later changes only when told to', async () => {
    await state.undo(backup, false);
    await state.undo(backup, true);
    assert.deepEqual(
      app.askedFor('restoreClientBackup').map(({ body }) => body.force),
      [false, true],
    );
  });
});

import assert from 'node:assert/strict';
import { type CostsState, createCostsState } from '../../../webviews/gateway/costs.state.ts';
import { buildServer } from '../../support/server-builder.ts';
import { type CannedApp, createCannedApp, pageWith, refuse, until } from '../canned-api.ts';
import { buildClash, buildTool } from './gateway-facts.ts';

describe('names and costs on the page', () => {
  let app: CannedApp;
  let state: CostsState;
  const unused = { serverId: 'notes', tool: 'read', tokens: 90, lastCalledAt: null, detail: 'Never called.' };

  beforeEach(async () => {
    app = createCannedApp({
      listTools: () =>
        pageWith([
          buildTool(),
          buildTool({ serverId: 'notes', tokens: 90 }),
          buildTool({ name: 'off', enabled: false }),
          buildTool({ name: 'held', quarantined: true }),
          buildTool({ name: 'new', tokens: null }),
        ]),
      getTokenCosts: () => ({
        countedWith: 'o200k_base',
        total: 130,
        waiting: 1,
        servers: [{ serverId: 'notes', running: true, tools: 1, tokens: 90 }],
        profiles: [{ profile: 'dev', tools: 1, tokens: 90 }],
      }),
      listToolClashes: () => ({ items: [buildClash()] }),
      getToolAdvice: () => ({
        days: 30,
        since: '2026-05-01T10:00:00Z',
        tokens: 90,
        detail: 'One of them.',
        items: [unused],
      }),
      updateTool: () => buildTool(),
      keepToolClash: () => buildClash({ open: false, answer: 'kept' }),
      reopenToolClash: () => buildClash(),
    });
    app.live.start();
    state = createCostsState(app);
    await until(
      () => state.tools.value.value && state.costs.value.value && state.clashes.value.value && state.advice.value.value,
    );
  });
  afterEach(() => {
    state.close();
    app.live.stop();
  });

  it('counts what clients are shown, the most costly first', () => {
    const tools = state.tools.value.value ?? [];
    assert.deepEqual(
      tools.map(({ serverId, name }) => `${serverId} ${name}`),
      ['notes read', 'files read', 'files new'],
    );
    assert.deepEqual(
      state.costs.value.value?.profiles.map(({ profile, tokens }) => `${profile} ${tokens}`),
      ['dev 90'],
    );
  });

  it('sends a fix as it was proposed, and reads again what it made of the names', async () => {
    const [fix] = state.clashes.value.value?.[0]?.tools[1]?.fixes ?? [];
    assert.ok(fix);
    await state.fix(fix);
    const [asked] = app.askedFor('updateTool');
    assert.deepEqual([asked?.path, asked?.body], ['/api/v1/servers/notes/tools/read', { name: 'notes__read' }]);
    await until(() => app.askedFor('listToolClashes').length === 2);
  });

  it('keeps the names of the tools that were shown, and takes it back', async () => {
    const [clash] = state.clashes.value.value ?? [];
    assert.ok(clash);
    await state.keep(clash);
    const [kept] = app.askedFor('keepToolClash');
    assert.deepEqual(
      [kept?.path, kept?.body],
      [
        '/api/v1/tool-clashes/read/keep',
        {
          tools: [
            { serverId: 'files', tool: 'read' },
            { serverId: 'notes', tool: 'read' },
          ],
        },
      ],
    );
    await until(() => app.askedFor('listToolClashes').length === 2);
    await state.reopen(clash);
    assert.equal(app.askedFor('reopenToolClash')[0]?.path, '/api/v1/tool-clashes/read/reopen');
    await state.keepAll([clash, buildClash({ name: 'write' })]);
    assert.deepEqual(
      app.askedFor('keepToolClash').map(({ path }) => path),
      ['read', 'read', 'write'].map(name => `/api/v1/tool-clashes/${name}/keep`),
    );
    app.answers.keepToolClash = () => refuse('TOOL_012', { detail: 'Another one.', next: 'Look again.' });
    await state.keep(clash);
    assert.equal(state.act.problem.value?.code, 'TOOL_012');
  });

  it('reads the clashes alone again when servers came or went, or somebody else has decided', async () => {
    app.emit({ type: 'clashes.changed' });
    await until(() => app.askedFor('listToolClashes').length === 2);
    assert.equal(app.askedFor('listTools').length, 1);
  });

  it('reads the costs alone again when a server starts or stops, and not for its other changes', async () => {
    const changed = (state: 'running' | 'stopped') =>
      app.emit({ type: 'server.changed', server: buildServer({ id: 'notes', state }) });
    changed('stopped');
    await until(() => app.askedFor('getTokenCosts').length === 2);
    changed('stopped');
    changed('running');
    await until(() => app.askedFor('getTokenCosts').length === 3);
    assert.equal(app.askedFor('listTools').length, 1);
  });

  it('switches off what nobody uses, and says why it could not', async () => {
    await state.hide(unused);
    assert.deepEqual(app.askedFor('updateTool')[0]?.body, { enabled: false });
    app.answers.updateTool = () => refuse('TOOL_001', { detail: 'No.', next: 'Look again.' });
    await state.hide(unused);
    assert.equal(state.act.problem.value?.code, 'TOOL_001');
  });

  it('follows changes of tools and of what is held back', async () => {
    app.emit({ type: 'tools.changed', serverId: 'files' });
    await until(() => app.askedFor('listTools').length === 2);
    app.emit({ type: 'lock.changed', serverId: 'files', state: 'changed', waiting: 1, quarantined: 1 });
    await until(() => app.askedFor('listTools').length === 3);
  });
});

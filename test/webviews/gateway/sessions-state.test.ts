import assert from 'node:assert/strict';
import { createSessionsState, type SessionsState } from '../../../webviews/gateway/sessions.state.ts';
import { type CannedApp, createCannedApp, pageWith, refuse, until } from '../canned-api.ts';
import { buildPath, buildSession } from './gateway-facts.ts';

describe('connected clients on the page', () => {
  let app: CannedApp;
  let state: SessionsState;
  const old = buildSession({ id: 'old', lastUsedAt: '2026-05-01T09:00:00Z' });

  beforeEach(async () => {
    app = createCannedApp({
      listMcpSessions: () => pageWith([old, buildSession()]),
      getServerPath: ({ path }) => buildPath(path.split('/').at(-2) ?? ''),
      deleteMcpSession: () => ({}),
    });
    app.live.start();
    state = createSessionsState(app);
    await until(() => state.sessions.value.value);
  });
  afterEach(() => {
    state.close();
    app.live.stop();
  });

  it('lists first who was here last', () => {
    assert.deepEqual(
      state.sessions.value.value?.map(({ id }) => id),
      ['m1', 'old'],
    );
  });

  it('asks for the way of a server once it is chosen, and again when sessions change', async () => {
    app.emit({ type: 'mcp.changed' });
    await until(() => app.askedFor('listMcpSessions').length === 2);
    assert.equal(app.askedFor('getServerPath').length, 0);
    state.choose('files');
    await until(() => state.path.value.value);
    app.emit({ type: 'mcp.changed' });
    await until(() => app.askedFor('getServerPath').length === 2);
    assert.ok(app.askedFor('getServerPath').every(({ path }) => path.includes('files')));
  });

  it('ends a session, or says that it is gone already', async () => {
    await state.end(old);
    assert.match(app.askedFor('deleteMcpSession')[0]?.path ?? '', /\/old$/);
    app.answers.deleteMcpSession = () => refuse('MCP_001', { detail: 'No.', next: 'Look again.' });
    await state.end(old);
    assert.equal(state.act.problem.value?.code, 'MCP_001');
    await until(() => app.askedFor('listMcpSessions').length === 3);
  });
});

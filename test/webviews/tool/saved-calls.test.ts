import assert from 'node:assert/strict';
import type { SavedCall } from '../../../shared/api/calls.ts';
import { createSavedCalls, type SavedCallsState } from '../../../webviews/tool/saved-calls.state.ts';
import { type CannedApp, createCannedApp, pageWith, refuse, until } from '../canned-api.ts';

const what = { serverId: 'files', kind: 'tool', target: 'read' } as const;
const saved: SavedCall = {
  id: 's1',
  ...what,
  title: 'The usual',
  arguments: { path: '/tmp/a' },
  createdAt: '2026-05-01T10:00:00Z',
  updatedAt: '2026-05-01T10:00:00Z',
};

describe('saved calls', () => {
  let app: CannedApp;
  let state: SavedCallsState;
  let kept: SavedCall[];

  beforeEach(async () => {
    kept = [saved];
    app = createCannedApp({
      listSavedCalls: () => pageWith(kept),
      createSavedCall: ({ body }) => {
        kept = [...kept, { ...saved, ...body, id: 's2' }];
        return kept.at(-1);
      },
      deleteSavedCall: () => {
        kept = [];
        return {};
      },
    });
    app.live.start();
    state = createSavedCalls(app, what);
    await until(() => state.saved.value.value);
  });
  afterEach(() => {
    state.close();
    app.live.stop();
  });

  it('are those of this one tool', () => {
    const { query } = app.askedFor('listSavedCalls')[0] ?? {};
    assert.deepEqual([query?.get('server'), query?.get('kind'), query?.get('target')], ['files', 'tool', 'read']);
  });

  it('are saved under a name and listed at once', async () => {
    assert.equal(await state.save('Another', { path: '/tmp/b' }), true);
    const { body } = app.askedFor('createSavedCall')[0] ?? {};
    assert.deepEqual(body, { ...what, title: 'Another', arguments: { path: '/tmp/b' } });
    await until(() => state.saved.value.value?.length === 2);
  });

  it('say why one could not be saved', async () => {
    app.answers.createSavedCall = () => refuse('CALL_002', { detail: 'No.', next: 'Look again.' });
    assert.equal(await state.save('Another', {}), false);
    assert.equal(state.act.problem.value?.code, 'CALL_002');
  });

  it('are deleted', async () => {
    await state.remove(saved);
    await until(() => state.saved.value.value?.length === 0);
  });
});

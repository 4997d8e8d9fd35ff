import assert from 'node:assert/strict';
import { type AuditState, createAuditState, noFilters, toQuery } from '../../../webviews/access/audit.state.ts';
import { type CannedApp, createCannedApp, until } from '../canned-api.ts';

const entry = (id: number) => ({
  id,
  at: '2026-01-01T00:00:00Z',
  principal: 'owner (token)',
  action: 'startServer',
  resource: 'files',
  outcome: 'allowed',
  code: null,
  requestId: null,
  changes: [],
  hash: 'x',
});

describe('the audit log on the page', () => {
  let app: CannedApp;
  let state: AuditState;
  const open = (panel = false) => {
    app = createCannedApp(
      {
        listAudit: ({ query }) => ({
          items: [entry(1)],
          total: 120,
          page: Number(query.get('page')),
          limit: Number(query.get('limit')),
        }),
        verifyAudit: () => ({ ok: false, entries: 7, brokenAt: 3, anchors: 1, detail: 'Entry 3 was changed.' }),
        exportAudit: ({ query }) => {
          const after = Number(query.get('after'));
          return after === 0
            ? { text: 'one ä\n', entries: 1, next: 5 }
            : { text: `after ${after}, only ${query.get('outcome')}\n`, entries: 1, next: null };
        },
      },
      { panel },
    );
    state = createAuditState(app);
    return until(() => state.entries.value.value);
  };
  afterEach(() => state.close());

  it('asks for what is filtered, from its first page, once for a burst of keys', async () => {
    await open();
    state.entries.turnTo(2);
    await until(() => state.entries.value.value?.page === 2);
    for (const action of ['s', 'st', 'startServer']) state.entries.filter({ action });
    state.entries.filter({ outcome: 'denied' });
    await until(() => state.entries.value.value?.page === 1);
    const asked = app.askedFor('listAudit');
    assert.equal(asked.length, 3);
    const last = Object.fromEntries(asked.at(-1)?.query ?? []);
    assert.deepEqual(last, { page: '1', limit: '50', outcome: 'denied', action: 'startServer' });
  });

  it('means whole days where the person is', () => {
    assert.deepEqual(toQuery(noFilters), {});
    const { since, until: end } = toQuery({ ...noFilters, from: '2026-03-01', to: '2026-03-01' }) as Record<
      string,
      string
    >;
    assert.equal(Date.parse(end ?? '') - Date.parse(since ?? ''), 86_399_999);
    assert.deepEqual(toQuery({ ...noFilters, from: 'not a day', principal: '  ' }), {});
  });

  it('says what is wrong with the log', async () => {
    await open();
    await state.verify();
    assert.deepEqual([state.verified.value?.ok, state.verified.value?.brokenAt], [false, 3]);
  });

  it('exports all pieces with the filters of now: as a download, and as a document in the editor', async () => {
    await open();
    state.entries.filter({ outcome: 'denied' });
    await state.export('cef');
    const [file] = app.saved;
    assert.equal(file?.name, 'quayside-audit.cef');
    assert.equal(Buffer.from(file?.base64 ?? '', 'base64').toString(), 'one ä\nafter 5, only denied\n');
    state.close();
    await open(true);
    await state.export('jsonl');
    assert.deepEqual([app.texts[0]?.name, app.saved.length], ['quayside-audit.jsonl', 0]);
  });
});

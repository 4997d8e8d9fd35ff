import assert from 'node:assert/strict';
import { type CallsState, createCallsState, noFilters, toQuery } from '../../../webviews/gateway/calls.state.ts';
import { type CannedApp, createCannedApp, until } from '../canned-api.ts';
import { buildCallDetail, buildRecordedCall } from './gateway-facts.ts';

const settings = {
  keep: 'nothing',
  redactResults: false,
  days: 30,
  megabytes: 100,
  valueBytes: 65_536,
  rules: [],
  kept: { calls: 1, bytes: 10, oldest: null },
};

describe('the history of calls on the page', () => {
  let app: CannedApp;
  let state: CallsState;
  let detail = buildCallDetail();
  const open = async (panel = false) => {
    detail = buildCallDetail();
    app = createCannedApp(
      {
        listCalls: ({ query }) => ({
          items: [buildRecordedCall()],
          total: 120,
          page: Number(query.get('page')),
          limit: 50,
        }),
        getCallStatistics: () => ({ since: '2026-05-01T10:00:00Z', until: '2026-05-02T10:00:00Z', items: [] }),
        getCallSettings: () => settings,
        getCall: () => detail,
        makeTestOfCall: ({ body }) => ({
          serverId: 'files',
          fileName: 'files.read.mcptest.yaml',
          text: `# ${body.assertions.join()}\nserver: files\n`,
          test: '',
        }),
        exportCalls: ({ query }) => {
          const isFirst = query.get('after') === '0';
          return { text: `${query.get('format')} ${query.get('outcome')}\n`, calls: 1, next: isFirst ? 7 : null };
        },
        updateCallSettings: ({ body }) => ({ ...settings, ...body }),
        deleteCalls: () => ({ deleted: 12 }),
      },
      { panel },
    );
    app.live.start();
    state = createCallsState(app);
    await until(() => state.calls.value.value && state.settings.value.value);
  };
  afterEach(() => {
    state.close();
    app.live.stop();
  });
  const textOf = (base64 = '') => Buffer.from(base64, 'base64').toString();

  it('asks for what is filtered, from its first page, once for a burst of keys', async () => {
    await open();
    state.calls.turnTo(2);
    await until(() => state.calls.value.value?.page === 2);
    for (const tool of ['r', 're', 'read']) state.calls.filter({ tool });
    state.calls.filter({ outcome: 'denied', slowerThan: '250' });
    await until(() => state.calls.value.value?.page === 1);
    const asked = app.askedFor('listCalls');
    assert.equal(asked.length, 3);
    assert.deepEqual(Object.fromEntries(asked.at(-1)?.query ?? []), {
      page: '1',
      limit: '50',
      outcome: 'denied',
      tool: 'read',
      slower_than: '250',
    });
  });

  it('does not ask for what is no number and no name', () => {
    assert.deepEqual(toQuery(noFilters), {});
    assert.deepEqual(toQuery({ ...noFilters, slowerThan: 'much', tool: '  ' }), {});
    assert.deepEqual(toQuery({ ...noFilters, slowerThan: '0', caller: ' agent ' }), {
      slower_than: 0,
      caller: 'agent',
    });
  });

  it('follows a burst of calls with one read', async () => {
    await open();
    for (let i = 0; i < 20; i++) app.emit({ type: 'call.finished', serverId: 'files', calls: [], more: 3 });
    await until(() => app.askedFor('listCalls').length > 1);
    assert.equal(app.askedFor('listCalls').length, 2);
  });

  it('does not move while somebody is at it or has opened a call, and says that newer ones have come', async () => {
    await open();
    const finish = async () => {
      app.emit({ type: 'call.finished', serverId: 'files', calls: [], more: 3 });
      await until(() => state.newer.value);
    };
    const reads = () => app.askedFor('listCalls').length;
    state.hold(true);
    await finish();
    assert.equal(reads(), 1);
    await state.open(buildRecordedCall());
    state.hold(false);
    assert.equal(reads(), 1);
    await state.open(undefined);
    await until(() => !state.newer.value);
    assert.equal(reads(), 2);
    state.hold(true);
    await finish();
    state.showNewer();
    await until(() => !state.newer.value);
    assert.equal(reads(), 3);
  });

  it('saves the opened call as a test, expecting only what was kept of it', async () => {
    await open();
    await state.saveAsTest();
    assert.equal(app.askedFor('makeTestOfCall').length, 0);
    await state.open(buildRecordedCall());
    await state.saveAsTest();
    assert.equal(app.saved[0]?.name, 'files.read.mcptest.yaml');
    assert.equal(textOf(app.saved[0]?.base64), '# isError,snapshot\nserver: files\n');
    detail = buildCallDetail({ resultState: 'none', result: undefined });
    await state.open(buildRecordedCall());
    await state.saveAsTest();
    assert.match(textOf(app.saved[1]?.base64), /^# snapshot\n/);
  });

  it('opens a test in the editor, where there is no download', async () => {
    await open(true);
    await state.open(buildRecordedCall());
    await state.saveAsTest();
    assert.deepEqual([app.texts[0]?.name, app.saved.length], ['files.read.mcptest.yaml', 0]);
  });

  it('exports all pieces with the filters of now', async () => {
    await open();
    state.calls.filter({ outcome: 'failed' });
    await state.export('csv');
    assert.equal(app.saved[0]?.name, 'quayside-calls.csv');
    assert.equal(textOf(app.saved[0]?.base64), 'csv failed\ncsv failed\n');
    assert.equal(app.askedFor('exportCalls')[1]?.query.get('after'), '7');
  });

  it('changes what is kept, and deletes all', async () => {
    await open();
    await state.change({ keep: 'everything' });
    assert.equal(state.settings.value.value?.keep, 'everything');
    assert.equal(await state.clear(), true);
    assert.deepEqual(app.askedFor('deleteCalls')[0]?.body, {});
  });
});

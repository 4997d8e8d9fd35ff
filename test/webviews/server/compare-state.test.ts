import assert from 'node:assert/strict';
import type { SavedCall } from '../../../shared/api/calls.ts';
import type { Comparison, ToolDifference } from '../../../shared/api/comparisons.ts';
import {
  byUrgency,
  type CompareState,
  createCompareState,
  groupNotMade,
  planCalls,
  ratioText,
  readDraft,
} from '../../../webviews/server/compare.state.ts';
import { type Answers, type CannedApp, createCannedApp, pageWith, refuse, until } from '../canned-api.ts';

const at = '2026-01-02T03:04:05.000Z';
const build = (change: Partial<Comparison> = {}): Comparison => ({
  ...{ id: 'one', state: 'running', step: 'Waiting', serverId: 'mine', other: '2.0.0', problem: null },
  ...{ tools: [], unchangedTools: 0, calls: [], notReplayed: [], breaking: false, latencyRatio: null },
  ...{ startedAt: at, endedAt: null },
  ...change,
});
const ended = (change: Partial<Comparison> = {}) =>
  build({ state: 'succeeded', step: 'Compared', endedAt: at, ...change });
const summaryOf = ({ tools: _, calls: __, notReplayed: ___, ...summary }: Comparison) => summary;
const session = {
  principal: { id: 'owner', kind: 'owner', name: 'owner', roles: ['owner'] },
  permissions: ['tools:read', 'tools:call', 'servers:manage'],
};

describe('comparisons on a server’s page', () => {
  let app: CannedApp;
  let state: CompareState;
  const open = (answers: Answers) => {
    app = createCannedApp({
      listSavedCalls: () => pageWith([]),
      listServerComparisons: () => pageWith([]),
      ...answers,
    });
    app.live.session.set(session as never);
    state = createCompareState(app, 'mine');
  };
  afterEach(() => state.close());

  it('are followed from their start to their end, which puts them among those that are known', async () => {
    const steps = [build({ step: 'Comparing the tools' }), ended({ breaking: true })];
    let last = build();
    open({
      createComparison: () => last,
      getComparison: () => {
        last = steps.shift() ?? last;
        return last;
      },
      listServerComparisons: () => pageWith(last.endedAt === null ? [] : [summaryOf(last)]),
    });
    await state.start({ version: '2.0.0' });
    assert.deepEqual(app.askedFor('createComparison')[0]?.body, { serverId: 'mine', other: { version: '2.0.0' } });
    assert.equal(state.shown.value?.step, 'Waiting');
    await until(() => state.shown.value?.step === 'Comparing the tools');
    await until(() => state.shown.value?.endedAt && state.known.value.value?.length === 1);
    assert.equal(state.shown.value?.breaking, true);
  });

  it('that run already are found by whoever opens the page, and can be cancelled', async () => {
    let now = build();
    open({
      listServerComparisons: () => pageWith([summaryOf(now)]),
      getComparison: () => now,
      cancelComparison: () => {
        now = ended({ state: 'cancelled', step: 'Cancelled' });
        return now;
      },
    });
    await until(() => state.shown.value?.state === 'running');
    await state.cancel();
    assert.equal(state.shown.value?.state, 'cancelled');
    assert.match(app.askedFor('cancelComparison')[0]?.path ?? '', /\/comparisons\/one\/cancel$/);
  });

  it('show another of those before, and an answer that is late does not take its place', async () => {
    let letGo = (): void => {};
    const late = new Promise<void>(resolve => {
      letGo = resolve;
    });
    open({
      listServerComparisons: () => pageWith([summaryOf(ended()), summaryOf(ended({ id: 'two' }))]),
      getComparison: async ({ path }) => {
        if (path.endsWith('/two')) return ended({ id: 'two' });
        await late;
        return ended();
      },
    });
    await until(() => app.askedFor('getComparison').length === 1);
    await state.show('two');
    letGo();
    await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal(state.shown.value?.id, 'two');
  });

  it('say why they were not begun, and that a daemon knows them no more', async () => {
    const detail = 'Two comparisons run already.';
    open({
      createComparison: () => refuse('TEST_003', { detail, next: 'Wait for one of them.' }),
      getComparison: () => refuse('TEST_001', { detail: 'Gone.', next: '' }),
    });
    await state.start({ serverId: 'other' });
    assert.equal(state.starting.problem.value?.detail, detail);
    assert.equal(state.shown.value, undefined);
    await state.show('one');
    assert.equal(state.lost.value?.code, 'TEST_001');
  });

  it('ask nothing that the person may not see', async () => {
    app = createCannedApp({});
    app.live.session.set({ ...session, permissions: [] } as never);
    state = createCompareState(app, 'mine');
    await new Promise(resolve => setTimeout(resolve, 10));
    assert.deepEqual(app.asked, []);
  });
});

describe('the form of a comparison', () => {
  it('takes an exact version, latest, or another server, and says what is wrong otherwise', () => {
    const version = (text: string) => readDraft({ with: 'version', version: text, serverId: 'other' });
    assert.deepEqual(version(' 1.2.3 '), { other: { version: '1.2.3' } });
    assert.deepEqual(version('latest'), { other: { version: 'latest' } });
    for (const wrong of ['', '^1.0.0', '1.2', 'next']) assert.ok('error' in version(wrong), wrong);
    const server = (serverId: string) => readDraft({ with: 'server', version: '', serverId });
    assert.deepEqual([server('other'), server('')], [{ other: { serverId: 'other' } }, { error: 'Choose a server.' }]);
  });

  it('tells which saved calls will be made, those first, and decides nothing while the tools are not known', () => {
    const call = (target: string): SavedCall => ({
      ...{ id: target, serverId: 'mine', kind: 'tool', target, title: target, arguments: {} },
      ...{ createdAt: at, updatedAt: at },
    });
    const tool = (name: string, readOnly: boolean | null) => ({
      name,
      annotations: { readOnly, destructive: null, idempotent: null, openWorld: null },
    });
    const saved = [call('write'), call('gone'), call('read')];
    const planned = planCalls(saved, [tool('read', true), tool('write', null)]);
    assert.deepEqual(
      planned.map(each => [each.saved.target, each.reason]),
      [
        ['read', undefined],
        ['write', 'its tool does not say that it only reads'],
        ['gone', 'the server has no such tool'],
      ],
    );
    assert.ok(planCalls(saved, undefined).every(({ reason }) => reason === undefined));
  });
});

describe('what a comparison has found', () => {
  it('begins with what may break callers', () => {
    const tool = (name: string, kind: ToolDifference['kind'], breaking: boolean): ToolDifference => ({
      ...{ tool: name, kind, breaking, changes: [], diff: '' },
    });
    const sorted = byUrgency([
      tool('a', 'added', false),
      tool('b', 'changed', false),
      tool('c', 'changed', true),
      tool('d', 'removed', true),
    ]);
    assert.equal(sorted.map(each => each.tool).join(''), 'dcba');
  });

  it('has a ratio of times only where there is one, and each reason once', () => {
    assert.deepEqual([ratioText(100, 125), ratioText(0, 5)], ['× 1.25', '']);
    const calls = ['a', 'b', 'a'].map(name => ({ tool: name, reason: name === 'b' ? 'other' : 'same' }));
    assert.deepEqual(groupNotMade(calls), [
      { reason: 'same', tools: ['a'], calls: 2 },
      { reason: 'other', tools: ['b'], calls: 1 },
    ]);
  });
});

// The history of calls: a page of it, by filters, with figures, and what is kept of each.
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Call, CallDetail, CallOutcome, CallSettings, CallStatistics } from '../../shared/api/calls.ts';
import type { WantedAssertion } from '../../shared/api/tests.ts';
import type { CallResult } from '../../shared/api/tool-calls.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { createFilteredPages, type FilteredPages, saveExport } from '../kit/filtered-pages.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { saveText } from '../kit/save-text.ts';

/** As a person sets them; empty: not looked at. */
export interface CallFilters {
  outcome: '' | CallOutcome;
  server: string;
  tool: string;
  caller: string;
  q: string;
  /** Milliseconds, as typed. */
  slowerThan: string;
}

export const noFilters: CallFilters = { outcome: '', server: '', tool: '', caller: '', q: '', slowerThan: '' };

export interface CallsState {
  readonly calls: FilteredPages<Call, CallFilters>;
  readonly statistics: Load<CallStatistics[]>;
  readonly settings: Load<CallSettings>;
  readonly opened: ReadonlySignal<CallDetail | undefined>;
  readonly replayed: ReadonlySignal<CallResult | undefined>;
  readonly act: Act;
  /** Calls have come that the list does not show, because somebody is at it. */
  readonly newer: ReadonlySignal<boolean>;
  /** While somebody is at the list, or a call is opened, it does not move. */
  hold(held: boolean): void;
  showNewer(): void;
  /** Opens a call, or closes the one that is open. */
  open(call: Call | undefined): Promise<void>;
  replay(): Promise<void>;
  /** The opened call as a test file: a download of the page, a document in the editor. */
  saveAsTest(): Promise<void>;
  export(format: 'jsonl' | 'csv'): Promise<void>;
  change(settings: Partial<Pick<CallSettings, 'keep' | 'redactResults' | 'days' | 'megabytes'>>): Promise<void>;
  clear(): Promise<boolean>;
  close(): void;
}

/** Calls come in bursts: the list follows them at this pace. */
const followMilliseconds = 1_000;

export function createCallsState({ api, live, host }: App): CallsState {
  const opened = signal<CallDetail | undefined>(undefined);
  const replayed = signal<CallResult | undefined>(undefined);
  const act = createAct();
  const calls = createFilteredPages<Call, CallFilters>(noFilters, ({ filters, page, limit }, abort) =>
    api.listCalls({ query: { page, limit, ...toQuery(filters) } }, { signal: abort }),
  );
  const statistics = createLoad(
    async abort => (await api.getCallStatistics({ query: { by: 'tool' } }, { signal: abort })).items,
  );
  const settings = createLoad(abort => api.getCallSettings({}, { signal: abort }));
  const newer = signal(false);
  const readAll = () => void Promise.all([calls.reload(), statistics.reload()]);
  const stopComparing = effect(() => {
    if (calls.value.value) newer.value = false;
  });
  let held = false;
  const follow = () => {
    if (held || opened.value) newer.value = true;
    else readAll();
  };
  const followAgain = () => {
    if (newer.value && !held && !opened.value) readAll();
  };
  void statistics.reload();
  void settings.reload();
  let following: ReturnType<typeof setTimeout> | undefined;
  const stop = live.onEvent(({ type }) => {
    if (type === 'reset') readAll();
    else if (type === 'call.finished' && calls.page.value === 1) {
      following ??= setTimeout(() => {
        following = undefined;
        follow();
      }, followMilliseconds);
    }
  });
  return {
    calls,
    statistics,
    settings,
    opened,
    replayed,
    act,
    newer,
    hold(next) {
      held = next;
      followAgain();
    },
    showNewer: readAll,
    async open(call) {
      replayed.value = undefined;
      opened.value = call && (await act.run(`open ${call.id}`, () => api.getCall({ params: { id: call.id } })));
      followAgain();
    },
    async replay() {
      const { id } = opened.value ?? {};
      if (id === undefined) return;
      replayed.value = await act.run('replay', () => api.replayCall({ params: { id }, body: {} }));
    },
    async saveAsTest() {
      const call = opened.value;
      if (!call) return;
      const { id } = call;
      const body = { assertions: assertionsFor(call) };
      const made = await act.run('test', () => api.makeTestOfCall({ params: { id }, body }));
      if (!made) return;
      saveText(host, made.fileName, made.text);
      announce('The call was written as a test.');
    },
    export: async format => {
      await act.run(format, async () => {
        const query = { ...toQuery(calls.filters.value), format };
        await saveExport(host, `quayside-calls.${format}`, after => api.exportCalls({ query: { ...query, after } }));
        announce('The calls were exported.');
      });
    },
    async change(change) {
      const changed = await act.run('settings', () => api.updateCallSettings({ body: change }));
      if (changed) settings.set(changed);
    },
    async clear() {
      const done = await act.run('clear', () => api.deleteCalls({ body: {} }));
      if (done) announce(`${done.deleted} calls were deleted.`);
      readAll();
      void settings.reload();
      return done !== undefined;
    },
    close() {
      clearTimeout(following);
      stopComparing();
      stop();
      for (const load of [calls, statistics, settings]) load.close();
    },
  };
}

/** What was not kept cannot be expected: then the first run of the test writes down what came. */
const assertionsFor = ({ resultState }: CallDetail): WantedAssertion[] =>
  resultState === 'whole' || resultState === 'hidden' ? ['isError', 'snapshot'] : ['snapshot'];

/** What is asked of the daemon for these filters. What is no number, or no name, is not asked for. */
export function toQuery({ outcome, server, tool, caller, q, slowerThan }: CallFilters) {
  const text = (value: string, name: 'tool' | 'caller' | 'q') => (value.trim() ? { [name]: value.trim() } : {});
  const slower = Number(slowerThan);
  return {
    ...(outcome === '' ? {} : { outcome }),
    ...(server === '' ? {} : { server }),
    ...text(tool, 'tool'),
    ...text(caller, 'caller'),
    ...text(q, 'q'),
    ...(slowerThan.trim() !== '' && slower >= 0 ? { slower_than: slower } : {}),
  };
}

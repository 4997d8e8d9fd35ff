// The comparisons of one server: what is compared with it, the one that is shown, and those before.
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { SavedCall } from '../../shared/api/calls.ts';
import type { Comparison, ComparisonSummary, NewComparison, ToolDifference } from '../../shared/api/comparisons.ts';
import type { Problem } from '../../shared/api/problem.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { ExactVersion } from '../../shared/domain/names.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, asProblem, createAct, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { createPermittedLoad } from '../kit/permitted-load.ts';

export interface CompareState {
  /** The newest first, without what they found. */
  readonly known: Load<ComparisonSummary[]>;
  readonly shown: ReadonlySignal<Comparison | undefined>;
  /** Why the one that is shown could not be read again. */
  readonly lost: ReadonlySignal<Problem | undefined>;
  /** Calls of the server that a person has saved: a comparison makes them by itself. */
  readonly saved: Load<SavedCall[]>;
  readonly starting: Act;
  readonly cancelling: Act;
  start(other: NewComparison['other']): Promise<void>;
  cancel(): Promise<void>;
  show(id: string): Promise<void>;
  close(): void;
}

const pollMilliseconds = 400;
const shownMost = 20;

export function createCompareState({ api, live }: Pick<App, 'api' | 'live'>, serverId: string): CompareState {
  const shown = signal<Comparison | undefined>(undefined);
  const lost = signal<Problem | undefined>(undefined);
  const starting = createAct();
  const cancelling = createAct();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wanted: string | undefined;
  let closed = false;

  const known = createPermittedLoad(live, 'tools:read', async abort => {
    const query = { limit: shownMost, sort_order: 'desc' } as const;
    return (await api.listServerComparisons({ params: { id: serverId }, query }, { signal: abort })).items;
  });
  const saved = createPermittedLoad(live, 'tools:call', abort =>
    readAllPages(query =>
      api.listSavedCalls({ query: { ...query, server: serverId, kind: 'tool' } }, { signal: abort }),
    ),
  );

  const take = (next: Comparison): void => {
    if (closed || next.id !== wanted) return;
    const before = shown.value;
    shown.value = next;
    lost.value = undefined;
    if (next.endedAt === null) readLater();
    else if (before?.id === next.id && before.endedAt === null) {
      announce(endText(next));
      void known.reload();
    }
  };
  const read = async (): Promise<void> => {
    const id = wanted;
    if (id === undefined || closed) return;
    try {
      take(await api.getComparison({ params: { id } }));
    } catch (error) {
      if (closed || id !== wanted) return;
      lost.value = asProblem(error);
      // A daemon that is away may come back and know it still; what it does not know is over.
      if (lost.value.code === 'TEST_001') shown.value = undefined;
      else if (shown.value?.endedAt === null) readLater();
    }
  };
  const readLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), pollMilliseconds);
  };
  const show = async (id: string): Promise<void> => {
    clearTimeout(timer);
    wanted = id;
    await read();
  };
  // Whoever comes back, or comes later, finds the last one, also while it runs.
  const stopAdopting = effect(() => {
    const last = known.value.value?.[0];
    if (last && wanted === undefined) untracked(() => void show(last.id));
  });
  const stopListening = live.onEvent(event => {
    if (event.type === 'reset') void known.reload();
  });

  return {
    known,
    shown,
    lost,
    saved,
    starting,
    cancelling,
    show,
    async start(other) {
      const begun = await starting.run('start', () => api.createComparison({ body: { serverId, other } }));
      if (!begun) return;
      cancelling.dismiss();
      wanted = begun.id;
      take(begun);
    },
    async cancel() {
      const id = shown.value?.id;
      if (id === undefined) return;
      const ended = await cancelling.run('cancel', () => api.cancelComparison({ params: { id } }));
      if (ended) take(ended);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      stopAdopting();
      stopListening();
      known.close();
      saved.close();
    },
  };
}

/** How it ended, in a sentence. */
export function endText({ state, other, breaking }: Pick<Comparison, 'state' | 'other' | 'breaking'>): string {
  if (state === 'cancelled') return 'The comparison was cancelled.';
  if (state === 'failed') return `It could not be compared with ${other}.`;
  return breaking ? `With ${other}, callers may break.` : `Nothing found in ${other} that breaks callers.`;
}

export interface CompareDraft {
  with: 'version' | 'server';
  version: string;
  /** Empty: none is chosen. */
  serverId: string;
}

/** What the form asks for, or what is wrong with it. */
export function readDraft(draft: CompareDraft): { other: NewComparison['other'] } | { error: string } {
  if (draft.with === 'server')
    return draft.serverId === '' ? { error: 'Choose a server.' } : { other: { serverId: draft.serverId } };
  const version = draft.version.trim();
  if (version === 'latest' || ExactVersion.safeParse(version).success) return { other: { version } };
  return { error: 'Write an exact version such as 1.2.3, or latest.' };
}

export interface PlannedCall {
  saved: SavedCall;
  /** Why it will not be made; undefined: it will. */
  reason: string | undefined;
}

/** Which saved calls will be made. What the other one says of its tools is not known before; those that read come first. */
export function planCalls(
  saved: readonly SavedCall[],
  tools: readonly Pick<Tool, 'name' | 'annotations'>[] | undefined,
): PlannedCall[] {
  const planned = saved.map(call => ({ saved: call, reason: reasonNotTo(call.target, tools) }));
  return planned.toSorted((a, b) => Number(a.reason !== undefined) - Number(b.reason !== undefined));
}

function reasonNotTo(
  name: string,
  tools: readonly Pick<Tool, 'name' | 'annotations'>[] | undefined,
): string | undefined {
  if (!tools || tools.length === 0) return undefined;
  const tool = tools.find(each => each.name === name);
  if (!tool) return 'the server has no such tool';
  return tool.annotations.readOnly === true ? undefined : 'its tool does not say that it only reads';
}

const kindOrder = { removed: 0, changed: 1, added: 2 } as const;

/** What may break callers first, then what is gone, what is changed and what is new. */
export const byUrgency = (tools: readonly ToolDifference[]): ToolDifference[] =>
  tools.toSorted((a, b) => Number(b.breaking) - Number(a.breaking) || kindOrder[a.kind] - kindOrder[b.kind]);

/** How many times as long the other one took: "× 1.25". Empty where nothing can be said. */
export const ratioText = (before: number, after: number): string =>
  before > 0 ? `× ${(after / before).toFixed(2)}` : '';

export interface NotMade {
  reason: string;
  tools: string[];
  calls: number;
}

/** Why calls were not made, each reason once. */
export const groupNotMade = (calls: Comparison['notReplayed']): NotMade[] =>
  [...Map.groupBy(calls, ({ reason }) => reason)].map(([reason, those]) => ({
    reason,
    tools: [...new Set(those.map(({ tool }) => tool))],
    calls: those.length,
  }));

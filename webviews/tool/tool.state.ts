// One tool's form and its calls.
import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import { type Problem, problem as problemOf } from '../../shared/api/problem.ts';
import type { CallResult } from '../../shared/api/tool-calls.ts';
import type { Tool } from '../../shared/api/tools.ts';
import type { Json } from '../../shared/domain/json-schema.ts';
import type { App } from '../kit/app.ts';
import { asProblem, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import {
  absent,
  type Draft,
  type FieldErrors,
  initialDraft,
  parseJson,
  placeErrors,
  placesOf,
  toArguments,
  toDraft,
} from './draft.ts';
import { type GroupField, type JsonField, toFields } from './schema-form.ts';
import { createWatchedCall, type WatchedCall } from './watched-call.ts';

export interface ToolState {
  readonly tool: Load<Tool>;
  readonly field: ReadonlySignal<GroupField | JsonField | undefined>;
  readonly draft: ReadonlySignal<Draft>;
  /** Of the form itself once a call was tried, and of the daemon's last refusal. */
  readonly errors: ReadonlySignal<FieldErrors>;
  readonly json: ReadonlySignal<string>;
  readonly jsonError: ReadonlySignal<string | undefined>;
  /** Epoch milliseconds of the running call's start. */
  readonly runningSince: ReadonlySignal<number | undefined>;
  /** The approval that the running call waits for. */
  readonly heldBy: ReadonlySignal<string | undefined>;
  /** How long the last call ran before the person cancelled it, in milliseconds. */
  readonly cancelledAfter: ReadonlySignal<number | undefined>;
  readonly result: ReadonlySignal<CallResult | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  /** What comes of the call that runs. */
  readonly watched: WatchedCall;
  /** What would be sent now; undefined while it is wrong. */
  currentArguments(): Record<string, unknown> | undefined;
  /** Fills the form. */
  use(args: Record<string, unknown>): void;
  edit(draft: Draft): void;
  editJson(text: string): void;
  reset(): void;
  /** Sends the arguments, unless they are wrong already. Resolves when the call has ended. */
  call(): Promise<void>;
  cancel(): void;
  close(): void;
}

const cancelled = new Error('cancelled by the person');

export function createToolState(app: App, serverId: string, name: string): ToolState {
  const { api, live } = app;
  const watched = createWatchedCall(app);
  const tool = createLoad(async abort => {
    const tools = await readAllPages(query =>
      api.listServerTools({ params: { id: serverId }, query }, { signal: abort }),
    );
    const found = tools.find(candidate => candidate.name === name);
    if (!found) {
      throw problemOf('TOOL_001', {
        detail: `The server "${serverId}" has no tool named "${name}".`,
        next: 'Open the server to see the tools that it has; it may have to run once first.',
      });
    }
    return found;
  });
  const schemaText = computed(() => JSON.stringify(tool.value.value?.inputSchema));
  // By the schema's text: an equal schema read again must not throw away what was typed.
  const field = computed(() => (schemaText.value === undefined ? undefined : toFields(JSON.parse(schemaText.value))));
  const edited = signal<Draft | undefined>(undefined);
  let drawn = field.peek();
  const stopWatching = effect(() => {
    const next = field.value;
    // Another schema: what was typed moves over, as far as it fits.
    if (drawn && next && next !== drawn && edited.peek())
      edited.value = toDraft(next, toArguments(drawn, edited.peek() ?? absent).value);
    drawn = next;
  });
  const draft = computed(() => edited.value ?? (field.value ? initialDraft(field.value) : absent));
  const outcome = computed(() =>
    field.value ? toArguments(field.value, draft.value) : { value: undefined, errors: new Map<string, string>() },
  );
  const tried = signal(false);
  const refused = signal<FieldErrors>(new Map());
  const jsonText = signal<string | undefined>(undefined);
  const jsonError = signal<string | undefined>(undefined);
  const runningSince = signal<number | undefined>(undefined);
  const heldBy = signal<string | undefined>(undefined);
  const cancelledAfter = signal<number | undefined>(undefined);
  const result = signal<CallResult | undefined>(undefined);
  const problem = signal<Problem | undefined>(undefined);
  let running: AbortController | undefined;

  const edit = (next: Draft) =>
    batch(() => {
      edited.value = next;
      jsonText.value = undefined;
      jsonError.value = undefined;
      refused.value = new Map();
    });

  const run = async (args: Record<string, unknown>, abort: AbortSignal): Promise<void> => {
    try {
      const answer = await api.callTool(
        { params: { id: serverId, tool: name }, body: { arguments: args, ...watched.begin() } },
        { signal: abort },
      );
      result.value = answer;
    } catch (error) {
      if (error === cancelled) {
        cancelledAfter.value = Date.now() - (runningSince.value ?? Date.now());
        return;
      }
      const failure = asProblem(error);
      problem.value = failure;
      if (field.value) refused.value = placeErrors(failure.errors ?? [], placesOf(field.value, draft.value));
    } finally {
      watched.end();
      heldBy.value = undefined;
    }
  };

  void tool.reload();
  const stop = live.onEvent(event => {
    if (event.type === 'reset' || (event.type === 'tools.changed' && event.serverId === serverId)) void tool.reload();
    if (event.type !== 'approval.changed') return;
    if (event.state !== 'waiting') heldBy.value = heldBy.value === event.approvalId ? undefined : heldBy.value;
    else if (running && event.serverId === serverId && event.tool === name) heldBy.value = event.approvalId;
  });
  return {
    tool,
    field,
    draft,
    errors: computed(() => new Map([...(tried.value ? outcome.value.errors : []), ...refused.value])),
    json: computed(() => jsonText.value ?? JSON.stringify(outcome.value.value ?? {}, null, 2)),
    jsonError,
    runningSince,
    heldBy,
    cancelledAfter,
    result,
    problem,
    watched,
    currentArguments() {
      const { value, errors } = outcome.value;
      return errors.size === 0 && isArguments(value) ? value : undefined;
    },
    use(args) {
      if (field.value) edit(toDraft(field.value, args as Json));
    },
    edit,
    editJson(text) {
      const parsed = parseJson(text);
      const error =
        'error' in parsed ? parsed.error : isArguments(parsed.value) ? undefined : 'This must be an object.';
      batch(() => {
        if ('value' in parsed && error === undefined && field.value) edit(toDraft(field.value, parsed.value));
        jsonText.value = text;
        jsonError.value = error;
      });
    },
    reset() {
      batch(() => {
        edit(field.value ? initialDraft(field.value) : absent);
        tried.value = false;
        cancelledAfter.value = undefined;
        result.value = undefined;
        problem.value = undefined;
      });
    },
    async call() {
      if (running) return;
      const { value, errors } = outcome.value;
      tried.value = true;
      if (errors.size > 0 || jsonError.value !== undefined || !isArguments(value)) return;
      running = new AbortController();
      batch(() => {
        runningSince.value = Date.now();
        cancelledAfter.value = undefined;
        result.value = undefined;
        problem.value = undefined;
        refused.value = new Map();
      });
      await run(value, running.signal);
      running = undefined;
      runningSince.value = undefined;
    },
    cancel() {
      running?.abort(cancelled);
    },
    close() {
      stop();
      stopWatching();
      tool.close();
      watched.close();
      running?.abort(cancelled);
    },
  };
}

const isArguments = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

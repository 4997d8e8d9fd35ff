import { useEffect, useId, useRef } from 'preact/hooks';
import type { Tool } from '../../shared/api/tools.ts';
import { canStart } from '../../shared/domain/server-state.ts';
import { announce } from '../kit/announcer.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Loaded, Note, ProblemNotice, Ring } from '../kit/feedback.tsx';
import { Field as FieldFrame, TextArea } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { formatDuration } from '../kit/format.ts';
import { useKeptFocus } from '../kit/kept-focus.ts';
import { createAct } from '../kit/load.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { StateMark } from '../kit/server-state.tsx';
import { Description, ServerText } from '../kit/text.tsx';
import { HeldCall } from './held-call.view.tsx';
import { NoSuchTool } from './no-such-tool.view.tsx';
import { ResultView } from './result.view.tsx';
import { SavedCalls } from './saved-calls.view.tsx';
import { FieldView, GroupFields } from './schema-form.view.tsx';
import { createToolState, type ToolState } from './tool.state.ts';
import { NameAtMcp } from './tool-name.view.tsx';
import { WatchedCallView } from './watched-call.view.tsx';
import './tool.css';

/** One tool: what it is, a form for its arguments, and what it answered. */
export function ToolView({ serverId, name }: { serverId: string; name: string }) {
  const app = useApp();
  const state = useOwned(() => createToolState(app, serverId, name));
  const isMissing = state.tool.value.value === undefined && state.tool.problem.value?.code === 'TOOL_001';
  if (isMissing) return <NoSuchTool serverId={serverId} name={name} onRetry={() => void state.tool.reload()} />;
  return (
    <div class="view tool-view">
      <nav class="crumbs" aria-label="Place">
        <PlaceLink to={{ view: 'server', id: serverId }}>{serverId}</PlaceLink>
        <Icon name="chevron-right" />
        <span>
          <ServerText text={name} />
        </span>
      </nav>
      <Loaded load={state.tool} what="the tool">
        {tool => (
          <>
            <ToolHead tool={tool} />
            <ServerNotice serverId={serverId} tool={tool} />
            <NameAtMcp tool={tool} />
            <div class="tool-columns">
              <div>
                <ArgumentsForm state={state} tool={tool} />
                <SavedCalls
                  what={{ serverId, kind: 'tool', target: name }}
                  current={state.currentArguments}
                  onUse={saved => state.use(saved.arguments)}
                />
              </div>
              <Outcome state={state} />
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

function ToolHead({ tool }: { tool: Tool }) {
  const { readOnly, destructive, idempotent, openWorld } = tool.annotations;
  const hints = [
    readOnly === true && 'reads only',
    destructive === true && readOnly !== true && 'may destroy data',
    idempotent === true && readOnly !== true && 'repeating changes nothing more',
    openWorld === true && 'reaches other systems',
  ].filter((hint): hint is string => typeof hint === 'string');
  return (
    <header class="view-head">
      <h1>
        <Icon name="tools" /> <ServerText text={tool.title ?? tool.name} />
      </h1>
      <Description text={tool.description} />
      {hints.length > 0 && (
        <p class="facts">
          <span>The server says:</span>
          {hints.map(hint => (
            <Badge key={hint}>{hint}</Badge>
          ))}
        </p>
      )}
    </header>
  );
}

/** Why a call would fail now, with the way out. */
function ServerNotice({ serverId, tool }: { serverId: string; tool: Tool }) {
  const { api, live } = useApp();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const server = live.servers.value.value?.find(({ id }) => id === serverId);
  const start = () => void act.run('start', () => api.startServer({ params: { id: serverId } }));
  const enable = () =>
    void act.run('enable', () =>
      api.updateTool({ params: { id: serverId, tool: tool.name }, body: { enabled: true } }),
    );
  return (
    <>
      {act.problem.value && <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />}
      {server && server.state !== 'running' && (
        <Note icon="debug-disconnect">
          <p>
            The server has to run before this tool can be called. Now: <StateMark state={server.state} />
          </p>
          {canStart(server.state) && (
            <div class="button-row">
              <Button
                asks="startServer"
                kind="primary"
                icon="play"
                busy={act.running.value === 'start'}
                onClick={start}
              >
                Start {serverId}
              </Button>
            </div>
          )}
        </Note>
      )}
      {tool.quarantined && (
        <Note icon="shield" tone="warning">
          <p>
            This tool is in quarantine: it is not what was approved, so it is neither listed for clients nor callable.{' '}
            <PlaceLink to={{ view: 'gateway', tab: 'changes' }}>Look at what has changed</PlaceLink>
          </p>
        </Note>
      )}
      {!tool.enabled && (
        <Note icon="circle-slash">
          <p>This tool is switched off: it is neither listed for clients nor callable.</p>
          <div class="button-row">
            <Button asks="updateTool" icon="check" busy={act.running.value === 'enable'} onClick={enable}>
              Switch it on
            </Button>
          </div>
        </Note>
      )}
    </>
  );
}

const isMac = /mac|iphone|ipad/i.test(navigator.platform);

function ArgumentsForm({ state, tool }: { state: ToolState; tool: Tool }) {
  const field = state.field.value;
  const form = useRef<HTMLDivElement>(null);
  const running = state.runningSince.value !== undefined;
  // Why stands above, with the way out.
  const isRefused = tool.quarantined || !tool.enabled;
  const call = async () => {
    if (isRefused) return;
    const before = state.errors.value.size;
    await state.call();
    if (state.errors.value.size > 0 || before > 0) focusFirstError(form.current);
  };
  if (!field) return null;
  const top = state.errors.value.get('');
  const nothing = field.kind === 'group' && field.fields.length === 0;
  return (
    <section aria-label="Arguments" ref={form}>
      <Form label={`Call ${tool.name}`} onSubmit={() => void call()} sendOnEnter={false}>
        <h2>Arguments</h2>
        {nothing && <p class="quiet">This tool takes no arguments.</p>}
        {field.kind === 'group' ? (
          <GroupFields
            field={field}
            draft={state.draft.value}
            at=""
            errors={state.errors.value}
            onChange={state.edit}
          />
        ) : (
          <FieldView
            field={{ ...field, label: 'Arguments' }}
            draft={state.draft.value}
            at=""
            errors={state.errors.value}
            onChange={state.edit}
          />
        )}
        {top !== undefined && field.kind === 'group' && (
          <p class="field-error" role="alert">
            <Icon name="error" /> <ServerText text={top} />
          </p>
        )}
        <RawArguments state={state} />
        <div class="button-row call-row">
          <Button asks="callTool" kind="primary" icon="play" type="submit" disabled={isRefused} busy={running}>
            Call
          </Button>
          {running ? (
            <Button icon="debug-stop" onClick={state.cancel}>
              Cancel
            </Button>
          ) : (
            <Button icon="discard" onClick={state.reset}>
              Reset
            </Button>
          )}
          <span class="field-hint">
            <kbd>{isMac ? 'Cmd' : 'Ctrl'}</kbd> + <kbd>Enter</kbd> calls
          </span>
        </div>
      </Form>
    </section>
  );
}

/** The arguments as they will be sent; writing here fills the form. */
function RawArguments({ state }: { state: ToolState }) {
  const id = useId();
  return (
    <details class="raw-arguments">
      <summary id={id}>Arguments as JSON</summary>
      <div class="raw-arguments-body">
        <FieldFrame label="All arguments" error={state.jsonError.value}>
          <TextArea
            value={state.json.value}
            onInput={state.editJson}
            rows={Math.min(16, state.json.value.split('\n').length + 1)}
            monospace
          />
        </FieldFrame>
        <CopyButton text={() => state.json.value} label="Copy the arguments" />
      </div>
    </details>
  );
}

function focusFirstError(form: HTMLElement | null): void {
  // After the render that shows the errors.
  setTimeout(() => {
    const first = form?.querySelector<HTMLElement>(
      '[aria-invalid="true"], .field-invalid input, .field-invalid vscode-button',
    );
    first?.focus();
  }, 0);
}

function Outcome({ state }: { state: ToolState }) {
  const keptFocus = useKeptFocus<HTMLDivElement>();
  const since = state.runningSince.value;
  const now = useNow(100, since !== undefined);
  const result = state.result.value;
  const problem = state.problem.value;
  const cancelledAfter = state.cancelledAfter.value;
  useEffect(() => {
    if (since !== undefined) announce('The call runs.');
    else if (result)
      announce(
        `${result.isError ? 'The tool reported an error' : 'Result'} after ${formatDuration(result.durationMs)}.`,
      );
  }, [since, result]);
  return (
    <div class="outcome" {...keptFocus}>
      {since !== undefined && (
        <div class="running-call">
          <Ring />
          <span>Running for {formatDuration(Math.max(100, Math.floor((now - since) / 100) * 100))}</span>
        </div>
      )}
      {state.heldBy.value !== undefined && <HeldCall key={state.heldBy.value} id={state.heldBy.value} />}
      <WatchedCallView call={state.watched} />
      {problem && <ProblemNotice problem={problem} />}
      {result && <ResultView result={result} />}
      {cancelledAfter !== undefined && (
        <Note icon="circle-slash">
          <p role="status">The call was cancelled after {formatDuration(cancelledAfter)}.</p>
        </Note>
      )}
      {since === undefined && !problem && !result && cancelledAfter === undefined && (
        <div class="outcome-empty quiet">
          <Icon name="output" />
          <p>The result will be shown here.</p>
        </div>
      )}
    </div>
  );
}

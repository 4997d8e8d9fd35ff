import { useState } from 'preact/hooks';
import type { MCPServerDetail, TestResult } from '../../shared/api/servers.ts';
import { canStart, canStop } from '../../shared/domain/server-state.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { LookOnly } from '../kit/permission.tsx';
import { StateMark } from '../kit/server-state.tsx';
import { type Tab, Tabs } from '../kit/tabs.tsx';
import { Description, ServerText } from '../kit/text.tsx';
import { AboutTab } from './about.view.tsx';
import { CompareTab } from './compare.view.tsx';
import { ConfigurationTab } from './configuration.view.tsx';
import { ContainersTab } from './containers.view.tsx';
import { PromptsTab, ResourcesTab, ToolsTab } from './offers.view.tsx';
import { OutputTab } from './output.view.tsx';
import { createServerState, type ServerState } from './server.state.ts';
import { SettingsTab } from './settings.view.tsx';
import { toSlotStates } from './slots.ts';
import { SlotsTab } from './slots.view.tsx';
import { TestsTab } from './tests.view.tsx';
import { UpdatePart } from './update.view.tsx';
import './server.css';

/** One server: its state and acts, and tabs for what it offers, its configuration and its output. */
export function ServerView({ id }: { id: string }) {
  const app = useApp();
  const state = useOwned(() => createServerState(app, id));
  if (state.removed.value)
    return (
      <div class="view">
        <Empty alone icon="trash" title={`There is no server named ${id}`}>
          <p>It was removed, or it was never installed.</p>
          <Button kind="primary" icon="library" onClick={() => app.host.open({ view: 'catalog' })}>
            Open the catalog
          </Button>
        </Empty>
      </div>
    );
  return (
    <div class="view server-view">
      {app.host.kind === 'page' && (
        <nav class="crumbs" aria-label="Place">
          <PlaceLink to={{ view: 'servers' }}>Servers</PlaceLink>
          <Icon name="chevron-right" />
          <span>{id}</span>
        </nav>
      )}
      <Loaded load={state.server} what="the server">
        {server => (
          <>
            <ServerHead server={server} state={state} />
            <LookOnly needs="servers:operate" />
            <ServerTabs server={server} state={state} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function ServerHead({ server, state }: { server: MCPServerDetail; state: ServerState }) {
  const { problem } = server;
  const failure = state.stopping.problem.value ?? state.act.problem.value;
  const dismiss = () => {
    state.act.dismiss();
    state.stopping.dismiss();
  };
  return (
    <header class="view-head">
      <div class="view-head-line">
        <h1>
          <Icon name="server-process" /> <ServerText text={server.title || server.id} />
        </h1>
        <Acts server={server} state={state} />
      </div>
      <p class="facts">
        <StateMark state={server.state} />
        <RunFacts server={server} />
        {server.profile !== null && (
          <span>
            <Icon name="layers" />{' '}
            <PlaceLink to={{ view: 'profiles', profile: server.profile }}>
              <ServerText text={server.profile} />
            </PlaceLink>
          </span>
        )}
        {!server.isolated && <Badge>not isolated</Badge>}
      </p>
      <Description text={server.description} />
      <UpdatePart key={server.id} server={server} />
      {problem && !failure && !state.test.value?.problem && <ProblemNotice problem={problem} severity="warning" />}
      {failure && <ProblemNotice problem={failure} onDismiss={dismiss} />}
      {state.test.value && <TestSteps result={state.test.value} />}
    </header>
  );
}

function RunFacts({ server }: { server: MCPServerDetail }) {
  const now = useNow(1_000, server.state === 'running' || server.state === 'restarting');
  return (
    <>
      {server.startedAt && server.state === 'running' && (
        <span>for {formatDuration(Math.floor((now - Date.parse(server.startedAt)) / 1000) * 1000 || 1000)}</span>
      )}
      {server.nextTryAt && server.state === 'restarting' && (
        <span>next try in {Math.max(0, Math.ceil((Date.parse(server.nextTryAt) - now) / 1000))} s</span>
      )}
      {server.pid !== null && <span>process {server.pid}</span>}
      {server.restarts > 0 && (
        <span>
          restarted {server.restarts} {server.restarts === 1 ? 'time' : 'times'}
        </span>
      )}
    </>
  );
}

function Acts({ server, state }: { server: MCPServerDetail; state: ServerState }) {
  const [deleting, setDeleting] = useState(false);
  const running = state.act.running.value;
  const startable = canStart(server.state);
  const stopping = state.stopping.running.value !== undefined || server.state === 'stopping';
  return (
    <fieldset class="button-row" aria-label="Acts on this server">
      {stopping || canStop(server.state) ? (
        <Button asks="stopServer" icon="debug-stop" busy={stopping} onClick={state.stop}>
          Stop
        </Button>
      ) : (
        <Button asks="startServer" kind="primary" icon="play" busy={running === 'start'} onClick={state.start}>
          Start
        </Button>
      )}
      <Button
        asks="restartServer"
        icon="debug-restart"
        busy={running === 'restart'}
        disabled={startable && running !== 'restart'}
        onClick={state.restart}
      >
        Restart
      </Button>
      <Button asks="testServer" icon="beaker" busy={running === 'test'} onClick={state.runTest}>
        Test
      </Button>
      <Button asks="deleteServer" icon="trash" busy={running === 'remove'} onClick={() => setDeleting(true)}>
        Delete
      </Button>
      {deleting && (
        <Dialog
          title={`Delete ${server.id}?`}
          onClose={() => setDeleting(false)}
          actions={
            <>
              <Button onClick={() => setDeleting(false)}>Keep it</Button>
              <Button
                kind="primary"
                icon="trash"
                onClick={() => {
                  setDeleting(false);
                  void state.remove();
                }}
              >
                Delete
              </Button>
            </>
          }
        >
          <p>
            The server is stopped, and it is removed{' '}
            {server.profile === null
              ? 'with its configuration and its files'
              : `from the profile ${server.profile} with its settings`}
            . This cannot be undone; it can be installed again.
          </p>
        </Dialog>
      )}
    </fieldset>
  );
}

const stepNames: Record<TestResult['steps'][number]['name'], string> = {
  start: 'Start',
  initialize: 'Initialise',
  ping: 'Ping',
  'list-tools': 'List tools',
};

const TestSteps = ({ result }: { result: TestResult }) => (
  <section class="test-result" aria-label="Test result">
    <p>
      <Icon name={result.ok ? 'pass-filled' : 'error'} class={result.ok ? 'state-good' : 'state-bad'} />{' '}
      <strong>{result.ok ? 'The test passed' : 'The test failed'}</strong>{' '}
      <span class="quiet">{formatDuration(result.durationMs)}</span>
    </p>
    <ol class="steps">
      {result.steps.map(step => (
        <li key={step.name}>
          <Icon name={step.ok ? 'check' : 'error'} class={step.ok ? 'state-good' : 'state-bad'} />
          <span>
            {stepNames[step.name]}
            <span class="only-heard">{step.ok ? ': passed' : ': failed'}</span>
          </span>
          <span class="quiet">{formatDuration(step.durationMs)}</span>
          <span class="quiet">
            <ServerText text={step.detail} />
          </span>
        </li>
      ))}
    </ol>
    {result.problem && <ProblemNotice problem={result.problem} />}
  </section>
);

function ServerTabs({ server, state }: { server: MCPServerDetail; state: ServerState }) {
  const { host } = useApp();
  const { value } = host.location;
  const docker = server.engine === 'docker';
  const wanted = value.view === 'server' ? value.tab : undefined;
  const tabs: Tab[] = [
    { id: 'overview', label: 'Overview' },
    {
      id: 'tools',
      label: <Counted name="Tools" count={server.toolCount === null ? undefined : state.tools.value.value?.length} />,
    },
    { id: 'resources', label: <Counted name="Resources" count={state.resources.value.value?.length} /> },
    { id: 'prompts', label: <Counted name="Prompts" count={state.prompts.value.value?.length} /> },
    { id: 'tests', label: 'Tests' },
    { id: 'compare', label: 'Compare' },
    { id: 'configuration', label: 'Configuration' },
    ...(docker ? [{ id: 'secrets', label: <Missing server={server} /> }] : []),
    { id: 'output', label: docker ? 'Logs' : 'Output' },
    ...(docker ? [{ id: 'containers', label: 'Containers' }] : []),
  ];
  const active = tabs.find(({ id }) => id === wanted)?.id ?? 'tools';
  return (
    <Tabs
      label="Parts of this server"
      tabs={tabs}
      active={active}
      onChange={tab => host.replace({ view: 'server', id: server.id, tab })}
    >
      {active === 'overview' && <AboutTab server={server} />}
      {active === 'tools' && <ToolsTab server={server} state={state} />}
      {active === 'resources' && <ResourcesTab server={server} state={state} />}
      {active === 'prompts' && <PromptsTab server={server} state={state} />}
      {active === 'tests' && <TestsTab serverId={server.id} />}
      {active === 'compare' && <CompareTab server={server} state={state} />}
      {active === 'configuration' &&
        (docker ? <SettingsTab server={server} state={state} /> : <ConfigurationTab server={server} state={state} />)}
      {active === 'secrets' && <SlotsTab server={server} state={state} />}
      {active === 'containers' && <ContainersTab server={server} />}
      {active === 'output' && <OutputTab state={state} />}
    </Tabs>
  );
}

/** Says on the tab itself that the server lacks what it cannot do without. */
function Missing({ server: { secretSlots, configuration } }: { server: MCPServerDetail }) {
  const lacking = toSlotStates(secretSlots, configuration.secretReferences, []).filter(
    ({ state, slot }) => slot.required && state === 'missing',
  ).length;
  return (
    <>
      Secrets
      {lacking > 0 && (
        <span class="tab-count">
          {lacking}
          <span class="only-heard"> missing</span>
        </span>
      )}
    </>
  );
}

const Counted = ({ name, count }: { name: string; count: number | undefined }) => (
  <>
    {name}
    {count !== undefined && <span class="tab-count">{count}</span>}
  </>
);

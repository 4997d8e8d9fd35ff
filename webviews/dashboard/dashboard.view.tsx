import { useEffect } from 'preact/hooks';
import type { DaemonStatus, EngineStatus } from '../../shared/api/daemon.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Button, Divider, Icon, PlaceLink } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select } from '../kit/fields.tsx';
import { countOf, formatBytes, formatDuration } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { RunningOperation } from '../kit/operation.tsx';
import { useOwned } from '../kit/owned.ts';
import { ServerList } from '../kit/server-list.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { clientSnippet, createSnippetState, recentProblems, runningOperations, tokenPlace } from './dashboard.state.ts';
import { DockerPart, DockerWarnings } from './docker.view.tsx';
import './dashboard.css';

const statusSeconds = 15;

/** What runs, what is wrong, and where clients connect. */
export function DashboardView() {
  const { live } = useApp();
  useEffect(() => {
    // Memory and clients change without an event.
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void live.status.reload();
    }, statusSeconds * 1_000);
    return () => clearInterval(timer);
  }, [live]);
  return (
    <div class="view dashboard-view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="dashboard" /> Dashboard
        </h1>
        <QuickLinks />
      </header>
      <Operations />
      <DockerWarnings />
      <Problems />
      <div class="dashboard-columns">
        <Servers />
        <div class="dashboard-side">
          <Connect />
          <Divider />
          <DockerPart />
          <Loaded load={live.status} what="the daemon's status">
            {status => <Machine status={status} />}
          </Loaded>
        </div>
      </div>
    </div>
  );
}

function QuickLinks() {
  const { host } = useApp();
  return (
    <nav class="quick-links" aria-label="Quick links">
      <PlaceLink to={{ view: 'catalog' }} class="link-button">
        <Icon name="add" /> Install a server
      </PlaceLink>
      <PlaceLink to={{ view: 'secrets' }} class="link-button">
        <Icon name="key" /> Secrets
      </PlaceLink>
      {host.kind === 'page' && (
        <>
          <PlaceLink to={{ view: 'servers' }} class="link-button">
            <Icon name="server-process" /> All servers
          </PlaceLink>
          <a class="link-button" href="/api/docs" target="_blank" rel="noopener">
            <Icon name="json" /> API<span class="only-heard"> (opens a new tab)</span>
          </a>
        </>
      )}
    </nav>
  );
}

function Operations() {
  const { live } = useApp();
  const running = runningOperations(live.operations.value.value ?? []);
  if (running.length === 0) return null;
  return (
    <section class="section" aria-label="Running operations">
      <h2>In progress</h2>
      {running.map(operation => (
        <RunningOperation key={operation.id} operation={operation} />
      ))}
    </section>
  );
}

function Problems() {
  const { live } = useApp();
  const now = useNow(60_000);
  const problems = recentProblems(
    live.status.value.value,
    live.servers.value.value ?? [],
    live.operations.value.value ?? [],
    now,
  );
  if (problems.length === 0) return null;
  return (
    <section class="section" aria-label="Recent problems">
      <h2>Needs attention</h2>
      {problems.map(({ key, about, problem, to }) => (
        <ProblemNotice key={key} problem={problem} severity="warning">
          <span class="quiet">{to ? <PlaceLink to={to}>Open {about}</PlaceLink> : <ServerText text={about} />}</span>
        </ProblemNotice>
      ))}
    </section>
  );
}

function Servers() {
  const { live, host } = useApp();
  return (
    <section class="section" aria-label="Servers">
      <h2>Servers</h2>
      <Loaded load={live.servers} what="the servers">
        {servers =>
          servers.length === 0 ? (
            <Empty icon="package" title="No server is installed yet">
              <p>The catalog has servers that are ready to install. It takes some seconds and needs no account.</p>
              <Button kind="primary" icon="library" onClick={() => host.open({ view: 'catalog' })}>
                Open the catalog
              </Button>
            </Empty>
          ) : (
            <ServerList servers={servers} />
          )
        }
      </Loaded>
    </section>
  );
}

function Connect() {
  const { live, host, api } = useApp();
  const state = useOwned(createSnippetState);
  const mcpUrl = live.status.value.value?.mcpUrl;
  if (mcpUrl === undefined) return null;
  if (mcpUrl === null)
    return (
      <section class="section" aria-label="Connect a client">
        <h2>Connect a client</h2>
        <p class="quiet">
          The daemon has no network address now, so MCP clients cannot connect. Its port may be taken.
        </p>
      </section>
    );
  const format = state.format.value;
  const token = async () => (await api.getToken()).token;
  return (
    <section class="section" aria-label="Connect a client">
      <h2>Connect a client</h2>
      <p class="quiet">One address gives any MCP client the tools of all running servers.</p>
      <div class="copy-line">
        <code>{mcpUrl}</code>
        <CopyButton text={() => mcpUrl} label="Copy the address" />
      </div>
      <Field label="Configuration for">
        <Select
          value={format}
          options={[
            { value: 'vscode', label: 'VS Code (mcp.json)' },
            { value: 'mcpServers', label: 'Other clients (mcpServers)' },
          ]}
          onChange={value => {
            state.format.value = value === 'vscode' ? 'vscode' : 'mcpServers';
          }}
        />
      </Field>
      <TextBlock class="snippet" label="Client configuration">
        {clientSnippet(format, mcpUrl, tokenPlace)}
      </TextBlock>
      {host.kind === 'page' ? (
        <div class="button-row">
          <CopyButton text={async () => clientSnippet(format, mcpUrl, await token())} label="Copy configuration">
            Copy with token
          </CopyButton>
          <CopyButton text={token} label="Copy token">
            Copy token only
          </CopyButton>
        </div>
      ) : (
        <>
          <div class="button-row">
            <CopyButton text={() => clientSnippet(format, mcpUrl, tokenPlace)} label="Copy configuration">
              Copy
            </CopyButton>
          </div>
          <p class="quiet">For the token, run the command “Quayside: Copy MCP token”.</p>
        </>
      )}
    </section>
  );
}

function Machine({ status }: { status: DaemonStatus }) {
  const now = useNow(30_000);
  return (
    <>
      <section class="section" aria-label="Engines">
        <h2>Engine</h2>
        {status.engines.map(engine => (
          <Engine key={engine.kind} engine={engine} />
        ))}
      </section>
      <section class="section" aria-label="Daemon">
        <h2>Daemon</h2>
        <dl class="fact-list">
          <dt>Version</dt>
          <dd>{status.version}</dd>
          <dt>Running for</dt>
          <dd>{formatDuration(now - Date.parse(status.startedAt))}</dd>
          <dt>Memory</dt>
          <dd>{formatBytes(status.memoryBytes)}</dd>
          <dt>Clients</dt>
          <dd>{status.clients}</dd>
          <dt>Runtime</dt>
          <dd>
            {status.runtime}, process {status.pid}
          </dd>
          <dt>State folder</dt>
          <dd class="code">{status.stateFolder}</dd>
          <dt>Ends</dt>
          <dd>{status.persistent ? 'when it is told to' : 'some minutes after its last client'}</dd>
        </dl>
      </section>
    </>
  );
}

const Engine = ({ engine }: { engine: EngineStatus }) => (
  <div class="engine">
    <p class="engine-title">
      <Icon
        name={engine.available ? 'pass-filled' : 'circle-slash'}
        class={engine.available ? 'state-good' : 'state-quiet'}
      />
      <strong>{engine.title}</strong>
      {engine.version && <span class="quiet">{engine.version}</span>}
      {!engine.isolated && <Badge>not isolated</Badge>}
    </p>
    {!engine.available && engine.reason && <p class="quiet">{engine.reason}</p>}
    {!engine.isolated && (
      <p class="quiet">
        Servers are ordinary processes and run with your rights on this machine: what you can read and change, they can.
        Install only what you trust.
      </p>
    )}
    {engine.capabilities.length > 0 && (
      <p class="quiet">
        {countOf(engine.capabilities.length, 'ability', 'abilities')}: {engine.capabilities.join(', ')}
      </p>
    )}
  </div>
);

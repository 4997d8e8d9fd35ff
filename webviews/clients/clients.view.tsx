import { useState } from 'preact/hooks';
import type { McpClient } from '../../shared/api/clients.ts';
import { useApp } from '../kit/app.ts';
import { CapableButton, useMissing } from '../kit/capability.tsx';
import { Badge, Button, Icon } from '../kit/controls.tsx';
import { Diff } from '../kit/diff.tsx';
import { Empty, Loaded, Note, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select, TextInput } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { countOf } from '../kit/format.ts';
import { useOwned } from '../kit/owned.ts';
import { ServerText } from '../kit/text.tsx';
import { Backups } from './backups.view.tsx';
import { type ClientsState, createClientsState, type PendingChange } from './clients.state.ts';
import './clients.css';

/** Programs that docker mcp can connect to a profile, what that changes in their files, and the way back. */
export function ClientsView() {
  const app = useApp();
  const missing = useMissing('clients');
  return (
    <div class="view clients-view">
      <header class="view-head">
        <h1>
          <Icon name="plug" /> Clients
        </h1>
        <p class="quiet">
          A client is connected to a profile by an entry in its own file. The file is backed up first, and you see what
          changes in it.
        </p>
      </header>
      {missing === undefined ? (
        <Clients key={app.live.docker.value.value?.plugin.dialect ?? ''} />
      ) : (
        <Empty icon="plug" title="Clients cannot be connected here">
          <p>
            <ServerText text={missing} />
          </p>
        </Empty>
      )}
    </div>
  );
}

function Clients() {
  const app = useApp();
  const state = useOwned(() => createClientsState(app));
  return (
    <>
      <Scope state={state} />
      {state.act.problem.value && !state.pending.value && (
        <section class="section" aria-label="Problem">
          <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />
        </section>
      )}
      <section class="section" aria-label="Known clients">
        <Loaded load={state.clients} what="the clients">
          {clients =>
            clients.length === 0 ? (
              <Empty icon="plug" title="docker mcp knows no client here" />
            ) : (
              <ClientLists clients={clients} state={state} />
            )
          }
        </Loaded>
      </section>
      <Backups state={state} />
    </>
  );
}

/** Connected ones first, then those that may be here; those that are not found are kept out of the way. */
function ClientLists({ clients, state }: { clients: readonly McpClient[]; state: ClientsState }) {
  const sorted = [...clients].sort((a, b) => Number(b.connected) - Number(a.connected) || (a.title < b.title ? -1 : 1));
  const isHere = ({ connected, installed, supported }: McpClient) => connected || (supported && installed !== false);
  const [here, absent] = [sorted.filter(isHere), sorted.filter(client => !isHere(client))];
  return (
    <>
      {here.length > 0 && <ClientList clients={here} state={state} />}
      {absent.length > 0 && (
        <details class="absent-clients" open={here.length === 0}>
          <summary>{countOf(absent.length, 'client')} not found on this machine</summary>
          <ClientList clients={absent} state={state} />
        </details>
      )}
    </>
  );
}

const ClientList = ({ clients, state }: { clients: readonly McpClient[]; state: ClientsState }) => (
  <ul class="rows">
    {clients.map(client => (
      <ClientRow key={client.id} client={client} state={state} />
    ))}
  </ul>
);

const isFullPath = (text: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(text);

function Scope({ state }: { state: ClientsState }) {
  const [project, setProject] = useState(false);
  const [folder, setFolder] = useState('');
  const [tried, setTried] = useState(false);
  const wrong = isFullPath(folder.trim()) ? undefined : 'Give the folder by its full path.';
  const choose = (value: string) => {
    setProject(value === 'project');
    setTried(false);
    if (value === 'global') state.look(undefined);
  };
  const look = () => {
    setTried(true);
    if (wrong === undefined) state.look(folder.trim());
  };
  return (
    <Form label="Scope" onSubmit={look}>
      <div class="scope-line">
        <Field label="Clients of">
          <Select
            value={project ? 'project' : 'global'}
            options={[
              { value: 'global', label: 'this user' },
              { value: 'project', label: 'one project' },
            ]}
            onChange={choose}
          />
        </Field>
        {project && (
          <>
            <Field label="Folder of the project" error={tried ? wrong : undefined} required>
              <TextInput value={folder} onInput={setFolder} monospace placeholder="/home/me/project" />
            </Field>
            <Button type="submit" icon="search" busy={state.clients.loading.value}>
              Look
            </Button>
          </>
        )}
      </div>
    </Form>
  );
}

function ClientRow({ client, state }: { client: McpClient; state: ClientsState }) {
  const { id, title, connected, profile, supported, file, problem, servers } = client;
  const pending = state.pending.value;
  return (
    <li class="row" data-client={id}>
      <div class="row-main">
        <span class="tool-names">
          <span class="row-title">{title}</span>
          {!supported && <Badge>not on this system</Badge>}
        </span>
        <span class="facts">
          <span class={`state ${connected ? 'state-good' : 'state-quiet'}`}>
            <Icon name={connected ? 'pass-filled' : 'circle-large-outline'} />
            {connected ? `connected${profile ? ` to ${profile}` : ''}` : 'not connected'}
          </span>
          {file && (
            <code>
              <ServerText text={file} />
            </code>
          )}
          {servers.length > 0 && (
            <span>
              names <ServerText text={servers.join(', ')} />
            </span>
          )}
        </span>
        {problem && (
          <span class="facts">
            <span>
              <Icon name="warning" /> <ServerText text={problem} />
            </span>
          </span>
        )}
      </div>
      <Connection client={client} state={state} />
      {pending?.client.id === id && (
        <div class="row-below">
          <Change pending={pending} state={state} />
        </div>
      )}
    </li>
  );
}

function Connection({ client, state }: { client: McpClient; state: ClientsState }) {
  const { live } = useApp();
  const profiles = live.profiles.value.value ?? [];
  const legacy = live.docker.value.value?.plugin.dialect === 'legacy';
  const [chosen, setChosen] = useState<string>();
  const { id, title, connected, supported, file } = client;
  const profile = chosen ?? client.profile ?? profiles[0]?.id ?? '';
  const busy = state.act.running.value === `preview ${id}`;
  // Without knowing the file there is no backup, and without a backup no change.
  if (!supported || file === null) return null;
  const canConnect = legacy || profile !== '';
  return (
    <div class="row-facts client-acts">
      {!legacy && profiles.length > 0 && (
        <Select
          label={`Profile for ${title}`}
          value={profile}
          options={profiles.map(each => ({ value: each.id, label: each.name }))}
          onChange={setChosen}
        />
      )}
      {(!connected || (!legacy && profile !== client.profile)) && (
        <CapableButton
          asks="changeClient"
          needs="clients"
          what={`Connect ${title}`}
          icon="plug"
          disabled={!canConnect}
          busy={busy}
          onClick={() => void state.prepare(client, legacy ? undefined : profile)}
        >
          {connected ? 'Change' : 'Connect'}…<span class="only-heard"> {title}</span>
        </CapableButton>
      )}
      {connected && (
        <CapableButton
          asks="changeClient"
          needs="clients"
          what={`Disconnect ${title}`}
          icon="debug-disconnect"
          busy={busy}
          onClick={() => void state.prepare(client, undefined)}
        >
          Disconnect…<span class="only-heard"> {title}</span>
        </CapableButton>
      )}
    </div>
  );
}

/** What happens to the client's file, line by line, before it does. */
function Change({ pending: { client, change, preview }, state }: { pending: PendingChange; state: ClientsState }) {
  const connect = change.action === 'connect';
  const failure = state.act.problem.value;
  return (
    <section class="section open-section" aria-label={`Change of ${client.title}`}>
      <p>
        {connect ? 'Connecting' : 'Disconnecting'} {client.title} {preview.exists ? 'changes' : 'makes'}{' '}
        <code>{preview.file}</code>. Values that look secret are hidden here and stay as they are.
      </p>
      {preview.losesComments && (
        <Note icon="warning" tone="warning">
          <p>docker mcp writes the whole file anew, and its comments are lost. The backup has them.</p>
        </Note>
      )}
      {preview.diff.trim() === '' ? (
        <p class="quiet">Nothing in the file changes.</p>
      ) : (
        <Diff label="What changes in the file" text={preview.diff} />
      )}
      {failure && <ProblemNotice problem={failure} onDismiss={state.act.dismiss} />}
      <div class="button-row">
        {failure?.code === 'CLIENT_003' ? (
          <Button kind="primary" icon="refresh" onClick={() => void state.prepare(client, change.profile)}>
            Look again
          </Button>
        ) : (
          <Button
            kind="primary"
            icon={connect ? 'plug' : 'debug-disconnect'}
            busy={state.act.running.value === `change ${client.id}`}
            onClick={() => void state.apply()}
          >
            {connect ? 'Connect' : 'Disconnect'}
          </Button>
        )}
        <Button onClick={state.forget}>Cancel</Button>
      </div>
    </section>
  );
}

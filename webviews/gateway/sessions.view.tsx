import { useEffect } from 'preact/hooks';
import type { McpSession, ServerPath } from '../../shared/api/mcp.ts';
import { lossWords } from '../../shared/domain/losses.ts';
import { useApp } from '../kit/app.ts';
import { Icon } from '../kit/controls.tsx';
import { CopyButton } from '../kit/copy-button.tsx';
import { Empty, Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { Field, Select } from '../kit/fields.tsx';
import { countOf, formatAgo } from '../kit/format.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { Permitted, PermittedButton } from '../kit/permission.tsx';
import { useHeld, useSteady } from '../kit/steady.ts';
import { Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { createSessionsState, type SessionsState } from './sessions.state.ts';

/** The clients that are connected, and what passes between them and a server. */
export function ClientsTab() {
  const app = useApp();
  const state = useOwned(() => createSessionsState(app));
  return (
    <>
      <Address />
      <Permitted needs="access:list" what="who is connected">
        <Connected state={state} />
      </Permitted>
      <PathPart state={state} />
    </>
  );
}

function Address() {
  const { live } = useApp();
  const url = live.status.value.value?.url;
  if (!url) return null;
  const address = `${url.replace(/\/$/, '')}/mcp`;
  return (
    <section class="section" aria-label="Address">
      <p class="copy-line">
        <code>{address}</code>
        <CopyButton text={() => address} label="Copy the address" />
      </p>
      <p class="quiet">
        One address for all running servers. {address}/server/NAME is one of them alone, {address}/PROFILE those of a
        Docker profile. Clients that only start commands take <code>quayside mcp</code>.
      </p>
    </section>
  );
}

const Connected = ({ state }: { state: SessionsState }) => (
  <section class="section" aria-label="Connected clients">
    <h2>Connected clients</h2>
    {state.act.problem.value && <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} />}
    <Loaded load={state.sessions} what="the sessions">
      {sessions => <SessionList sessions={sessions} state={state} />}
    </Loaded>
  </section>
);

/** The one that was used last is first; but not while somebody is about to end one. */
function SessionList({ sessions, state }: { sessions: readonly McpSession[]; state: SessionsState }) {
  const { held, area } = useHeld();
  const rows = useSteady(sessions, ({ id }) => id, held);
  if (rows.length === 0)
    return (
      <Empty icon="plug" title="No client has a session">
        <p>Clients of the newest protocol need none; they are in the list of calls.</p>
      </Empty>
    );
  return (
    <div class="rows" {...area}>
      {rows.map(({ key, item, gone }) => (
        <SessionRow key={key} session={item} gone={gone} state={state} />
      ))}
    </div>
  );
}

interface SessionRowProps {
  session: McpSession;
  gone: boolean;
  state: SessionsState;
}

function SessionRow({ session, gone, state }: SessionRowProps) {
  const now = useNow(10_000);
  const { id, client, principal, path, protocolVersion, calls, streams, lastUsedAt } = session;
  return (
    <div class="row" {...(gone ? {} : { 'data-session': id })}>
      <div class="row-main">
        <span class="row-title">
          <ServerText text={client ?? 'A client without a name'} />
        </span>
        <span class="quiet">
          <ServerText text={principal} /> at <code>{path}</code>, <span class="moment">protocol {protocolVersion}</span>
        </span>
      </div>
      <div class="row-facts">
        <span class="quiet">
          {countOf(calls, 'request')}, {streams > 0 ? countOf(streams, 'open stream') : 'no open stream'}, last{' '}
          {formatAgo(lastUsedAt, now)}
        </span>
        {gone ? (
          <span class="state">
            <Icon name="debug-disconnect" /> ended
          </span>
        ) : (
          <PermittedButton
            needs="servers:operate"
            what="End a session"
            icon="debug-disconnect"
            busy={state.act.running.value === id}
            onClick={() => void state.end(session)}
          >
            End
            <span class="only-heard"> the session of {client ?? 'a client without a name'}</span>
          </PermittedButton>
        )}
      </div>
    </div>
  );
}

function PathPart({ state }: { state: SessionsState }) {
  const { live } = useApp();
  const servers = live.servers.value.value ?? [];
  const first = servers[0]?.id;
  useEffect(() => {
    if (state.server.value === undefined && first !== undefined) state.choose(first);
  }, [first]);
  if (servers.length === 0) return null;
  return (
    <section class="section" aria-label="What reaches the clients">
      <h2>What reaches the clients</h2>
      <div class="server-choice">
        <Field label="Server">
          <Select
            value={state.server.value ?? ''}
            options={servers.map(({ id }) => ({ value: id, label: id }))}
            onChange={state.choose}
          />
        </Field>
      </div>
      <Loaded load={state.path} what="the way to the clients">
        {path => <PathTable path={path} />}
      </Loaded>
    </section>
  );
}

const featureWords: Partial<Record<ServerPath['features'][number]['feature'], string>> = {
  subscribe: 'changes of resources',
  list_changed: 'changes of lists',
};

/** `lost`: the server offers it, and here it ends. */
const Mark = ({ value, lost = false }: { value: boolean | null; lost?: boolean }) =>
  value === null ? (
    <span class="quiet">not told</span>
  ) : (
    <span class={`state ${value ? 'state-good' : lost ? 'state-warn' : 'quiet'}`}>
      <Icon name={value ? 'check' : lost ? 'warning' : 'dash'} /> {value ? 'yes' : 'no'}
    </span>
  );

const clientColumns = ({ features }: ServerPath) =>
  (features[0]?.clients ?? []).map(({ sessionId, client }) => ({
    name: sessionId,
    heading: (
      <>
        <ServerText text={client ?? 'a client'} /> accepts
      </>
    ),
  }));

function PathTable({ path }: { path: ServerPath }) {
  const columns = ['Feature', 'Server offers', 'Gateway forwards', ...clientColumns(path)];
  return (
    <>
      {!path.running && <p class="quiet">It does not run: this is what it offered when it last ran.</p>}
      <Table label="Features" class="path-table" columns={columns}>
        {path.features.map(({ feature, offered, forwarded, clients: takes }) => (
          <tr key={feature}>
            <th scope="row">{featureWords[feature] ?? feature}</th>
            <td>
              <Mark value={offered} />
            </td>
            <td>
              <Mark value={forwarded} lost={offered === true} />
            </td>
            {takes.map(({ sessionId, accepts }) => (
              <td key={sessionId}>
                <Mark value={accepts} lost={offered === true} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {path.losses.length > 0 && (
        <>
          <h3>Lost on the way</h3>
          <ul class="bullets" aria-label="Lost on the way">
            {path.losses.map(({ what, reason, times }) => (
              <li key={`${what} ${reason}`}>
                <code>
                  <ServerText text={what} />
                </code>
                , {countOf(times, 'time')}: {lossWords[reason]}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

// Containers as a table, live while somebody looks.
import { useEffect, useState } from 'preact/hooks';
import type { Container } from '../../shared/api/containers.ts';
import { useApp } from '../kit/app.ts';
import { Badge, Icon, IconButton, PlaceLink } from '../kit/controls.tsx';
import { Loaded, ProblemNotice } from '../kit/feedback.tsx';
import { formatBytes, formatDuration } from '../kit/format.ts';
import { createLoad } from '../kit/load.ts';
import { useNow } from '../kit/now.ts';
import { useOwned } from '../kit/owned.ts';
import { acts, type Column, figures, Table } from '../kit/table.tsx';
import { ServerText } from '../kit/text.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { whileVisible } from '../kit/while-visible.ts';
import type { ContainersState } from './containers.state.ts';

/** How often what containers use is read anew. */
export const statsMilliseconds = 2_000;
const logLines = 200;

const ownerWords: Record<Container['owner'], { word: string; title: string }> = {
  own: { word: 'ours', title: 'Started by a gateway of Quayside that runs' },
  orphan: { word: 'orphan', title: 'Left behind by a gateway of Quayside that is gone' },
  other: { word: 'another client’s', title: 'Started by another client: it is never touched' },
};

/** Reads anew every two seconds while it is on the screen. */
export function useLiveStats(state: ContainersState): void {
  useEffect(() => whileVisible(statsMilliseconds, () => state.containers.reload()), [state]);
}

const columns: readonly Column[] = [
  'State',
  figures('CPU'),
  figures('Memory'),
  { name: 'Network in / out', class: 'number wide-only' },
  figures('Up'),
  acts,
];

interface ContainerTableProps {
  containers: readonly Container[];
  state: ContainersState;
  /** False where all are of one server. */
  showServer?: boolean;
}

export function ContainerTable({ containers, state, showServer = true }: ContainerTableProps) {
  const [logs, setLogs] = useState<string>();
  const shown = containers.find(({ id }) => id === logs);
  return (
    <>
      <Table label="Containers" class="container-table" columns={[showServer ? 'Server' : 'Container', ...columns]}>
        {containers.map(container => (
          <ContainerRow
            key={container.id}
            container={container}
            state={state}
            showServer={showServer}
            logsShown={logs === container.id}
            onLogs={() => setLogs(logs === container.id ? undefined : container.id)}
          />
        ))}
      </Table>
      {shown && <ContainerLogs key={shown.id} container={shown} />}
    </>
  );
}

interface ContainerRowProps {
  container: Container;
  state: ContainersState;
  showServer: boolean;
  logsShown: boolean;
  onLogs: () => void;
}

function ContainerRow({ container, state, showServer, logsShown, onLogs }: ContainerRowProps) {
  const now = useNow(1_000, container.state === 'running');
  const { id, name, server, serverId, profile, image, owner, startedAt, stats } = container;
  const ours = owner !== 'other';
  return (
    <tr data-container={id} data-owner={owner}>
      <td>
        <span class="tool-names">
          {showServer && serverId !== null ? (
            <PlaceLink to={{ view: 'server', id: serverId, tab: 'containers' }} class="row-title">
              {serverId}
            </PlaceLink>
          ) : (
            <span class="row-title">
              <ServerText text={showServer ? server : name} />
            </span>
          )}
          <span title={ownerWords[owner].title}>
            <Badge>{ownerWords[owner].word}</Badge>
          </span>
        </span>
        <span class="facts container-facts">
          <ServerText text={image} />
          <code title={id}>{id.slice(0, 12)}</code>
          {profile && <span>{profile}</span>}
        </span>
      </td>
      <td>
        <span class={`state ${container.state === 'running' ? 'state-good' : 'state-quiet'}`}>
          <Icon name={container.state === 'running' ? 'pass-filled' : 'circle-large-outline'} />
          <span class="state-word">{container.state}</span>
        </span>
      </td>
      <td class="number">{stats ? `${stats.cpuPercent.toFixed(1)} %` : '–'}</td>
      <td class="number">
        {stats ? formatBytes(stats.memoryBytes) : '–'}
        {stats?.memoryLimitBytes != null && (
          <span class="quiet wide-only"> of {formatBytes(stats.memoryLimitBytes)}</span>
        )}
      </td>
      <td class="number wide-only">
        {stats ? `${formatBytes(stats.networkReceivedBytes)} / ${formatBytes(stats.networkSentBytes)}` : '–'}
      </td>
      <td class="number" title={startedAt ?? undefined}>
        {startedAt ? formatDuration(Math.max(1_000, Math.floor((now - Date.parse(startedAt)) / 1_000) * 1_000)) : '–'}
      </td>
      <td class="acts">
        <IconButton icon="output" label={`Logs of ${name}`} disabled={!ours} pressed={logsShown} onClick={onLogs} />
        <IconButton
          asks="stopContainer"
          icon="debug-stop"
          label={`Stop ${name}`}
          disabled={!ours || container.state !== 'running'}
          busy={state.act.running.value === `stop ${id}`}
          onClick={() => void state.stop(container)}
        />
      </td>
    </tr>
  );
}

function ContainerLogs({ container }: { container: Container }) {
  const { api } = useApp();
  const logs = useOwned(() => {
    const load = createLoad(abort =>
      api.readContainerLogs({ params: { id: container.id }, query: { tail: logLines } }, { signal: abort }),
    );
    void load.reload();
    return load;
  });
  return (
    <section class="section" aria-label={`Logs of ${container.name}`}>
      <div class="tools-head">
        <h2>Logs of {container.name}</h2>
        <IconButton
          icon="refresh"
          label="Read the logs again"
          busy={logs.loading.value}
          onClick={() => void logs.reload()}
        />
      </div>
      <Loaded load={logs} what="the logs">
        {({ lines }) =>
          lines.length === 0 ? (
            <p class="quiet">It has written nothing.</p>
          ) : (
            <TextBlock log class="short-output" label="Container logs">
              <ServerText text={lines.join('\n')} />
            </TextBlock>
          )
        }
      </Loaded>
    </section>
  );
}

export const ContainerProblem = ({ state }: { state: ContainersState }) =>
  state.act.problem.value ? <ProblemNotice problem={state.act.problem.value} onDismiss={state.act.dismiss} /> : null;

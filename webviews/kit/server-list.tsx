// Servers as rows with their state and the sensible next act: on the dashboard and on the page's own list.
import type { MCPServer } from '../../shared/api/servers.ts';
import { canStart, canStop } from '../../shared/domain/server-state.ts';
import { announce } from './announcer.ts';
import { useApp } from './app.ts';
import { IconButton, PlaceLink } from './controls.tsx';
import { ProblemNotice } from './feedback.tsx';
import { countOf } from './format.ts';
import { createAct } from './load.ts';
import { useOwned } from './owned.ts';
import { StateMark } from './server-state.tsx';
import { ServerText } from './text.tsx';

export const ServerList = ({ servers }: { servers: readonly MCPServer[] }) => (
  <ul class="rows">
    {servers.map(server => (
      <ServerRow key={server.id} server={server} />
    ))}
  </ul>
);

function ServerRow({ server }: { server: MCPServer }) {
  const { api } = useApp();
  const act = useOwned(() => ({ ...createAct(), close() {} }));
  const params = { params: { id: server.id } };
  const start = () =>
    void act.run('start', async () => {
      await api.startServer(params);
      announce(`${server.id} runs.`);
    });
  const stop = () =>
    void act.run('stop', async () => {
      await api.stopServer(params);
      announce(`${server.id} is stopped.`);
    });
  const busy = act.running.value !== undefined;
  return (
    <li class="row" data-server={server.id}>
      <div class="row-main">
        <PlaceLink to={{ view: 'server', id: server.id }} class="row-title">
          {server.id}
        </PlaceLink>
        <span class="row-text">
          <ServerText text={server.title === server.id ? server.description : server.title} />
        </span>
      </div>
      <div class="row-facts">
        {server.toolCount !== null && <span class="quiet">{countOf(server.toolCount, 'tool')}</span>}
        <StateMark state={server.state} />
        {canStop(server.state) && !(busy && act.running.value === 'start') ? (
          <IconButton icon="debug-stop" label={`Stop ${server.id}`} busy={busy} onClick={stop} />
        ) : (
          <IconButton
            icon="play"
            label={`Start ${server.id}`}
            busy={busy}
            disabled={!busy && !canStart(server.state)}
            onClick={start}
          />
        )}
      </div>
      {act.problem.value && (
        <div class="row-below">
          <ProblemNotice problem={act.problem.value} onDismiss={act.dismiss} />
        </div>
      )}
    </li>
  );
}

// Servers as rows with their state and the sensible next act: on the dashboard and on the page's own list.
import type { MCPServer } from '../../shared/api/servers.ts';
import { canStop } from '../../shared/domain/server-state.ts';
import { useApp } from './app.ts';
import { Badge, IconButton, PlaceLink } from './controls.tsx';
import { ProblemNotice } from './feedback.tsx';
import { countOf } from './format.ts';
import { useOwned } from './owned.ts';
import { createServerActs, type ServerActs } from './server-acts.ts';
import { StateMark } from './server-state.tsx';
import { ServerText } from './text.tsx';

interface ServerListProps {
  servers: readonly MCPServer[];
  /** False where all are of one profile. */
  showProfile?: boolean;
}

export const ServerList = ({ servers, showProfile = true }: ServerListProps) => (
  <ul class="rows">
    {servers.map(server => (
      <ServerRow key={server.id} server={server} showProfile={showProfile} />
    ))}
  </ul>
);

function ServerRow({ server, showProfile }: { server: MCPServer; showProfile: boolean }) {
  const { api } = useApp();
  const acts = useOwned(() => createServerActs(api, server.id));
  const problem = acts.stopping.problem.value ?? acts.act.problem.value;
  const dismiss = () => {
    acts.act.dismiss();
    acts.stopping.dismiss();
  };
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
        {server.update && <Badge>update</Badge>}
        {showProfile && server.profile !== null && (
          <span class="quiet server-profile">
            <PlaceLink to={{ view: 'profiles', profile: server.profile }}>
              <ServerText text={server.profile} />
            </PlaceLink>
          </span>
        )}
        {server.toolCount !== null && <span class="quiet">{countOf(server.toolCount, 'tool')}</span>}
        <StateMark state={server.state} />
        <StartOrStop server={server} acts={acts} />
      </div>
      {problem && (
        <div class="row-below">
          <ProblemNotice problem={problem} onDismiss={dismiss} />
        </div>
      )}
    </li>
  );
}

function StartOrStop({ server: { id, state }, acts }: { server: MCPServer; acts: ServerActs }) {
  const stopping = acts.stopping.running.value !== undefined || state === 'stopping';
  if (stopping || canStop(state))
    return (
      <IconButton
        asks="stopServer"
        icon="debug-stop"
        label={`Stop ${id}`}
        busy={stopping}
        onClick={() => void acts.stop()}
      />
    );
  const starting = acts.act.running.value !== undefined;
  return (
    <IconButton
      asks="startServer"
      icon="play"
      label={`Start ${id}`}
      busy={starting}
      onClick={() => void acts.start()}
    />
  );
}

import type { MCPServerDetail } from '../../shared/api/servers.ts';
import { ContainerProblem, ContainerTable, useLiveStats } from '../containers/container-table.view.tsx';
import { createContainersState } from '../containers/containers.state.ts';
import { useApp } from '../kit/app.ts';
import { MissingNote, useMissing } from '../kit/capability.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { useOwned } from '../kit/owned.ts';
import '../containers/containers.css';

/** The containers of one server with what they use, live while somebody looks. */
export function ContainersTab({ server }: { server: MCPServerDetail }) {
  if (useMissing('containers') !== undefined)
    return (
      <Empty icon="package" title="Docker’s engine is not there">
        <MissingNote needs="containers" />
      </Empty>
    );
  if (server.source.type !== 'image')
    return (
      <Empty icon="globe" title="This server has no container">
        <p>It runs on another machine, and the gateway speaks to it from here.</p>
      </Empty>
    );
  return <Containers serverId={server.id} />;
}

function Containers({ serverId }: { serverId: string }) {
  const app = useApp();
  const state = useOwned(() => createContainersState(app, serverId));
  useLiveStats(state);
  return (
    <>
      <ContainerProblem state={state} />
      <Loaded load={state.containers} what="the containers">
        {containers =>
          containers.length === 0 ? (
            <Empty icon="package" title="No container of this server runs">
              <p>Its container is made with the first call, and ends with the gateway.</p>
            </Empty>
          ) : (
            <ContainerTable containers={containers} state={state} showServer={false} />
          )
        }
      </Loaded>
    </>
  );
}

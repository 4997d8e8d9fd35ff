import { useApp } from '../kit/app.ts';
import { Button, Icon, PlaceLink } from '../kit/controls.tsx';
import { Empty, Loaded } from '../kit/feedback.tsx';
import { ServerList } from '../kit/server-list.tsx';

/** All servers, for the page: the editor has its own tree for that. */
export function ServersView() {
  const { live, host } = useApp();
  return (
    <div class="view">
      <header class="view-head view-head-line">
        <h1>
          <Icon name="server-process" /> Servers
        </h1>
        <PlaceLink to={{ view: 'catalog' }} class="link-button">
          <Icon name="add" /> Install a server
        </PlaceLink>
      </header>
      <Loaded load={live.servers} what="the servers">
        {servers =>
          servers.length === 0 ? (
            <Empty icon="package" title="No server is installed yet">
              <Button kind="primary" icon="library" onClick={() => host.open({ view: 'catalog' })}>
                Open the catalog
              </Button>
            </Empty>
          ) : (
            <ServerList servers={servers} />
          )
        }
      </Loaded>
    </div>
  );
}

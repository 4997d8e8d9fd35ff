import { toVisibleText } from '../../shared/domain/visible-text.ts';
import { useApp } from '../kit/app.ts';
import { Button } from '../kit/controls.tsx';
import { Empty } from '../kit/feedback.tsx';

interface NoSuchToolProps {
  serverId: string;
  name: string;
  onRetry: () => void;
}

/** In place of a tool that is not there, or not any more. */
export function NoSuchTool({ serverId, name, onRetry }: NoSuchToolProps) {
  const { host } = useApp();
  return (
    <div class="view tool-view">
      <Empty alone icon="tools" title={`${serverId} has no tool named ${toVisibleText(name)}`}>
        <p>It was taken away or renamed, or the server has to run once before its tools are known.</p>
        <div class="button-row">
          <Button kind="primary" icon="server" onClick={() => host.open({ view: 'server', id: serverId })}>
            Open {serverId}
          </Button>
          <Button icon="refresh" onClick={onRetry}>
            Try again
          </Button>
        </div>
      </Empty>
    </div>
  );
}

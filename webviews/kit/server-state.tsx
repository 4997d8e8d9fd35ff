import { describeServerState, type ServerState } from '../../shared/domain/server-state.ts';
import { Icon } from './controls.tsx';
import './rows.css';

const icons: Record<ServerState, { icon: string; tone: string; spin?: boolean }> = {
  stopped: { icon: 'circle-large-outline', tone: 'quiet' },
  starting: { icon: 'loading', tone: 'busy', spin: true },
  running: { icon: 'pass-filled', tone: 'good' },
  stopping: { icon: 'loading', tone: 'busy', spin: true },
  restarting: { icon: 'sync', tone: 'warn', spin: true },
  'crash-looping': { icon: 'error', tone: 'bad' },
  failed: { icon: 'error', tone: 'bad' },
};

/** A state as an icon and a word; never by colour alone. */
export const StateMark = ({ state, iconOnly = false }: { state: ServerState; iconOnly?: boolean }) => {
  const { icon, tone, spin } = icons[state];
  return (
    <span class={`state state-${tone}`} data-state={state}>
      <Icon name={icon} spin={spin ?? false} />
      <span class={iconOnly ? 'only-heard' : ''}>{describeServerState(state)}</span>
    </span>
  );
};

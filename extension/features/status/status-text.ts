// What the status bar says, as a function of state.
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { ServerState } from '../../../shared/domain/server-state.ts';
import type { LinkState } from '../../daemon-link/link-state.ts';

export interface StatusText {
  text: string;
  tooltip: string;
  isError: boolean;
}

const busy: ReadonlySet<ServerState> = new Set(['starting', 'restarting', 'stopping']);
const broken: ReadonlySet<ServerState> = new Set(['failed', 'crash-looping']);

export function statusText(link: LinkState, servers: readonly MCPServer[]): StatusText {
  if (link.kind === 'connected') return serverStatus(servers);
  if (link.kind === 'failed') {
    const { detail, next = '' } = link.problem;
    return { text: '$(error) Quayside: not running', tooltip: `${detail} ${next}`.trim(), isError: true };
  }
  if (link.kind === 'connecting') {
    return { text: '$(loading~spin) Quayside: starting', tooltip: 'The daemon is starting.', isError: false };
  }
  const tooltip = {
    idle: 'The daemon starts when you need it. Click to open the dashboard.',
    stopped: 'The daemon is stopped. Click to start it and open the dashboard.',
    restricted: 'This window is in Restricted Mode, so Quayside starts nothing here.',
  }[link.kind];
  return { text: '$(server-process) Quayside', tooltip, isError: false };
}

function serverStatus(servers: readonly MCPServer[]): StatusText {
  const running = servers.filter(server => server.state === 'running');
  const failed = servers.filter(server => broken.has(server.state));
  const isBusy = servers.some(server => busy.has(server.state));
  const icon = failed.length > 0 ? 'error' : isBusy ? 'sync~spin' : 'server-process';
  const words = [
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(running.length > 0 || failed.length === 0 ? [`${running.length} running`] : []),
  ];
  const lines = [
    servers.length === 0 ? 'No servers are installed.' : `${running.length} of ${servers.length} servers run.`,
    ...failed.map(({ title, problem }) => `${title}: ${problem?.detail ?? 'it failed.'}`),
    'Click to open the dashboard.',
  ];
  return { text: `$(${icon}) Quayside: ${words.join(', ')}`, tooltip: lines.join('\n'), isError: failed.length > 0 };
}

// How a server and its tools are drawn in a tree: every tree that shows servers draws them alike.
import type { MCPServer, ServerSource } from '../../shared/api/servers.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { canStart, canStop, describeServerState, type ServerState } from '../../shared/domain/server-state.ts';
import { commands } from './contributions.ts';
import { toOneLine } from './plain-text.ts';
import type { TooltipPart, TreeNode } from './tree-node.ts';

export const stateIcons: Record<ServerState, TreeNode['icon']> = {
  stopped: { id: 'circle-outline' },
  starting: { id: 'loading~spin' },
  running: { id: 'circle-filled', color: 'testing.iconPassed' },
  stopping: { id: 'loading~spin' },
  restarting: { id: 'sync~spin', color: 'editorWarning.foreground' },
  'crash-looping': { id: 'error', color: 'testing.iconFailed' },
  failed: { id: 'error', color: 'testing.iconFailed' },
};

/** The words by which menus know what can be done now. */
export const stateMarks = (state: ServerState): string[] => [
  state,
  ...(canStart(state) ? ['canStart'] : []),
  ...(canStop(state) ? ['canStop'] : []),
];

export function serverNode(server: MCPServer): TreeNode {
  const { state } = server;
  const description = describeShortly(server);
  return {
    id: server.id,
    label: shortTitle(server),
    description,
    icon: stateIcons[state],
    marks: [
      'server',
      server.source.type,
      server.engine,
      ...stateMarks(state),
      ...(server.update ? ['canUpdate'] : []),
      ...(server.canRollBack ? ['canRollBack'] : []),
    ],
    tooltip: serverTooltip(server),
    expandable: true,
    command: { id: commands.openServer, title: 'Open' },
    spoken: `${shortTitle(server)}, ${description}`,
  };
}

/** A package's whole name would leave no room for the state; it is in the tooltip. */
const shortTitle = ({ id, title, source }: MCPServer): string =>
  source.type === 'npm' && title === source.package ? id : title;

function describeShortly({ state, problem, toolCount, update }: MCPServer): string {
  if (problem) return `${describeServerState(state)}: ${lowerFirst(problem.title)}`;
  const shown = state === 'running' && toolCount !== null ? `Running, ${count(toolCount, 'tool')}` : undefined;
  return `${shown ?? describeServerState(state)}${update ? ', update available' : ''}`;
}

function serverTooltip(server: MCPServer): TooltipPart[] {
  const { problem, nextTryAt, serverVersion, protocolVersion, restarts, update } = server;
  const facts: [string, string | null][] = [
    ['State', describeServerState(server.state)],
    ['Next try', nextTryAt ? new Date(nextTryAt).toLocaleTimeString() : null],
    ['Restarts', restarts > 0 ? String(restarts) : null],
    ['Profile', server.profile],
    ['From', describeSource(server.source)],
    ['Update', update?.detail ?? null],
    ['Server version', serverVersion],
    ['Protocol', protocolVersion],
    ['Isolation', server.isolated ? 'In a container' : 'None: it runs with your rights on this machine'],
  ];
  return [
    { kind: 'heading', text: server.title },
    ...(server.description ? [{ kind: 'text', text: toOneLine(server.description, 400) } satisfies TooltipPart] : []),
    ...(problem ? [{ kind: 'text', text: `${problem.title}. ${problem.detail}` } satisfies TooltipPart] : []),
    ...(problem?.next ? [{ kind: 'text', text: problem.next } satisfies TooltipPart] : []),
    ...facts.flatMap(([name, value]) => (value === null ? [] : [{ kind: 'fact', name, value } satisfies TooltipPart])),
  ];
}

/** Where a server comes from, in one line. */
export function describeSource(source: ServerSource): string {
  switch (source.type) {
    case 'npm':
      return `${source.package}@${source.version}`;
    case 'command':
      return source.command;
    case 'image':
      return `image ${source.image}`;
    default:
      return source.url;
  }
}

export function toolNode(server: MCPServer, tool: Tool): TreeNode {
  const label = tool.title ?? tool.name;
  const { destructive, readOnly } = tool.annotations;
  const kind =
    destructive === true ? 'Says that it may destroy things' : readOnly === true ? 'Says that it only reads' : null;
  return {
    id: `${server.id}/tools/${tool.name}`,
    label,
    description: toOneLine(tool.description, 120),
    icon: tool.quarantined
      ? { id: 'shield', color: 'editorWarning.foreground' }
      : { id: tool.enabled ? 'wrench' : 'circle-slash' },
    marks: ['tool', tool.enabled ? 'enabled' : 'disabled'],
    tooltip: [
      { kind: 'heading', text: label },
      { kind: 'fact', name: 'Name', value: tool.name },
      ...(tool.gatewayName === null || tool.gatewayName === tool.name
        ? []
        : [{ kind: 'fact', name: 'At /mcp', value: tool.gatewayName } satisfies TooltipPart]),
      ...(tool.tokens === null
        ? []
        : [{ kind: 'fact', name: 'Cost', value: `${tool.tokens} tokens in every conversation` } satisfies TooltipPart]),
      { kind: 'text', text: toOneLine(tool.description, 1_000) || 'The server says nothing about this tool.' },
      ...(kind === null ? [] : [{ kind: 'text', text: `${kind}.` } satisfies TooltipPart]),
      ...(tool.quarantined
        ? [{ kind: 'text', text: 'In quarantine: it is not what was approved.' } satisfies TooltipPart]
        : []),
      ...(tool.enabled
        ? []
        : [{ kind: 'text', text: 'Switched off: agents neither see nor call it.' } satisfies TooltipPart]),
    ],
    checked: tool.enabled,
    command: { id: commands.callTool, title: 'Call Tool' },
    spoken: `Tool ${label}, ${tool.enabled ? 'allowed' : 'switched off'}`,
  };
}

/** Why a server shows no tools, in one line. */
export function whyNoTools({ toolCount, state }: MCPServer): string {
  if (toolCount === null) return 'The tools are known after the first start.';
  return state === 'running' ? 'This server has no tools.' : 'This server had no tools when it last ran.';
}

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

// The Servers tree as a function from state to rows.
import type { Operation } from '../../../shared/api/operations.ts';
import type { MCPServer, ServerSource } from '../../../shared/api/servers.ts';
import type { Tool } from '../../../shared/api/tools.ts';
import { canStart, canStop, describeServerState, type ServerState } from '../../../shared/domain/server-state.ts';
import { type CommandId, commands } from '../../platform/contributions.ts';
import { toOneLine } from '../../platform/plain-text.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export interface ServerRow {
  kind: 'server';
  server: MCPServer;
}
interface ToolRow {
  kind: 'tool';
  server: MCPServer;
  tool: Tool;
}
export interface OperationRow {
  kind: 'operation';
  operation: Operation;
}
interface NoteRow {
  kind: 'note';
  serverId: string;
  text: string;
  icon: string;
}
/** Something to do about a daemon that does not run; the view's message says why it does not. */
interface ActRow {
  kind: 'act';
  label: string;
  icon: string;
  command: CommandId;
}
export type Row = ServerRow | ToolRow | OperationRow | NoteRow | ActRow;

export const failedRows: Row[] = [
  { kind: 'act', label: 'Try Again', icon: 'refresh', command: commands.startDaemon },
  { kind: 'act', label: 'Show Log', icon: 'output', command: commands.showLog },
];

const icons: Record<ServerState, TreeNode['icon']> = {
  stopped: { id: 'circle-outline' },
  starting: { id: 'loading~spin' },
  running: { id: 'circle-filled', color: 'testing.iconPassed' },
  stopping: { id: 'loading~spin' },
  restarting: { id: 'sync~spin', color: 'editorWarning.foreground' },
  'crash-looping': { id: 'error', color: 'testing.iconFailed' },
  failed: { id: 'error', color: 'testing.iconFailed' },
};

/** Installations first, then the servers. */
export const topRows = (servers: readonly MCPServer[], operations: readonly Operation[]): Row[] => [
  ...operations.map(operation => ({ kind: 'operation', operation }) satisfies OperationRow),
  ...servers.map(server => ({ kind: 'server', server }) satisfies ServerRow),
];

/** A server's tools, or one line that says why there are none. */
export function toolRows(server: MCPServer, tools: readonly Tool[]): Row[] {
  if (tools.length > 0) return tools.map(tool => ({ kind: 'tool', server, tool }));
  const text =
    server.toolCount === null
      ? 'The tools are known after the first start.'
      : server.state === 'running'
        ? 'This server has no tools.'
        : 'This server had no tools when it last ran.';
  return [{ kind: 'note', serverId: server.id, text, icon: 'info' }];
}

export function toNode(row: Row): TreeNode {
  if (row.kind === 'server') return serverNode(row.server);
  if (row.kind === 'tool') return toolNode(row.server, row.tool);
  if (row.kind === 'operation') return operationNode(row.operation);
  if (row.kind === 'act') return actNode(row);
  const { serverId, text, icon } = row;
  return {
    id: `${serverId}/note`,
    label: text,
    icon: { id: icon },
    marks: ['note'],
    tooltip: [{ kind: 'text', text }],
  };
}

function serverNode(server: MCPServer): TreeNode {
  const { state } = server;
  const description = describeShortly(server);
  return {
    id: server.id,
    label: shortTitle(server),
    description,
    icon: icons[state],
    marks: [
      'server',
      server.source.type,
      state,
      ...(canStart(state) ? ['canStart'] : []),
      ...(canStop(state) ? ['canStop'] : []),
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

function describeShortly({ state, problem, toolCount }: MCPServer): string {
  if (problem) return `${describeServerState(state)}: ${lowerFirst(problem.title)}`;
  if (state === 'running' && toolCount !== null) return `Running, ${count(toolCount, 'tool')}`;
  return describeServerState(state);
}

function serverTooltip(server: MCPServer): TooltipPart[] {
  const { problem, nextTryAt, serverVersion, protocolVersion, restarts } = server;
  const facts: [string, string | null][] = [
    ['State', describeServerState(server.state)],
    ['Next try', nextTryAt ? new Date(nextTryAt).toLocaleTimeString() : null],
    ['Restarts', restarts > 0 ? String(restarts) : null],
    ['From', describeSource(server.source)],
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
  if (source.type === 'npm') return `${source.package}@${source.version}`;
  return source.type === 'command' ? source.command : source.url;
}

function toolNode(server: MCPServer, tool: Tool): TreeNode {
  const label = tool.title ?? tool.name;
  const { destructive, readOnly } = tool.annotations;
  const kind =
    destructive === true ? 'Says that it may destroy things' : readOnly === true ? 'Says that it only reads' : null;
  return {
    id: `${server.id}/tools/${tool.name}`,
    label,
    description: toOneLine(tool.description, 120),
    icon: { id: tool.enabled ? 'wrench' : 'circle-slash' },
    marks: ['tool', tool.enabled ? 'enabled' : 'disabled'],
    tooltip: [
      { kind: 'heading', text: label },
      { kind: 'fact', name: 'Name', value: tool.name },
      { kind: 'text', text: toOneLine(tool.description, 1_000) || 'The server says nothing about this tool.' },
      ...(kind === null ? [] : [{ kind: 'text', text: `${kind}.` } satisfies TooltipPart]),
      ...(tool.enabled
        ? []
        : [{ kind: 'text', text: 'Switched off: agents neither see nor call it.' } satisfies TooltipPart]),
    ],
    checked: tool.enabled,
    command: { id: commands.callTool, title: 'Call Tool' },
    spoken: `Tool ${label}, ${tool.enabled ? 'allowed' : 'switched off'}`,
  };
}

function operationNode(operation: Operation): TreeNode {
  const percent = operation.progress === null ? '' : `${Math.round(operation.progress * 100)} %, `;
  return {
    id: `operation/${operation.id}`,
    label: operation.title,
    description: `${percent}${operation.step}`,
    icon: { id: 'loading~spin' },
    marks: ['operation', operation.state],
    tooltip: [
      { kind: 'heading', text: operation.title },
      { kind: 'text', text: operation.step },
    ],
  };
}

const actNode = ({ label, icon, command }: ActRow): TreeNode => ({
  id: command,
  label,
  icon: { id: icon },
  marks: ['act'],
  tooltip: [{ kind: 'text', text: label }],
  command: { id: command, title: label },
});

const count = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;

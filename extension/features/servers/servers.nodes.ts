// The Servers tree as a function from state to rows.
import type { Operation } from '../../../shared/api/operations.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { Tool } from '../../../shared/api/tools.ts';
import { type CommandId, commands } from '../../platform/contributions.ts';
import { describeProgress } from '../../platform/operation-text.ts';
import { serverNode, toolNode, whyNoTools } from '../../platform/server-node.ts';
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

/** Installations first, then the servers. */
export const topRows = (servers: readonly MCPServer[], operations: readonly Operation[]): Row[] => [
  ...operations.map(operation => ({ kind: 'operation', operation }) satisfies OperationRow),
  ...servers.map(server => ({ kind: 'server', server }) satisfies ServerRow),
];

/** A server's tools, or one line that says why there are none. */
export function toolRows(server: MCPServer, tools: readonly Tool[]): Row[] {
  if (tools.length > 0) return tools.map(tool => ({ kind: 'tool', server, tool }));
  return [{ kind: 'note', serverId: server.id, text: whyNoTools(server), icon: 'info' }];
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

function operationNode(operation: Operation): TreeNode {
  const percent = operation.progress === null ? '' : `${Math.round(operation.progress * 100)} %, `;
  return {
    id: `operation/${operation.id}`,
    label: operation.title,
    description: `${percent}${describeProgress(operation)}`,
    icon: { id: 'loading~spin' },
    marks: ['operation', operation.state],
    tooltip: [
      { kind: 'heading', text: operation.title },
      { kind: 'text', text: operation.step },
      ...operation.steps.map(({ title, state }) => ({ kind: 'fact', name: title, value: state }) satisfies TooltipPart),
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

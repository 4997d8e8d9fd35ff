// The Gateway tree as a function from state to rows: what waits for a person first, then what it costs and who is connected.
import type { Approval } from '../../../shared/api/approvals.ts';
import type { LockedTool, ServerLock } from '../../../shared/api/locks.ts';
import type { McpSession } from '../../../shared/api/mcp.ts';
import type { TokenCosts } from '../../../shared/api/token-costs.ts';
import type { ToolClash } from '../../../shared/api/tool-clashes.ts';
import { commands } from '../../platform/contributions.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export type GatewayRow =
  | { kind: 'approval'; approval: Approval }
  | { kind: 'lock'; lock: ServerLock }
  | { kind: 'change'; serverId: string; change: LockedTool }
  | { kind: 'clashes'; clashes: readonly ToolClash[] }
  | { kind: 'clash'; clash: ToolClash }
  | { kind: 'costs'; costs: TokenCosts }
  | { kind: 'cost'; cost: Cost }
  | { kind: 'session'; session: McpSession };

/** What the tools of a server, or of a profile, cost. */
export interface Cost {
  of: 'server' | 'profile';
  name: string;
  tools: number;
  tokens: number;
  /** False: of a server that is stopped, and therefore shown to nobody. */
  isShown: boolean;
}

export interface GatewayFacts {
  approvals: readonly Approval[];
  locks: readonly ServerLock[];
  /** Those that nobody has decided about. */
  clashes: readonly ToolClash[];
  costs: TokenCosts | undefined;
  sessions: readonly McpSession[];
}

/** Calls that wait, servers that have changed, names that clash, what the tools cost, connected clients. */
export const gatewayRows = ({ approvals, locks, clashes, costs, sessions }: GatewayFacts): GatewayRow[] => [
  ...approvals
    .toSorted((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1))
    .map((approval): GatewayRow => ({ kind: 'approval', approval })),
  ...locks
    .filter(({ waiting, quarantined }) => waiting > 0 || quarantined > 0)
    .map((lock): GatewayRow => ({ kind: 'lock', lock })),
  // Two servers of one kind share all of their names: one row, so that what waits for a person stays in sight.
  ...(clashes.length > 0 ? [{ kind: 'clashes', clashes } as const] : []),
  ...(costs ? [{ kind: 'costs', costs } as const] : []),
  ...sessions.map((session): GatewayRow => ({ kind: 'session', session })),
];

/** The servers, then the profiles, the most costly first. */
export const costRows = ({ servers, profiles }: TokenCosts): GatewayRow[] =>
  [
    ...servers
      .toSorted((a, b) => b.tokens - a.tokens)
      .map(({ serverId, running, ...cost }): Cost => ({ of: 'server', name: serverId, isShown: running, ...cost })),
    ...profiles
      .toSorted((a, b) => b.tokens - a.tokens)
      .map(({ profile, ...cost }): Cost => ({ of: 'profile', name: profile, isShown: true, ...cost })),
  ].map((cost): GatewayRow => ({ kind: 'cost', cost }));

/** How much waits for a person: the number on the view. */
export const waitingIn = ({ approvals, locks }: Pick<GatewayFacts, 'approvals' | 'locks'>): number =>
  approvals.length + locks.filter(({ waiting }) => waiting > 0).length;

export function toGatewayNode(row: GatewayRow): TreeNode {
  switch (row.kind) {
    case 'approval':
      return approvalNode(row.approval);
    case 'lock':
      return lockNode(row.lock);
    case 'change':
      return changeNode(row.serverId, row.change);
    case 'clashes':
      return clashesNode(row.clashes);
    case 'clash':
      return clashNode(row.clash);
    case 'costs':
      return costsNode(row.costs);
    case 'cost':
      return costNode(row.cost);
    case 'session':
      return sessionNode(row.session);
  }
}

const fact = (name: string, value: string): TooltipPart => ({ kind: 'fact', name, value });

const approvalNode = ({ id, tool, serverId, caller, reason, arguments: text }: Approval): TreeNode => ({
  id: `approval ${id}`,
  label: tool,
  description: `of ${serverId}, waits for you`,
  icon: { id: 'shield', color: 'editorWarning.foreground' },
  marks: ['approval'],
  tooltip: [
    { kind: 'heading', text: `${tool} of ${serverId}` },
    fact('Wanted by', caller.name),
    { kind: 'text', text: reason },
    { kind: 'text', text: text.slice(0, 1_000) },
  ],
  command: { id: commands.openApprovals, title: 'Show the Call' },
  spoken: `The call of ${tool} of ${serverId} waits for you`,
});

function lockNode({ serverId, waiting, quarantined, changedAt }: ServerLock): TreeNode {
  const word = waiting > 0 ? `${waiting} ${waiting === 1 ? 'change' : 'changes'} to look at` : 'in quarantine';
  return {
    id: `lock ${serverId}`,
    label: serverId,
    description: word,
    icon: { id: waiting > 0 ? 'warning' : 'lock', color: 'editorWarning.foreground' },
    marks: ['lock', waiting > 0 ? 'waiting' : 'rejected'],
    tooltip: [
      { kind: 'heading', text: serverId },
      { kind: 'text', text: 'Its tools are not what was approved. Changed ones are neither listed nor callable.' },
      fact('In quarantine', String(quarantined)),
      ...(changedAt ? [fact('Changed', changedAt)] : []),
    ],
    expandable: true,
    spoken: `Server ${serverId}, ${word}`,
  };
}

const changeIcons: Record<LockedTool['state'], string> = {
  approved: 'lock',
  changed: 'diff-modified',
  added: 'diff-added',
  renamed: 'diff-renamed',
  removed: 'diff-removed',
};

const changeNode = (serverId: string, { name, state, formerName, quarantined, rejected }: LockedTool): TreeNode => ({
  id: `change ${serverId} ${name}`,
  label: name,
  description: [formerName ? `was ${formerName}` : state, rejected ? 'rejected' : ''].filter(Boolean).join(', '),
  icon: { id: changeIcons[state] },
  marks: ['change', state, ...(quarantined ? ['quarantined'] : []), ...(rejected ? ['rejected'] : [])],
  tooltip: [
    { kind: 'heading', text: `${name} of ${serverId}` },
    fact('State', state),
    fact('In quarantine', quarantined ? 'yes' : 'no'),
  ],
  command: { id: commands.compareTool, title: 'Compare with What Was Approved' },
  spoken: `Tool ${name}, ${state}${rejected ? ', rejected' : ''}`,
});

function clashesNode(clashes: readonly ToolClash[]): TreeNode {
  const servers = serversOf(clashes);
  return {
    id: 'clashes',
    label: clashes.length === 1 ? '1 name clashes' : `${clashes.length} names clash`,
    description: `of ${servers}`,
    icon: { id: 'symbol-key', color: 'editorWarning.foreground' },
    marks: ['clashes'],
    tooltip: [
      { kind: 'heading', text: 'Names that tools of several servers share' },
      {
        kind: 'text',
        text: 'They all work: the first keeps its name, the others have a longer one. Nobody has decided yet.',
      },
    ],
    expandable: true,
    spoken: `${clashes.length} names are shared by tools of ${servers}`,
  };
}

const serversOf = (clashes: readonly ToolClash[]): string =>
  [...new Set(clashes.flatMap(({ tools }) => tools.map(({ serverId }) => serverId)))].join(', ');

const clashNode = (clash: ToolClash): TreeNode => {
  const { name, tools } = clash;
  const servers = serversOf([clash]);
  return {
    id: `clash ${name}`,
    label: name,
    description: `of ${servers}`,
    icon: { id: 'symbol-key' },
    marks: ['clash'],
    tooltip: [
      { kind: 'heading', text: `Tools that would be called ${name}` },
      ...tools.map(({ serverId, tool, gatewayName, answer }) =>
        fact(`${serverId}: ${tool}`, answer === 'hidden' ? 'switched off' : `called ${gatewayName} at /mcp`),
      ),
      { kind: 'text', text: 'They all work. Keep the names as they are, or change them.' },
    ],
    command: { id: commands.openTokenCosts, title: 'Show Names and Costs' },
    spoken: `The name ${name} is shared by tools of ${servers}`,
  };
};

const costsNode = ({ total, waiting, countedWith, servers, profiles }: TokenCosts): TreeNode => ({
  id: 'costs',
  label: `${total.toLocaleString('en-US')} tokens`,
  description: waiting > 0 ? 'for the tools at /mcp, still counting' : 'for the tools at /mcp',
  icon: { id: 'symbol-numeric' },
  marks: ['costs'],
  tooltip: [
    { kind: 'heading', text: 'What the tools cost in every conversation' },
    { kind: 'text', text: 'Of servers that run: those are what clients are shown.' },
    fact('Counted with', countedWith),
  ],
  command: { id: commands.openTokenCosts, title: 'Show Names and Costs' },
  expandable: servers.length + profiles.length > 0,
});

function costNode({ of, name, tools, tokens, isShown }: Cost): TreeNode {
  const cost = `${tokens.toLocaleString('en-US')} tokens for ${tools} ${tools === 1 ? 'tool' : 'tools'}`;
  return {
    id: `cost ${of} ${name}`,
    label: name,
    description: [of === 'profile' ? 'profile' : '', cost, isShown ? '' : 'stopped'].filter(Boolean).join(', '),
    icon: { id: of === 'profile' ? 'layers' : 'server' },
    marks: ['cost'],
    tooltip: [
      { kind: 'heading', text: `${of === 'profile' ? 'Profile' : 'Server'} ${name}` },
      { kind: 'text', text: `${cost} in every conversation${isShown ? '' : ' when it runs'}.` },
    ],
    command: { id: commands.openTokenCosts, title: 'Show Names and Costs' },
  };
}

const sessionNode = ({ id, client, principal, path, protocolVersion, calls, lastUsedAt }: McpSession): TreeNode => ({
  id: `session ${id}`,
  label: client ?? 'A client without a name',
  description: `${path} · ${calls} ${calls === 1 ? 'request' : 'requests'}`,
  icon: { id: 'plug' },
  marks: ['session'],
  tooltip: [
    { kind: 'heading', text: client ?? 'A client without a name' },
    fact('As', principal),
    fact('At', path),
    fact('Protocol', protocolVersion),
    fact('Last used', lastUsedAt),
  ],
  command: { id: commands.openMcpSessions, title: 'Show Connected Clients' },
});

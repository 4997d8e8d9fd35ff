// The Docker tree as a function from state to rows: profiles, their gateway, their servers, and what each server has.
import type { Container } from '../../../shared/api/containers.ts';
import type { Prompt, Resource } from '../../../shared/api/contents.ts';
import type { DockerStatus } from '../../../shared/api/docker.ts';
import type { Gateway } from '../../../shared/api/gateways.ts';
import type { Profile } from '../../../shared/api/profiles.ts';
import type { MCPServer } from '../../../shared/api/servers.ts';
import type { Tool } from '../../../shared/api/tools.ts';
import { describeServerState } from '../../../shared/domain/server-state.ts';
import { type CommandId, commands } from '../../platform/contributions.ts';
import { toOneLine } from '../../platform/plain-text.ts';
import { serverNode, stateIcons, stateMarks, toolNode } from '../../platform/server-node.ts';
import type { TooltipPart, TreeNode } from '../../platform/tree-node.ts';

export interface ProfileRow {
  kind: 'profile';
  profile: Profile;
  gateway: Gateway | undefined;
}
export interface GatewayRow {
  kind: 'gateway';
  gateway: Gateway;
}
export interface DockerServerRow {
  kind: 'server';
  server: MCPServer;
}
interface ToolRow {
  kind: 'tool';
  server: MCPServer;
  tool: Tool;
}
export type GroupName = 'prompts' | 'resources' | 'containers';
/** What a server has besides its tools; read when it is opened. */
export interface GroupRow {
  kind: 'group';
  server: MCPServer;
  group: GroupName;
}
interface PromptRow {
  kind: 'prompt';
  server: MCPServer;
  prompt: Prompt;
}
interface ResourceRow {
  kind: 'resource';
  server: MCPServer;
  resource: Resource;
}
export interface ContainerRow {
  kind: 'container';
  container: Container;
}
interface NoteRow {
  kind: 'note';
  id: string;
  text: string;
  icon: string;
  more: readonly string[];
  command: CommandId | null;
}
export type DockerRow =
  | ProfileRow
  | GatewayRow
  | DockerServerRow
  | ToolRow
  | GroupRow
  | PromptRow
  | ResourceRow
  | ContainerRow
  | NoteRow;

export const note = (id: string, text: string, icon = 'info', more: string[] = [], command?: CommandId): NoteRow => ({
  kind: 'note',
  id,
  text,
  icon,
  more,
  command: command ?? null,
});

/** What is wrong with Docker comes first; the profiles that are known stay below it. */
export function dockerRows(
  status: DockerStatus,
  profiles: readonly Profile[],
  gatewayOf: (profile: string) => Gateway | undefined,
): DockerRow[] {
  const { problem } = status;
  const wrong = problem
    ? [note('docker', problem.title, 'warning', [problem.detail, problem.next ?? ''], commands.runDoctor)]
    : [];
  const warnings = status.warnings.map((warning, index) =>
    note(`warning/${index}`, warning.title, 'warning', [warning.detail, warning.next ?? ''], commands.runDoctor),
  );
  const rows = profiles.map(
    profile => ({ kind: 'profile', profile, gateway: gatewayOf(profile.id) }) satisfies ProfileRow,
  );
  return [...wrong, ...warnings, ...rows];
}

export const profileRows = (
  profile: Profile,
  gateway: Gateway | undefined,
  servers: readonly MCPServer[],
): DockerRow[] => [
  ...(gateway ? [{ kind: 'gateway', gateway } satisfies GatewayRow] : []),
  ...servers
    .filter(server => server.profile === profile.id)
    .map(server => ({ kind: 'server', server }) satisfies DockerServerRow),
  ...(profile.serverIds.length === 0
    ? [note(`${profile.id}/empty`, 'Add a server from the catalog', 'add', [], commands.openCatalog)]
    : []),
];

/** The tools, and below them what else a running server has. */
export const dockerServerRows = (server: MCPServer, tools: readonly Tool[], why: string): DockerRow[] => [
  ...tools.map(tool => ({ kind: 'tool', server, tool }) satisfies ToolRow),
  ...(tools.length === 0 ? [note(`${server.id}/no-tools`, why)] : []),
  ...(server.state === 'running' ? (['prompts', 'resources'] as const) : []).map(
    group => ({ kind: 'group', server, group }) satisfies GroupRow,
  ),
  { kind: 'group', server, group: 'containers' } satisfies GroupRow,
];

export const promptRows = (server: MCPServer, prompts: readonly Prompt[]): DockerRow[] =>
  prompts.length > 0
    ? prompts.map(prompt => ({ kind: 'prompt', server, prompt }))
    : [note(`${server.id}/no-prompts`, 'This server has no prompts.')];

export const resourceRows = (server: MCPServer, resources: readonly Resource[]): DockerRow[] =>
  resources.length > 0
    ? resources.map(resource => ({ kind: 'resource', server, resource }))
    : [note(`${server.id}/no-resources`, 'This server has no resources.')];

export const containerRows = (server: MCPServer, containers: readonly Container[]): DockerRow[] =>
  containers.length > 0
    ? containers.map(container => ({ kind: 'container', container }))
    : [note(`${server.id}/no-containers`, whyNoContainers(server))];

const whyNoContainers = ({ state, source }: MCPServer): string => {
  if (source.type === 'remote') return 'It runs elsewhere and has no container here.';
  return state === 'running' ? 'None now; one comes up with the next call.' : 'No container of it is running.';
};

export function toDockerNode(row: DockerRow): TreeNode {
  switch (row.kind) {
    case 'profile':
      return profileNode(row);
    case 'gateway':
      return gatewayNode(row.gateway);
    case 'server':
      return serverNode(row.server);
    case 'tool':
      return toolNode(row.server, row.tool);
    case 'group':
      return groupNode(row);
    case 'prompt':
      return promptNode(row);
    case 'resource':
      return resourceNode(row);
    case 'container':
      return containerNode(row.container);
    default:
      return noteNode(row);
  }
}

function profileNode({ profile, gateway }: ProfileRow): TreeNode {
  const { id, name, fixed, serverIds, running, clients } = profile;
  const description = `${plural(serverIds.length, 'server')}${running > 0 ? `, ${running} running` : ''}`;
  const facts: [string, string][] = [
    ['Id', id],
    ['Servers', serverIds.join(', ') || 'none'],
    ['Connected clients', clients.join(', ') || 'none'],
    ['Gateway', gateway ? describeServerState(gateway.state) : 'not started'],
  ];
  return {
    id: `profile/${id}`,
    label: name,
    description,
    icon: { id: 'layers' },
    marks: ['profile', fixed ? 'fixed' : 'free', ...stateMarks(gateway?.state ?? 'stopped')],
    tooltip: [
      { kind: 'heading', text: name },
      ...facts.map(([fact, value]) => ({ kind: 'fact', name: fact, value }) satisfies TooltipPart),
    ],
    expandable: true,
    spoken: `Profile ${name}, ${description}`,
  };
}

function gatewayNode(gateway: Gateway): TreeNode {
  const { profile, state, url, problem, changesWaiting, mode, modeReason, transport, servers } = gateway;
  const leftOut = servers.filter(server => server.state === 'left-out' || server.state === 'failed');
  const parts = [
    problem ? `${describeServerState(state)}: ${problem.title}` : describeServerState(state),
    ...(state === 'running' ? [url ?? 'over standard input'] : []),
    ...(leftOut.length > 0 ? [`${leftOut.length} left out`] : []),
    ...(changesWaiting ? ['changes wait for a restart'] : []),
  ];
  const facts: [string, string | null][] = [
    ['Address', url],
    ['Started from', mode === null ? null : mode === 'files' ? 'files made of the profile' : 'Docker’s profile'],
    ['Transport', transport],
    ['Own tools', gateway.ownTools ? 'on: an agent can change profiles' : 'off'],
    ['Restarts', gateway.restarts > 0 ? String(gateway.restarts) : null],
    ...leftOut.map(({ name, problem: why }) => [name, why?.detail ?? 'left out'] satisfies [string, string]),
  ];
  return {
    id: `gateway/${profile}`,
    label: 'Gateway',
    description: parts.join(' · '),
    icon: state === 'running' ? { id: 'radio-tower', color: 'testing.iconPassed' } : stateIcons[state],
    marks: ['gateway', ...stateMarks(state), ...(url ? ['hasAddress'] : [])],
    tooltip: [
      { kind: 'heading', text: 'Gateway' },
      ...(problem
        ? [{ kind: 'text', text: `${problem.title}. ${problem.detail} ${problem.next ?? ''}` } satisfies TooltipPart]
        : []),
      ...(modeReason ? [{ kind: 'text', text: modeReason } satisfies TooltipPart] : []),
      ...facts.flatMap(([name, value]) =>
        value === null ? [] : [{ kind: 'fact', name, value } satisfies TooltipPart],
      ),
    ],
    command: { id: commands.openProfile, title: 'Open' },
    spoken: `Gateway, ${parts.join(', ')}`,
  };
}

const groups: Record<GroupName, { label: string; icon: string }> = {
  prompts: { label: 'Prompts', icon: 'comment' },
  resources: { label: 'Resources', icon: 'file' },
  containers: { label: 'Containers', icon: 'vm' },
};

function groupNode({ server, group }: GroupRow): TreeNode {
  const { label, icon } = groups[group];
  const id = `${server.id}/${group}`;
  return { id, label, icon: { id: icon }, marks: ['group', group], tooltip: [], expandable: true };
}

function promptNode({ server, prompt }: PromptRow): TreeNode {
  const args = prompt.arguments.map(({ name, required }) => `${name}${required ? '' : ' (optional)'}`).join(', ');
  return {
    id: `${server.id}/prompts/${prompt.name}`,
    label: prompt.title ?? prompt.name,
    description: toOneLine(prompt.description ?? '', 120),
    icon: { id: 'comment' },
    marks: ['prompt'],
    tooltip: [
      { kind: 'heading', text: prompt.title ?? prompt.name },
      { kind: 'text', text: toOneLine(prompt.description ?? '', 600) },
      { kind: 'fact', name: 'Arguments', value: args || 'none' },
    ],
  };
}

function resourceNode({ server, resource }: ResourceRow): TreeNode {
  return {
    id: `${server.id}/resources/${resource.uri}`,
    label: resource.title ?? resource.name,
    description: toOneLine(resource.uri, 120),
    icon: { id: 'file' },
    marks: ['resource'],
    tooltip: [
      { kind: 'heading', text: resource.title ?? resource.name },
      { kind: 'text', text: toOneLine(resource.description ?? '', 600) },
      { kind: 'fact', name: 'Address', value: toOneLine(resource.uri, 400) },
      ...(resource.mimeType ? [{ kind: 'fact', name: 'Type', value: resource.mimeType } satisfies TooltipPart] : []),
    ],
  };
}

const owners = {
  own: 'Started by this gateway',
  orphan: 'Left behind by a gateway that is gone',
  other: 'Started by another client; Quayside does not touch it',
} as const;

function containerNode({ id, name, image, state, owner, startedAt, stats }: Container): TreeNode {
  const use = stats ? `, ${stats.cpuPercent.toFixed(1)} % CPU, ${megabytes(stats.memoryBytes)}` : '';
  return {
    id: `container/${id}`,
    label: name,
    description: `${state}${use}`,
    icon: owner === 'orphan' ? { id: 'warning', color: 'editorWarning.foreground' } : { id: 'vm-active' },
    marks: ['container', owner, state],
    tooltip: [
      { kind: 'heading', text: name },
      { kind: 'text', text: `${owners[owner]}.` },
      { kind: 'fact', name: 'Image', value: image },
      { kind: 'fact', name: 'Id', value: id.slice(0, 12) },
      ...(startedAt
        ? [{ kind: 'fact', name: 'Started', value: new Date(startedAt).toLocaleString() } satisfies TooltipPart]
        : []),
    ],
    spoken: `Container ${name}, ${state}`,
  };
}

function noteNode({ id, text, icon, more, command }: NoteRow): TreeNode {
  return {
    id: `note/${id}`,
    label: text,
    icon: icon === 'warning' ? { id: icon, color: 'editorWarning.foreground' } : { id: icon },
    marks: ['note'],
    tooltip: [text, ...more].filter(Boolean).map(part => ({ kind: 'text', text: part })),
    ...(command ? { command: { id: command, title: text } } : {}),
  };
}

const plural = (amount: number, noun: string): string => `${amount} ${noun}${amount === 1 ? '' : 's'}`;
const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`;

// Tools as a person sees them: listed, switched, renamed and described anew.
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { Tool, ToolChange, ToolOverride } from '../../../shared/api/tools.ts';
import { pageOfList } from '../../storage/page.ts';
import type { ExpectedTools } from './expected-tools.ts';
import type { KnownTool, KnownTools } from './known-tools.ts';
import { findTool } from './tool-calls.ts';
import type { ToolNameRepository } from './tool-names.repository.ts';
import { longNameOf, type ToolId, toolKey } from './tool-names.ts';

export interface Viewer {
  /** What a quarantined tool says of itself is not for models: an agent is shown the others alone. */
  isAgent: boolean;
}

export interface ToolList {
  /** Only those of servers that the viewer may see. */
  list(
    query: PageQuery & { server_id?: string | undefined; q?: string | undefined },
    viewer: Viewer & { maySee(serverId: string): boolean },
  ): Page<Tool>;
  /** Errors: SERVER_001. */
  ofServer(serverId: string, query: PageQuery, viewer: Viewer): Page<Tool>;
  /** Errors: SERVER_001, TOOL_001, TOOL_009, and those of changing a server. */
  change(serverId: string, tool: string, change: ToolChange): Promise<Tool>;
}

export interface ToolListOptions {
  known: KnownTools;
  expected: ExpectedTools;
  names: ToolNameRepository;
  tokensOf(tool: KnownTool): number | null;
  /** Errors: those of changing a server. */
  setDisabledTools(serverId: string, disabledTools: string[]): Promise<unknown>;
  onChanged(serverId: string): void;
}

export function createToolList(options: ToolListOptions): ToolList {
  const { known, expected, names, tokensOf } = options;
  const toTool = (tool: KnownTool): Tool => presentTool(tool, tokensOf(tool));
  /** What a server will have when it first runs can be named and switched off before. */
  const toChange = async (serverId: string, name: string): Promise<KnownTool> =>
    known.find({ serverId, tool: name }) ??
    (await expected.find({ serverId, tool: name })) ??
    findTool(known, serverId, name);

  const override = (tool: KnownTool, { name, title, description }: ToolChange): ToolOverride | undefined => {
    if (name === undefined && title === undefined && description === undefined) return undefined;
    if (typeof name === 'string') refuseIfTaken(known, tool, name);
    const { override: before } = tool;
    return {
      name: name === undefined ? before.name : name,
      title: title === undefined ? before.title : title,
      description: description === undefined ? before.description : description,
    };
  };

  return {
    list({ server_id, q, ...query }, { maySee, isAgent }) {
      const wanted = q?.toLowerCase();
      const all = server_id === undefined ? known.all() : maySee(server_id) ? known.ofServer(server_id) : [];
      const found = all.filter(
        tool =>
          maySee(tool.serverId) &&
          !(isAgent && tool.quarantined) &&
          (wanted === undefined || searched(tool).includes(wanted)),
      );
      const key = ({ serverId, tool }: KnownTool) =>
        query.sort_by === 'server_id' ? `${serverId} ${tool}` : `${tool} ${serverId}`;
      const page = pageOfList(found, query, key);
      return { ...page, items: page.items.map(toTool) };
    },
    ofServer(serverId, query, { isAgent }) {
      const shown = known.ofServer(serverId).filter(tool => !(isAgent && tool.quarantined));
      const page = pageOfList(shown, query, ({ tool }) => tool);
      return { ...page, items: page.items.map(toTool) };
    },
    async change(serverId, name, change) {
      const { disabledTools } = known.settings(serverId);
      const tool = await toChange(serverId, name);
      const changed = override(tool, change);
      if (change.enabled !== undefined && change.enabled !== tool.enabled) {
        const others = disabledTools.filter(other => other !== name);
        await options.setDisabledTools(serverId, change.enabled ? others : [...others, name]);
      }
      if (changed) names.saveOverride({ serverId, tool: name }, changed);
      known.invalidate();
      options.onChanged(serverId);
      return toTool(await toChange(serverId, name));
    },
  };
}

const searched = ({ tool, name, definition: { title, description } }: KnownTool): string =>
  `${tool} ${name} ${title ?? ''} ${description ?? ''}`.toLowerCase();

/** Errors: TOOL_009 if another tool has the name, or is meant by it. */
function refuseIfTaken(known: KnownTools, tool: KnownTool, name: string): void {
  const isOther = (other: ToolId | undefined): other is ToolId =>
    other !== undefined && toolKey(other) !== toolKey(tool);
  const holder = known.holderOf(name);
  if (isOther(holder)) throw nameTaken(name, holder);
  const meant = known.all().find(other => isOther(other) && longNameOf(other) === name);
  if (meant) throw nameTaken(name, meant);
  // Where its server is alone, its other tools have their own names.
  const beside = known
    .ofServer(tool.serverId)
    .find(other => isOther(other) && (other.tool === name || other.nameAlone === name));
  if (beside) throw nameTaken(name, beside);
}

const nameTaken = (name: string, { serverId, tool }: ToolId): ProblemError =>
  problem('TOOL_009', {
    detail: `"${name}" is what "${tool}" of "${serverId}" is called.`,
    next: 'Choose another name, or rename that tool first.',
    errors: [{ path: '/body/name', message: 'This name is taken.' }],
  });

const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

/** The server's own words, with what a person has put in their place beside them. */
function presentTool(tool: KnownTool, tokens: number | null): Tool {
  const { serverId, sent, name, enabled, quarantined, override } = tool;
  const { annotations = {} } = sent;
  return {
    serverId,
    name: tool.tool,
    title: override.title ?? sent.title ?? (typeof annotations['title'] === 'string' ? annotations['title'] : null),
    description: override.description ?? sent.description ?? '',
    inputSchema: sent.inputSchema,
    outputSchema: sent.outputSchema ?? null,
    annotations: {
      readOnly: flag(annotations['readOnlyHint']),
      destructive: flag(annotations['destructiveHint']),
      idempotent: flag(annotations['idempotentHint']),
      openWorld: flag(annotations['openWorldHint']),
    },
    enabled,
    quarantined,
    gatewayName: name,
    override,
    tokens,
  };
}

import { randomUUID } from 'node:crypto';
import { type ProblemError, problem } from '../../../shared/api/problem.ts';
import type { Page, PageQuery } from '../../../shared/api/route.ts';
import type { ServerConfiguration } from '../../../shared/api/servers.ts';
import type { CallResult, Prompt, Resource, Tool } from '../../../shared/api/tools.ts';
import type { JSONSchema } from '../../../shared/domain/json-schema.ts';
import { ToolName } from '../../../shared/domain/names.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import { pageOfList } from '../../storage/page.ts';
import type { CallOptions, McpSession, WireCallResult, WireTool } from '../../supervision/session.ts';
import { findArgumentErrors } from './argument-check.ts';
import type { CallRecords } from './call-record.repository.ts';
import { createCoalesced } from './coalesce.ts';
import type { StoredTool, ToolRepository } from './tools.repository.ts';

/** The servers feature as the tools feature needs it. */
export interface ToolServers {
  /** Errors: SERVER_001. */
  configuration(id: string): ServerConfiguration;
  /** Errors: those of changing a server. */
  setDisabledTools(id: string, disabledTools: string[]): Promise<unknown>;
  /** Tools that are known by a definition, of one server or of all; some engines do not offer those that are off. */
  definedTools?(id?: string): StoredTool[];
  /** True for a server whose engine offers no tool that is off. */
  hidesDisabled?(id: string): boolean;
}

export interface ToolCall {
  serverId: string;
  tool: string;
  arguments: Record<string, unknown>;
  timeoutSeconds?: number | undefined;
  /** For the record: who calls. */
  caller: string;
  signal: AbortSignal;
}

export interface CallOutcome {
  /** The result exactly as the server sent it. */
  result: WireCallResult;
  call: CallResult;
}

export interface ToolService {
  /** Only those of servers that `maySee` lets through, if it is given. */
  list(
    query: PageQuery & {
      server_id?: string | undefined;
      q?: string | undefined;
      maySee?: (serverId: string) => boolean;
    },
  ): Page<Tool>;
  ofServer(serverId: string, query: PageQuery): Page<Tool>;
  /** All tools that are switched on, with the definitions the servers sent. */
  enabledTools(): StoredTool[];
  /** Errors: SERVER_001, TOOL_001, and those of changing a server. */
  setEnabled(serverId: string, name: string, enabled: boolean): Promise<Tool>;
  call(call: ToolCall): Promise<CallOutcome>;
  resources(serverId: string, query: PageQuery, signal: AbortSignal): Promise<Page<Resource>>;
  prompts(serverId: string, query: PageQuery, signal: AbortSignal): Promise<Page<Prompt>>;
  /** Asks a running server for its tools and keeps them. */
  refresh(serverId: string): Promise<void>;
  readonly callsInFlight: number;
  /** Resolves when a refresh that runs now has ended, well or not. */
  refreshed(serverId: string): Promise<void>;
}

export interface ToolServiceOptions {
  repository: ToolRepository;
  records: CallRecords;
  servers: ToolServers;
  session: (serverId: string) => McpSession;
  clock: Clock;
  onChanged: (serverId: string) => void;
  /** So many tools have names that cannot be used. */
  onLeftOut: (serverId: string, count: number) => void;
}

export function createToolService({
  repository,
  records,
  servers,
  session,
  clock,
  onChanged,
  onLeftOut,
}: ToolServiceOptions): ToolService {
  const isOff = (serverId: string, name: string): boolean =>
    servers.configuration(serverId).disabledTools.includes(name);
  const knownOf = (serverId: string): StoredTool[] =>
    withDefined(repository.ofServer(serverId), servers.definedTools?.(serverId) ?? [], isOff);
  const toolsOf = (serverId: string): Tool[] => {
    const disabled = new Set(servers.configuration(serverId).disabledTools);
    return knownOf(serverId).map(tool => toTool(tool, disabled));
  };
  const all = (): Tool[] => {
    const disabled = new Map<string, ReadonlySet<string>>();
    return withDefined(repository.all(), servers.definedTools?.() ?? [], isOff).map(tool => {
      const known = disabled.get(tool.serverId) ?? new Set(servers.configuration(tool.serverId).disabledTools);
      disabled.set(tool.serverId, known);
      return toTool(tool, known);
    });
  };
  const waitFor = (serverId: string, signal?: AbortSignal): CallOptions => ({
    signal,
    timeoutSeconds: servers.configuration(serverId).limits.callSeconds,
  });

  /** What an engine does not offer because it is off is still one of the server's tools. */
  const notOffered = (serverId: string, offered: readonly WireTool[]): WireTool[] => {
    if (!servers.hidesDisabled?.(serverId)) return [];
    const names = new Set(offered.map(({ name }) => name));
    const disabled = new Set(servers.configuration(serverId).disabledTools);
    return knownOf(serverId).flatMap(({ definition }) =>
      disabled.has(definition.name) && !names.has(definition.name) ? [definition] : [],
    );
  };
  const refreshes = createCoalesced(async serverId => {
    const offered = await session(serverId).listTools(waitFor(serverId));
    // A name that the API cannot carry could be neither called nor switched off.
    const usable = offered.filter(({ name }) => ToolName.safeParse(name).success);
    if (usable.length < offered.length) onLeftOut(serverId, offered.length - usable.length);
    if (repository.replace(serverId, [...usable, ...notOffered(serverId, usable)])) onChanged(serverId);
  });
  let callsInFlight = 0;

  return {
    list({ server_id, q, maySee = () => true, ...query }) {
      const wanted = q?.toLowerCase();
      const mine = server_id === undefined ? all() : maySee(server_id) ? toolsOf(server_id) : [];
      const found = mine.filter(
        tool =>
          maySee(tool.serverId) &&
          (wanted === undefined ||
            `${tool.name} ${tool.title ?? ''} ${tool.description}`.toLowerCase().includes(wanted)),
      );
      const key = (tool: Tool) =>
        query.sort_by === 'server_id' ? `${tool.serverId} ${tool.name}` : `${tool.name} ${tool.serverId}`;
      return pageOfList(found, query, key);
    },
    ofServer: (serverId, query) => pageOfList(toolsOf(serverId), query, tool => tool.name),
    enabledTools() {
      const enabled = new Set(all().flatMap(tool => (tool.enabled ? [`${tool.serverId} ${tool.name}`] : [])));
      return repository.all().filter(tool => enabled.has(`${tool.serverId} ${tool.definition.name}`));
    },
    async setEnabled(serverId, name, enabled) {
      const { disabledTools } = servers.configuration(serverId);
      const tool = findTool(knownOf(serverId), serverId, name);
      const others = disabledTools.filter(other => other !== name);
      await servers.setDisabledTools(serverId, enabled ? others : [...others, name]);
      onChanged(serverId);
      return toTool(tool, new Set(enabled ? [] : [name]));
    },
    async call({ serverId, tool: name, arguments: args, timeoutSeconds, caller, signal }) {
      const configuration = servers.configuration(serverId);
      const startedAt = toTimestamp(clock.now());
      const begin = performance.now();
      const id = randomUUID();
      const record = (outcome: 'ok' | 'tool-error' | 'failed', code: string | null, bytes: number) => {
        const durationMs = performance.now() - begin;
        records.add({ id, serverId, tool: name, caller, startedAt, durationMs, outcome, code, bytes });
        return durationMs;
      };
      callsInFlight += 1;
      try {
        const running = session(serverId);
        const { definition } = findTool(repository.ofServer(serverId), serverId, name);
        refuseIfOff(configuration, serverId, name);
        refuseIfWrong(definition, args);
        const limit = timeoutSeconds ?? configuration.limits.callSeconds;
        const result = await running.callTool(name, args, { signal, timeoutSeconds: limit });
        const isError = result.isError === true;
        const bytes = sizeOf(name, result);
        const durationMs = record(isError ? 'tool-error' : 'ok', null, bytes);
        const { content, structuredContent } = result;
        const structured = structuredContent === undefined ? {} : { structuredContent };
        return {
          result,
          call: { id, serverId, tool: name, isError, content, ...structured, startedAt, durationMs, bytes },
        };
      } catch (error) {
        const failure = signal.aborted ? cancelled(name) : error;
        record('failed', errorToProblem(failure).code, 0);
        throw failure;
      } finally {
        callsInFlight -= 1;
      }
    },
    async resources(serverId, query, signal) {
      const options = waitFor(serverId, signal);
      const found = await session(serverId).listResources(options);
      const items = found.map(({ uri, name, title, description, mimeType }) => ({
        serverId,
        uri,
        name,
        title: title ?? null,
        description: description ?? null,
        mimeType: mimeType ?? null,
      }));
      return pageOfList(items, query, item => item.name);
    },
    async prompts(serverId, query, signal) {
      const options = waitFor(serverId, signal);
      const found = await session(serverId).listPrompts(options);
      const items = found.map(prompt => ({
        serverId,
        name: prompt.name,
        title: prompt.title ?? null,
        description: prompt.description ?? null,
        arguments: (prompt.arguments ?? []).map(({ name, description, required }) => ({
          name,
          description: description ?? null,
          required: required === true,
        })),
      }));
      return pageOfList(items, query, item => item.name);
    },
    get callsInFlight() {
      return callsInFlight;
    },
    refresh: serverId => refreshes.run(serverId),
    refreshed: serverId => refreshes.settled(serverId),
  };
}

/** Bytes of the result as JSON. Errors: TOOL_007 for one that is nested beyond what can be written. */
function sizeOf(name: string, result: WireCallResult): number {
  try {
    return Buffer.byteLength(JSON.stringify(result));
  } catch (error) {
    throw problem('TOOL_007', {
      detail: `The answer of "${name}" is nested too deeply to be passed on.`,
      next: 'Ask it for less at once.',
      cause: error,
    });
  }
}

/**
 * The tools that a server told. Those of its definition come beside them while it has told none, and if they are off: then its
 * engine does not offer them, and a person wants to switch them on again.
 */
function withDefined(
  told: readonly StoredTool[],
  defined: readonly StoredTool[],
  isOff: (serverId: string, name: string) => boolean,
): StoredTool[] {
  const servers = new Set(told.map(({ serverId }) => serverId));
  const keys = new Set(told.map(({ serverId, definition }) => `${serverId} ${definition.name}`));
  const more = defined.filter(
    ({ serverId, definition: { name } }) =>
      !servers.has(serverId) || (!keys.has(`${serverId} ${name}`) && isOff(serverId, name)),
  );
  return [...told, ...more];
}

const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

const toTool = ({ serverId, definition }: StoredTool, disabled: ReadonlySet<string>): Tool => ({
  serverId,
  name: definition.name,
  title: definition.title ?? (typeof definition.annotations?.title === 'string' ? definition.annotations.title : null),
  description: definition.description ?? '',
  inputSchema: definition.inputSchema as JSONSchema,
  outputSchema: definition.outputSchema ?? null,
  annotations: {
    readOnly: flag(definition.annotations?.readOnlyHint),
    destructive: flag(definition.annotations?.destructiveHint),
    idempotent: flag(definition.annotations?.idempotentHint),
    openWorld: flag(definition.annotations?.openWorldHint),
  },
  enabled: !disabled.has(definition.name),
  quarantined: false,
  gatewayName: null,
  override: { name: null, title: null, description: null },
  tokens: null,
});

function findTool(tools: readonly StoredTool[], serverId: string, name: string): StoredTool {
  const found = tools.find(({ definition }) => definition.name === name);
  if (found) return found;
  throw problem('TOOL_001', {
    detail: `"${serverId}" has no tool called "${name}".`,
    next:
      tools.length === 0
        ? 'Start the server, so that it can tell its tools.'
        : 'The server’s list of tools shows the names.',
  });
}

function refuseIfOff({ disabledTools }: ServerConfiguration, serverId: string, name: string): void {
  if (!disabledTools.includes(name)) return;
  throw problem('TOOL_005', {
    detail: `"${name}" of "${serverId}" is switched off.`,
    next: 'Tick its box in the list of tools.',
  });
}

function refuseIfWrong({ name, inputSchema }: WireTool, args: Record<string, unknown>): void {
  const errors = findArgumentErrors(inputSchema, args);
  if (errors.length === 0) return;
  const [first] = errors;
  throw problem('TOOL_002', {
    detail: `${first?.path.replace('/arguments', name)}: ${first?.message}${errors.length > 1 ? ` There are ${errors.length - 1} more.` : ''}`,
    next: 'Correct the arguments; nothing was called.',
    errors,
  });
}

const cancelled = (name: string): ProblemError =>
  problem('TOOL_006', {
    detail: `The call of "${name}" was cancelled; the server was told to stop.`,
    next: 'Call it again when you need it.',
  });

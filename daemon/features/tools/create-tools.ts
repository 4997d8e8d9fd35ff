// Puts the slice together: what the rest of the daemon needs of it is returned, and nothing else.
import type { Database } from 'better-sqlite3';
import type { DaemonEvent } from '../../../shared/api/events.ts';
import { ToolName } from '../../../shared/domain/names.ts';
import type { Clock } from '../../platform/clock.ts';
import type { OnRead } from '../../supervision/contents.ts';
import type { McpSession, WireTool } from '../../supervision/session.ts';
import type { CallGuard, CallRecorder } from '../../supervision/tool-call.ts';
import type { Upstreams, WireObject } from '../../supervision/upstream.ts';
import { createApiClients } from './api-clients.ts';
import { createCallWatches } from './call-watch.ts';
import { type ClashesOptions, createClashes } from './clashes.service.ts';
import { createCoalesced } from './coalesce.ts';
import { createExpectedTools, type ExpectedToolsOptions } from './expected-tools.ts';
import { createKeptClashRepository } from './kept-clashes.repository.ts';
import { createKnownTools, type ExposedTool, type KnownTool, type ToolSettings } from './known-tools.ts';
import { createPromptNames, type PromptNames } from './prompt-names.ts';
import { createQuestions } from './questions.ts';
import { createServerContents } from './server-contents.ts';
import { createServerRequests } from './server-requests.ts';
import { createTokenCosts, type TokenCostOptions } from './token-costs.ts';
import { createTokenCounter } from './token-counter.ts';
import { createToolCalls, type ToolCalls } from './tool-calls.ts';
import { createToolList, type ToolListOptions } from './tool-list.ts';
import { createHeldNameRepository, createToolNameRepository } from './tool-names.repository.ts';
import { toolHandlers } from './tools.handlers.ts';
import { createToolRepository, type StoredTool } from './tools.repository.ts';

/** The servers feature as the tools feature needs it. */
export interface ToolServers extends Pick<ToolListOptions, 'setDisabledTools'> {
  /** Errors: SERVER_001. */
  configuration(id: string): ToolSettings;
  /** Tools that are known by a definition, of one server or of all; some engines do not offer those that are off. */
  definedTools(id?: string): StoredTool[];
  /** True for a server whose engine offers no tool that is off. */
  hidesDisabled(id: string): boolean;
}

export interface ToolsOptions
  extends Pick<ClashesOptions, 'catalogTools'>,
    Pick<ExpectedToolsOptions, 'expectedTools'>,
    Pick<TokenCostOptions, 'profiles'> {
  database: Database;
  clock: Clock;
  servers: ToolServers;
  /** Errors: SERVER_003. */
  session(serverId: string): McpSession;
  upstreams: Upstreams;
  guard: CallGuard;
  recorder: CallRecorder;
  isQuarantined(serverId: string, tool: string): boolean;
  /** The whole list as a server sent it, before any of it is offered. */
  seen(serverId: string, tools: readonly WireTool[]): void;
  /** A result on its way to a client; `tool` is undefined for a resource or a prompt. */
  screen(serverId: string, tool: string | undefined, result: WireObject): WireObject;
  onRead: OnRead;
  /** The text without any value of the vault. */
  hideValues(text: string): string;
  publish(event: DaemonEvent): void;
  /** What is known, or shown, of a server's tools is other than before. */
  onChanged(serverId: string): void;
  /** So many tools have names that cannot be used. */
  onLeftOut(serverId: string, count: number): void;
  onFailure(error: unknown, what: string): void;
  /** The program of the thread that counts tokens. */
  tokenProgram?: string | undefined;
}

export interface Tools extends Pick<ToolCalls, 'call'> {
  handlers: ReturnType<typeof toolHandlers>;
  /** What clients may be shown, of running and stopped servers. The same array as long as nothing in it has changed. */
  exposed(): readonly ExposedTool[];
  /** The exposed tool of this name at the gateway; `server__tool` works too where it is clear. */
  named(name: string): ExposedTool | undefined;
  /** The stable names of prompts at the gateway, in their order. */
  promptNames: PromptNames['of'];
  /** With what they cost. */
  exposedWithTokens(): { serverId: string; tool: string; tokens: number | null }[];
  /** The server's time limit for a call, from memory. Errors: SERVER_001. */
  callSeconds(serverId: string): number;
  /** To be called whenever a server came, went or changed, or the quarantine did. Cheap. */
  invalidate(): void;
  /** Asks a running server for its tools and keeps them. */
  refresh(serverId: string): Promise<void>;
  /** Resolves when a refresh that runs now has ended, well or not. */
  refreshed(serverId: string): Promise<void>;
  /** Resolves when the tokens of what is known now are counted, or could not be. */
  counted(): Promise<void>;
  readonly callsInFlight: number;
  close(): void;
}

export function createTools(options: ToolsOptions): Tools {
  const { database, servers, session, upstreams, publish } = options;
  const repository = createToolRepository(database);
  const names = createToolNameRepository(database);
  const promptNames = createPromptNames(createHeldNameRepository(database, 'prompt_names'));
  const known = createKnownTools({
    names,
    stored: repository.all,
    serverIds: repository.serverIds,
    defined: () => servers.definedTools(),
    settings: id => servers.configuration(id),
    isQuarantined: options.isQuarantined,
  });
  const expected = createExpectedTools({ known, names, expectedTools: options.expectedTools });
  let serversBefore = repository.serverIds().join(' ');
  const callSeconds = (serverId: string): number => known.settings(serverId).limits.callSeconds;
  const costs = createTokenCosts({
    database,
    counter: createTokenCounter(options.tokenProgram),
    tools: known.all,
    isRunning: id => upstreams.offer(id) !== undefined,
    profiles: options.profiles,
    onCounted: serverIds => {
      for (const serverId of serverIds) publish({ type: 'tools.changed', serverId, countedOnly: true });
    },
    onFailure: error => options.onFailure(error, 'token counts'),
  });
  const changed = (serverId: string): void => {
    known.invalidate();
    costs.changed();
    options.onChanged(serverId);
  };
  const watches = createCallWatches(publish);
  const questions = createQuestions({ clock: options.clock, publish });
  const clients = createApiClients({ upstreams, watches, questions });
  const requests = createServerRequests({ ...options, clients, watches, callSeconds });
  const calls = createToolCalls({ ...options, known, requests });
  const refreshes = createCoalesced(async serverId => {
    const offered = await session(serverId).listTools({ timeoutSeconds: callSeconds(serverId) });
    options.seen(serverId, offered);
    // A name that the API cannot carry could be neither called nor switched off.
    const usable = offered.filter(({ name }) => ToolName.safeParse(name).success);
    if (usable.length < offered.length) options.onLeftOut(serverId, offered.length - usable.length);
    const hidden = servers.hidesDisabled(serverId) ? notOffered(known.ofServer(serverId), usable) : [];
    if (repository.replace(serverId, [...usable, ...hidden])) changed(serverId);
  });
  const exposed = () => known.exposed();
  costs.changed();

  return {
    handlers: toolHandlers({
      list: createToolList({
        ...{ known, expected, names },
        tokensOf: costs.of,
        setDisabledTools: servers.setDisabledTools,
        onChanged: changed,
      }),
      clashes: createClashes({
        ...{ known, expected, clock: options.clock },
        kept: createKeptClashRepository(database),
        catalogTools: options.catalogTools,
        onDecided: () => publish({ type: 'clashes.changed' }),
      }),
      calls,
      contents: createServerContents({ ...options, requests, callSeconds }),
      questions,
      costs,
    }),
    exposed,
    named: known.named,
    promptNames: promptNames.of,
    exposedWithTokens: () =>
      known
        .all()
        .filter(({ enabled, quarantined }) => enabled && !quarantined)
        .map(tool => ({ serverId: tool.serverId, tool: tool.tool, tokens: costs.of(tool) })),
    callSeconds,
    invalidate() {
      known.invalidate();
      promptNames.invalidate();
      costs.changed();
      const servers = repository.serverIds().join(' ');
      if (servers !== serversBefore) publish({ type: 'clashes.changed' });
      serversBefore = servers;
    },
    call: calls.call,
    refresh: serverId => refreshes.run(serverId),
    refreshed: serverId => refreshes.settled(serverId),
    counted: costs.settled,
    get callsInFlight() {
      return calls.inFlight;
    },
    close() {
      clients.close();
      costs.close();
    },
  };
}

/** What an engine does not offer because it is off is still one of the server's tools. */
function notOffered(known: readonly KnownTool[], offered: readonly WireTool[]): WireTool[] {
  const names = new Set(offered.map(({ name }) => name));
  return known.flatMap(({ enabled, tool, sent }) => (!enabled && !names.has(tool) ? [sent] : []));
}

// Wires the tools to the history of their calls, to the servers behind them and to what guards them.
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { DaemonEvent } from '../shared/api/events.ts';
import { Name } from '../shared/domain/names.ts';
import { type Calls, createCalls } from './features/calls/create-calls.ts';
import type { ServerService } from './features/servers/servers.service.ts';
import { createTools, type Tools, type ToolsOptions } from './features/tools/create-tools.ts';
import type { Clock } from './platform/clock.ts';
import type { CallGuard, CallRecorder } from './supervision/tool-call.ts';
import type { UpstreamOffer, Upstreams, WireObject } from './supervision/upstream.ts';

export interface ToolsComposition
  extends Pick<ToolsOptions, 'session' | 'upstreams' | 'isQuarantined' | 'seen' | 'onRead' | 'hideValues'> {
  database: Database;
  home: string;
  clock: Clock;
  servers: ServerService;
  guard: CallGuard;
  isVaultLocked(): boolean;
  /** Hears of every call that has ended, beside the history. */
  alsoFinished: CallRecorder['finished'];
  /** A catalog entry. Errors: CATALOG_001. */
  catalogEntry(id: string): Promise<{ id: string; nameInCatalog: string; toolNames: readonly string[] }>;
  publish(event: DaemonEvent): void;
  /** What clients are shown of a server's tools is other than before. */
  onChanged(serverId: string): void;
  onFailure(error: unknown, what: string): void;
}

export interface ComposedTools {
  tools: Tools;
  calls: Calls;
  recorder: CallRecorder;
  /** A result on its way to a client. */
  screen(serverId: string, tool: string | undefined, result: WireObject): WireObject;
}

export function composeTools(parts: ToolsComposition): ComposedTools {
  const { database, home, clock, servers, publish, onFailure, hideValues } = parts;
  const calls = createCalls({
    ...{ database, clock, publish, onFailure, hideValues },
    isVaultLocked: parts.isVaultLocked,
    keyFile: join(home, 'history.key'),
    requireServer: id => void servers.configuration(id),
    exposedTools: () => tools.exposedWithTokens(),
    makeCall: async call => (await tools.call({ ...call, via: 'api' })).call,
  });
  const recorder: CallRecorder = {
    finished(call) {
      calls.recorder.finished(call);
      parts.alsoFinished(call);
    },
  };
  const tools: Tools = createTools({
    ...parts,
    recorder,
    screen: calls.screen,
    servers: {
      configuration: servers.configuration,
      setDisabledTools: (id, disabledTools) => servers.update(id, { configuration: { disabledTools } }),
      definedTools: servers.docker.definedTools,
      hidesDisabled: id => servers.present(id)?.engine === 'docker',
    },
    async catalogTools(entry) {
      const { id, nameInCatalog, toolNames } = await parts.catalogEntry(entry);
      // A server of Docker is called as its catalog calls it, and not as the entry, which has a mark of the catalog.
      return { serverId: Name.safeParse(nameInCatalog).data ?? id, tools: toolNames };
    },
    expectedTools: serverIds =>
      Promise.all(
        serverIds.map(async serverId => {
          const entry = servers.present(serverId)?.catalogEntry;
          // An entry may have gone from its catalog since.
          const found = entry ? await parts.catalogEntry(entry).catch(() => undefined) : undefined;
          return { serverId, tools: found?.toolNames ?? [] };
        }),
      ),
    profiles: () => {
      const inProfiles = servers.all().filter(({ profile }) => profile !== null);
      return [...Map.groupBy(inProfiles, ({ profile }) => profile ?? '')].map(([profile, inside]) => ({
        profile,
        serverIds: inside.map(({ id }) => id),
      }));
    },
    onChanged(serverId) {
      publish({ type: 'tools.changed', serverId });
      const server = servers.present(serverId);
      if (server) publish({ type: 'server.changed', server });
      parts.onChanged(serverId);
    },
    onLeftOut(serverId, count) {
      const line = `Quayside: ${count} tools of this server have names that cannot be used, and are left out.`;
      publish({ type: 'server.output', serverId, lines: [line] });
    },
  });
  return { tools, calls, recorder, screen: calls.screen };
}

/** What models are told of a server is kept back while it is not what was approved. */
export function withApprovedInstructions(
  upstreams: Upstreams,
  approved: (serverId: string) => string | null | undefined,
): Upstreams {
  const without = new WeakMap<UpstreamOffer, UpstreamOffer>();
  return {
    ...upstreams,
    offer(serverId) {
      const offer = upstreams.offer(serverId);
      if (!offer || offer.instructions === undefined || approved(serverId) !== null) return offer;
      const silent = without.get(offer) ?? { ...offer, instructions: undefined };
      without.set(offer, silent);
      return silent;
    },
  };
}

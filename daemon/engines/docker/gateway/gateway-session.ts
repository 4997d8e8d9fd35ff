// One warm MCP session with a gateway, and a view of it for each server: with the server's own names, and nothing of the others.

import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import { untilAborted } from '../../../platform/until-aborted.ts';
import type { Connection } from '../../../supervision/connection.ts';
import { createSession } from '../../../supervision/mcp-session.ts';
import type { CallOptions, McpSession, WireTool } from '../../../supervision/session.ts';
import { PeerFailure } from '../../../supervision/wire-peer.ts';
import { type Attribution, attributeTools, hasAlone, type ServerInSession } from './attribution.ts';
import type { GatewayExchange } from './gateway-upstream.ts';

export interface GatewaySessionOptions {
  redact: (text: string) => string;
  /** A line for the gateway's output. */
  tell: (line: string) => void;
  /** A call found that its server's container has ended: the gateway itself would not start another one in this session. */
  onContainerLost: (server: string) => void;
}

export interface GatewaySession {
  /**
   * From now on calls go here. A call that runs ends where it was begun, and its connection is closed after that. `why`: told
   * to a call that cannot end there, as the end of a sentence.
   */
  open(connection: Connection, servers: readonly ServerInSession[], why?: string): void;
  /** What is known of the servers has changed; the connection stays. */
  describe(servers: readonly ServerInSession[]): void;
  /** A restart that was planned: calls wait for what comes. `why` is told to those that are cut off. */
  suspend(why: string): void;
  /** Calls are refused from now on. */
  end(failure: ProblemError): void;
  readonly callsInFlight: number;
  /** Resolves when no call is under way, or after the time. */
  drain(milliseconds: number): Promise<void>;
  /** What the gateway lists now, by server. Rejects as a list does. */
  look(): Promise<Attribution>;
  view(server: string): McpSession;
  /** What our own gateway needs of it. */
  readonly exchange: GatewayExchange;
}

interface Open {
  connection: Connection;
  raw: McpSession;
  calls: number;
  replaced: boolean;
  /** Why it was replaced, as the end of a sentence. */
  why: string | undefined;
}

/** Milliseconds for which a list may be shared by those who ask for it in the same moment. */
const sharedFor = 200;
const listOptions: CallOptions = { timeoutSeconds: 30 };

export function createGatewaySession({ redact, tell, onContainerLost }: GatewaySessionOptions): GatewaySession {
  let servers: readonly ServerInSession[] = [];
  let open: Open | undefined;
  let coming = Promise.withResolvers<Open>();
  coming.promise.catch(() => {});
  let failed = false;
  let known: Attribution | undefined;
  let listing: { at: number; promise: Promise<{ tools: WireTool[]; attribution: Attribution }> } | undefined;
  let toldUnknown = '';
  const idle = new Set<() => void>();

  const retire = (old: Open): void => {
    if (old.replaced && old.calls === 0) void old.connection.close();
  };
  const replaceBy = (next: Open | undefined, why: string | undefined): void => {
    const old = open;
    open = next;
    known = undefined;
    listing = undefined;
    if (!old) return;
    old.replaced = true;
    old.why = why;
    retire(old);
  };
  /** A new promise for those who come from now on; those who wait already go on waiting. */
  const expect = (): void => {
    if (!failed && open === undefined) return;
    failed = false;
    coming = Promise.withResolvers();
    coming.promise.catch(() => {});
  };

  const current = async ({ signal, timeoutSeconds }: CallOptions): Promise<Open> => {
    if (open) return open;
    const limit = AbortSignal.timeout(timeoutSeconds * 1_000);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    return await untilAborted(coming.promise, either, () =>
      signal?.aborted ? signal.reason : notBack(timeoutSeconds),
    );
  };

  const use = async <T>(
    options: CallOptions,
    act: (raw: McpSession, connection: Connection) => Promise<T>,
  ): Promise<T> => {
    const at = await current(options);
    at.calls += 1;
    try {
      return await act(at.raw, at.connection);
    } catch (error) {
      if (error instanceof PeerFailure && error.kind === 'lost' && at.why !== undefined) throw cutOff(at.why, error);
      if (!isGone(error)) throw error;
      throw at.why === undefined ? gone(error) : cutOff(at.why, error);
    } finally {
      at.calls -= 1;
      retire(at);
      if (session.callsInFlight === 0) for (const wake of [...idle]) wake();
    }
  };

  const tellUnknown = ({ unknown }: Attribution): void => {
    const text = unknown.slice(0, 10).join(', ');
    if (text === toldUnknown) return;
    toldUnknown = text;
    if (text !== '') tell(`Quayside: Nobody can tell which server these tools are of, and they are left out: ${text}`);
  };

  const list = async (options: CallOptions) => {
    if (listing && Date.now() - listing.at < sharedFor) return await listing.promise;
    const promise = use(options, async raw => {
      const tools = await raw.listTools(options);
      const attribution = attributeTools(
        tools.map(({ name }) => name),
        servers,
      );
      known = attribution;
      tellUnknown(attribution);
      return { tools, attribution };
    });
    const mine = { at: Date.now(), promise };
    listing = mine;
    promise.catch(() => {
      if (listing === mine) listing = undefined;
    });
    return await promise;
  };

  const exposedName = async (server: string, tool: string, options: CallOptions): Promise<string> => {
    const found = known?.tools.get(server)?.get(tool);
    if (found !== undefined) return found;
    const { attribution } = await list(options);
    const listed = attribution.tools.get(server)?.get(tool);
    if (listed !== undefined) return listed;
    throw problem('TOOL_001', {
      detail: `"${server}" has no tool "${tool}" now.`,
      next: 'Look at its list of tools: some may be switched off.',
    });
  };

  const callTool = async (server: string, tool: string, args: Record<string, unknown>, options: CallOptions) => {
    const call = (name: string) => use(options, raw => raw.callTool(name, args, options));
    const name = await exposedName(server, tool, options);
    try {
      return await call(name);
    } catch (error) {
      if (isContainerLost(error)) {
        onContainerLost(server);
        throw containerLost(server, error);
      }
      // A reload has given it another prefix a moment ago: it was not run.
      if (!isUnknownTool(error)) throw error;
      listing = undefined;
      known = undefined;
      const again = await exposedName(server, tool, options);
      if (again === name) throw error;
      return await call(again);
    }
  };

  /** Prompts and resources have no prefix: they are shown where only one server can have them. */
  const ofOneServer = async <T>(
    server: string,
    what: 'prompts' | 'resources',
    options: CallOptions,
    read: (raw: McpSession) => Promise<T[]>,
  ): Promise<T[]> => (hasAlone(server, what, servers) ? await use(options, read) : []);

  const session: GatewaySession = {
    open(connection, described, why) {
      servers = described;
      const raw = createSession({ session: connection.session, redact, tell });
      const next: Open = { connection, raw, calls: 0, replaced: false, why: undefined };
      replaceBy(next, why);
      if (failed) expect();
      failed = false;
      coming.resolve(next);
    },
    describe(described) {
      servers = described;
      known = undefined;
      listing = undefined;
    },
    suspend(why) {
      expect();
      replaceBy(undefined, why);
    },
    end(failure) {
      expect();
      replaceBy(undefined, undefined);
      failed = true;
      coming.reject(failure);
    },
    get callsInFlight() {
      return open?.calls ?? 0;
    },
    async drain(milliseconds) {
      if (session.callsInFlight === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      idle.add(resolve);
      const timer = setTimeout(resolve, milliseconds);
      await promise;
      clearTimeout(timer);
      idle.delete(resolve);
    },
    look: async () => (await list(listOptions)).attribution,
    exchange: {
      get offer() {
        return open?.connection.session.offer;
      },
      exposedName: (server, tool, { signal, timeoutSeconds }) => exposedName(server, tool, { signal, timeoutSeconds }),
      forgetNames() {
        listing = undefined;
        known = undefined;
      },
      hasAlone: (server, what) => hasAlone(server, what, servers),
      exchange: ({ signal, timeoutSeconds }, act) =>
        use({ signal, timeoutSeconds }, (_raw, { session: upstream }) => act(upstream)),
      lists: server => session.view(server),
      containerLost: onContainerLost,
    },
    view: server => ({
      async listTools(options) {
        const { tools, attribution } = await list(options);
        const mine = new Map([...(attribution.tools.get(server) ?? [])].map(([name, exposed]) => [exposed, name]));
        return tools.flatMap(tool => {
          const name = mine.get(tool.name);
          return name === undefined || name === '' ? [] : [{ ...tool, name }];
        });
      },
      callTool: (tool, args, options) => callTool(server, tool, args, options),
      listResources: options => ofOneServer(server, 'resources', options, raw => raw.listResources(options)),
      listPrompts: options => ofOneServer(server, 'prompts', options, raw => raw.listPrompts(options)),
      ping: options => use(options, raw => raw.ping(options)),
    }),
  };
  return session;
}

/** How the gateway's error ends when the container of a server is gone (recorded: gateway-engine-lost). */
const lostWords =
  /(?:(?<!unexpected )\bEOF|broken pipe|connection closed|client is closing|file already closed|session not found)\W*\(-?\d+\)$/;

const isContainerLost = (error: unknown): error is ProblemError =>
  isProblemError(error) && error.code === 'TOOL_004' && lostWords.test(error.problem.detail);

const isUnknownTool = (error: unknown): boolean =>
  isProblemError(error) && error.code === 'TOOL_004' && /unknown tool/.test(error.problem.detail);

const containerLost = (server: string, cause: unknown): ProblemError =>
  problem('SERVER_003', {
    detail: `The container of "${server}" ended before the answer came.`,
    next: 'Try again: the next call starts a new one. If it ends again, look at the output of the server.',
    cause,
  });

/** The connection broke: the gateway has ended. */
const isGone = (error: unknown): boolean =>
  isProblemError(error) &&
  (error.code === 'SERVER_003' || (error.code === 'TOOL_004' && error.cause instanceof TypeError));

const gone = (cause: unknown): ProblemError =>
  problem('SERVER_003', {
    detail: 'The gateway ended before the answer came. Whether the call had an effect is not known.',
    next: 'Wait until the server runs again, then call it again if that does no harm.',
    cause,
  });

const cutOff = (why: string, cause: unknown): ProblemError =>
  problem('SERVER_003', {
    detail: `The gateway was restarted while the call was under way, because ${why}. Whether the call had an effect is not known.`,
    next: 'Call it again if that does no harm.',
    cause,
  });

const notBack = (seconds: number): ProblemError =>
  problem('TOOL_003', {
    detail: `The gateway was being restarted, and was not back within ${seconds} seconds.`,
    next: 'Try again.',
  });

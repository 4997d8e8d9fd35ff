// The MCP endpoint: one server in front of all running ones. It lists and calls tools; results pass unchanged.
import { createMcpHandler, ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { describeProblem, type ProblemCode } from '../../../shared/api/problem.ts';
import type { AuditSink } from '../../http/bind-routes.ts';
import { errorToProblem } from '../../http/to-problem.ts';
import type { WireCallResult, WireTool } from '../../supervision/session.ts';
import { createNameTable, type NameTable } from './clash-names.ts';

/** The tools feature as the gateway needs it. */
export interface GatewayTools {
  /** All tools that are switched on, of running and stopped servers. */
  enabledTools(): { serverId: string; definition: WireTool }[];
  isRunning(serverId: string): boolean;
  call(call: {
    serverId: string;
    tool: string;
    arguments: Record<string, unknown>;
    caller: string;
    signal: AbortSignal;
  }): Promise<{ result: WireCallResult }>;
}

export interface GatewayOptions {
  tools: GatewayTools;
  audit: AuditSink;
  version: string;
  onFailure: (error: unknown) => void;
}

export interface Gateway {
  /** Serves one request that was let in already. `caller` is for the records; of the servers, it sees those that it may. */
  fetch(request: Request, caller: string, requestId: string, maySee?: (serverId: string) => boolean): Promise<Response>;
  /** To be called whenever a server or a tool came, went or changed: what is known is asked for anew, and listening clients are told. */
  toolsChanged(): void;
  close(): Promise<void>;
}

interface KnownTool {
  serverId: string;
  name: string;
  definition: WireTool;
}

type MaySee = (serverId: string) => boolean;
const RequestFacts = z.object({
  caller: z.string(),
  requestId: z.string(),
  maySee: z.custom<MaySee>(value => typeof value === 'function'),
});

const instructions =
  'Tools of several MCP servers on this machine, offered by Quayside. A tool whose name two servers share is called server__tool.';

export function createGateway({ tools, audit, version, onFailure }: GatewayOptions): Gateway {
  // Asked for with every call, changed seldom: kept until somebody says that the tools are others.
  let names: NameTable<KnownTool> | undefined;
  const known = (): NameTable<KnownTool> => {
    names ??= createNameTable(tools.enabledTools().map(tool => ({ ...tool, name: tool.definition.name })));
    return names;
  };

  const list = (maySee: MaySee) =>
    [...known().listed]
      .filter(([, tool]) => maySee(tool.serverId) && tools.isRunning(tool.serverId))
      .map(([name, { serverId, definition }]) => ({
        ...definition,
        name,
        _meta: { ...(definition._meta as object | undefined), 'quayside/server': serverId },
      }));

  const call = async (
    name: string,
    args: Record<string, unknown>,
    caller: string,
    requestId: string,
    signal: AbortSignal,
    maySee: MaySee,
  ) => {
    const tool = known().find(name);
    if (!tool || !maySee(tool.serverId))
      throw new ProtocolError(
        ProtocolErrorCode.InvalidParams,
        `No running server has a tool called "${name.slice(0, 128)}".`,
      );
    const row = { principal: caller, action: 'callTool', resource: `${tool.serverId}/${tool.name}`, requestId };
    audit.record({ ...row, outcome: 'allowed', code: null });
    try {
      const { result } = await tools.call({
        serverId: tool.serverId,
        tool: tool.name,
        arguments: args,
        caller,
        signal,
      });
      return result;
    } catch (error) {
      const failure = errorToProblem(error);
      audit.record({ ...row, outcome: 'failed', code: failure.code });
      // A model can read and mend a failed result; it never sees a protocol error.
      return {
        isError: true,
        content: [{ type: 'text', text: describeProblem(failure) }],
        _meta: { 'quayside/code': failure.code satisfies ProblemCode },
      };
    }
  };

  const handler = createMcpHandler(
    ({ authInfo }) => {
      const { caller, requestId, maySee } = RequestFacts.parse(authInfo?.extra);
      const server = new Server(
        { name: 'quayside', version },
        { capabilities: { tools: { listChanged: true } }, instructions },
      );
      server.setRequestHandler('tools/list', () => ({ tools: list(maySee) }) as never);
      server.setRequestHandler(
        'tools/call',
        ({ params }, { mcpReq }) =>
          call(params.name, params.arguments ?? {}, caller, requestId, mcpReq.signal, maySee) as never,
      );
      return server;
    },
    { onerror: onFailure },
  );

  return {
    fetch(request, caller, requestId, maySee = () => true) {
      // The kernel has let the request in; the token itself is nobody's business behind it.
      return handler.fetch(request, {
        authInfo: { token: '', clientId: caller, scopes: [], extra: { caller, requestId, maySee } },
      });
    },
    toolsChanged() {
      names = undefined;
      handler.notify.toolsChanged();
    },
    close: () => handler.close(),
  };
}

// One server behind Docker's gateway as our own gateway uses it: with its own names, and only what is certainly its own.
// What a server asks of its clients ends in Docker's gateway; prompts and resources have no prefix there, and are given only
// where one server alone has any.
import { isProblemError, type ProblemError, problem } from '../../../../shared/api/problem.ts';
import type { Losses } from '../../../supervision/losses.ts';
import type { McpSession } from '../../../supervision/session.ts';
import {
  type Upstream,
  type UpstreamCall,
  type UpstreamLoss,
  type UpstreamOffer,
  WireError,
  type WireObject,
  type WireRequest,
} from '../../../supervision/upstream.ts';
import { toUpstreamError } from '../../../supervision/upstream-problems.ts';
import type { UpstreamSession } from '../../../supervision/upstream-session.ts';
import { rpcCodes } from '../../../supervision/wire-message.ts';
import { PeerFailure } from '../../../supervision/wire-peer.ts';

/** What it needs of the session with the gateway. */
export interface GatewayExchange {
  /** Undefined: there is no session now. */
  readonly offer: UpstreamOffer | undefined;
  /** The gateway's name of a tool. Errors: TOOL_001, and those of a list. */
  exposedName(server: string, tool: string, call: UpstreamCall): Promise<string>;
  /** The names may have changed. */
  forgetNames(): void;
  hasAlone(server: string, what: 'prompts' | 'resources'): boolean;
  /** In the session, which may be about to come. Errors: SERVER_003, TOOL_003, and those of `act`. */
  exchange<T>(call: UpstreamCall, act: (session: UpstreamSession) => Promise<T>): Promise<T>;
  lists(server: string): Pick<McpSession, 'listTools'>;
  containerLost(server: string): void;
}

export interface GatewayUpstreamOptions {
  id: string;
  /** What the gateway calls it. */
  server: string;
  exchange: GatewayExchange;
  losses: Losses;
  hide: <T>(value: T) => T;
  redact: (text: string) => string;
}

const prompts: ReadonlySet<string> = new Set(['prompts/list', 'prompts/get']);
const resources: ReadonlySet<string> = new Set(['resources/list', 'resources/templates/list', 'resources/read']);
const subscribing: ReadonlySet<string> = new Set(['resources/subscribe', 'resources/unsubscribe']);

/** Docker's gateway answers these itself, with an error, and tells no client of them. */
export const neverForwarded: readonly UpstreamLoss[] = [
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
].map(what => ({ what, reason: 'not-forwarded', times: 0 }));

export function gatewayOffer(exchange: GatewayExchange, server: string): UpstreamOffer | undefined {
  const { offer } = exchange;
  if (!offer) return undefined;
  const alone = (what: 'prompts' | 'resources') =>
    offer.capabilities[what] !== undefined && exchange.hasAlone(server, what) ? { [what]: { listChanged: true } } : {};
  const completions =
    offer.capabilities['completions'] && exchange.hasAlone(server, 'prompts') ? { completions: {} } : {};
  return {
    protocolVersion: offer.protocolVersion,
    capabilities: { tools: { listChanged: true }, ...alone('prompts'), ...alone('resources'), ...completions },
    serverInfo: { name: server },
    instructions: undefined,
  };
}

export function createGatewayUpstream(options: GatewayUpstreamOptions): Upstream {
  const { id, server, exchange, losses, hide, redact } = options;

  const callTool = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const tool = request.params?.['name'];
    if (typeof tool !== 'string') throw new WireError(rpcCodes.invalidParams, 'The name of the tool is missing.');
    const once = (name: string) =>
      exchange.exchange(call, session => session.request({ ...request, params: { ...request.params, name } }, call));
    const name = await exchange.exposedName(server, tool, call);
    try {
      return await once(name);
    } catch (error) {
      if (isContainerLost(error)) {
        exchange.containerLost(server);
        throw containerLost(id, error);
      }
      // A reload has given it another prefix a moment ago: it was not run.
      if (!(error instanceof WireError) || !error.message.includes('unknown tool')) throw error;
      exchange.forgetNames();
      const again = await exchange.exposedName(server, tool, call);
      if (again === name) throw error;
      return await once(again);
    }
  };

  const completes = ({ params }: WireRequest): 'prompts' | 'resources' =>
    JSON.stringify(params?.['ref'] ?? null).includes('ref/resource') ? 'resources' : 'prompts';

  const forward = async (request: WireRequest, call: UpstreamCall): Promise<WireObject> => {
    const { method } = request;
    if (method === 'ping') return {};
    if (method === 'tools/call') return await callTool(request, call);
    if (method === 'tools/list') {
      const { signal, timeoutSeconds } = call;
      return { tools: await exchange.lists(server).listTools({ signal, timeoutSeconds }) };
    }
    const isOf = prompts.has(method)
      ? 'prompts'
      : resources.has(method) || subscribing.has(method)
        ? 'resources'
        : method === 'completion/complete'
          ? completes(request)
          : undefined;
    if (isOf !== undefined && exchange.hasAlone(server, isOf))
      return await exchange.exchange(call, session => session.request(request, call));
    losses.count(method, 'not-forwarded');
    throw new WireError(rpcCodes.methodNotFound, `Docker’s gateway does not carry ${method} to this server.`);
  };

  return {
    get offer() {
      return gatewayOffer(exchange, server) ?? unknown;
    },
    async request(request, call) {
      try {
        const result = await forward(request, call);
        return request.method.endsWith('/list') ? hide(result) : result;
      } catch (error) {
        const { signal, timeoutSeconds } = call;
        throw toUpstreamError(asCutOff(error), { serverId: id, timeoutSeconds, signal, hide, redact });
      }
    },
    notify({ method }) {
      losses.count(method, 'not-forwarded');
    },
  };
}

const unknown: UpstreamOffer = { protocolVersion: '', capabilities: {}, serverInfo: {}, instructions: undefined };

/** How the gateway's error ends when the container of a server is gone (recorded: gateway-engine-lost). */
export const lostWords =
  /(?:(?<!unexpected )\bEOF|broken pipe|connection closed|client is closing|file already closed|session not found)\W*$/;

/** A restart that was planned tells why. */
const asCutOff = (error: unknown): unknown =>
  isProblemError(error) && error.code === 'SERVER_003' && error.cause instanceof PeerFailure
    ? problem('TOOL_010', { detail: error.problem.detail, next: error.problem.next, cause: error.cause })
    : error;

const containerLost = (id: string, cause: unknown): ProblemError =>
  problem('TOOL_010', {
    detail: `The container of "${id}" ended before the answer came. Whether the call had an effect is not known.`,
    next: 'Call it again if that does no harm: the next call starts a new container.',
    cause,
  });

const isContainerLost = (error: unknown): boolean => error instanceof WireError && lostWords.test(error.message);

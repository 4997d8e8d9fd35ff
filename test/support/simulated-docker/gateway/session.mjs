// One client of the gateway: answers its requests, and owns the containers that stay open for it.
import { randomBytes } from 'node:crypto';
import { goDuration } from '../go-format.mjs';
import { openServer, refreshServer } from './capabilities.mjs';
import { ServerError } from './connection.mjs';
import { callOwnTool, discoverPrompt } from './own-tools.mjs';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const looksSecret =
  /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,}|AKIA[A-Z0-9]{16}|xox[baprs]-[\w-]{10,}|sk-[A-Za-z0-9]{32,})/;

const rpcError = (code, message) => Object.assign(new Error(message), { code });

/** `send(message)` reaches the client outside of answers. */
export function createSession(gateway, send) {
  const { log, flags } = gateway;
  const open = new Map();
  const refreshing = new Set();
  let client;

  const stays = ({ spec }) => flags['long-lived'] || spec.longLived;

  // A server that says that its lists changed is asked again, in a container of its own.
  const refresh = async server => {
    if (refreshing.has(server.name))
      return log.line(`- RefreshCapabilities already in progress for ${server.name} - skipping`);
    refreshing.add(server.name);
    log.line(`- RefreshCapabilities called for session, refreshing servers: ${server.name}`);
    // With containers that stay the one of the session is asked, and nothing has to be started.
    if (!stays(server)) await refreshServer(gateway, server);
    log.line(`  - No capability changes detected for ${server.name} - skipping update`);
    log.line('- RefreshCapabilities completed successfully');
    refreshing.delete(server.name);
  };

  const connect = server =>
    openServer(gateway, server, {
      signal: gateway.signal,
      onNotification: method => {
        if (method.endsWith('/list_changed')) void refresh(server);
      },
    });

  const withServer = async (server, act) => {
    if (!stays(server)) {
      const connection = await connect(server);
      try {
        return await act(connection);
      } finally {
        await connection.release();
      }
    }
    let opening = open.get(server.name);
    if (!opening || (await opening).isOver()) {
      opening = connect(server);
      open.set(server.name, opening);
      opening.catch(() => open.delete(server.name));
    }
    return act(await opening);
  };

  const callTool = async (name, args) => {
    const offer = gateway.offers.tools.get(name);
    if (!offer) throw rpcError(-32602, `unknown tool "${name}"`);
    if (offer.own) return callOwnTool(gateway, name, args, callTool);
    const startedAt = performance.now();
    const params = { name: offer.original, arguments: args };
    const result = await withServer(offer.server, connection => connection.request('tools/call', params));
    log.line(`  > Calling tool ${name} took: ${goDuration(performance.now() - startedAt)}`);
    return result;
  };

  const callGuarded = async ({ name, arguments: args = {} }) => {
    const guards = flags['block-secrets'] !== false;
    if (guards) {
      log.line('  - Scanning tool call arguments for secrets...');
      if (looksSecret.test(JSON.stringify(args))) throw rpcError(0, `a secret is being passed to tool ${name}`);
      log.line('  > No secret found in arguments.');
    }
    log.line(`  - Calling tool ${name} with arguments: object with ${Object.keys(args).length} field(s)`);
    const result = await callTool(name, args);
    if (!guards) return result;
    log.line('  - Scanning tool call response for secrets...');
    if (looksSecret.test(JSON.stringify(result))) throw rpcError(0, `a secret is being returned by tool ${name}`);
    log.line('  > No secret found in response.');
    return result;
  };

  const forward = async (kind, key, method, params) => {
    const offer = gateway.offers[kind].get(params[key]);
    if (!offer) throw rpcError(-32602, `unknown ${kind.slice(0, -1)} "${params[key]}"`);
    return withServer(offer.server, connection => connection.request(method, params));
  };

  const sorted = map => [...map.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { item }]) => item);
  const methods = {
    initialize: ({ protocolVersion, clientInfo }) => {
      client = clientInfo ?? { name: '', version: '' };
      return {
        capabilities: {
          logging: {},
          prompts: { listChanged: true },
          resources: { listChanged: true, subscribe: true },
          tools: { listChanged: true },
        },
        protocolVersion: protocolVersion ?? '2025-06-18',
        serverInfo: { name: 'Docker AI MCP Gateway', version: '2.0.1' },
      };
    },
    ping: () => ({}),
    'logging/setLevel': () => ({}),
    'tools/list': () => ({
      tools: [...gateway.offers.tools.values()].map(({ tool }) => tool).sort((a, b) => (a.name < b.name ? -1 : 1)),
    }),
    'tools/call': callGuarded,
    'prompts/list': () => ({
      prompts: [...sorted(gateway.offers.prompts), ...(gateway.hasOwnTools ? [discoverPrompt] : [])],
    }),
    'prompts/get': params => forward('prompts', 'name', 'prompts/get', params),
    'resources/list': () => ({ resources: sorted(gateway.offers.resources) }),
    'resources/templates/list': () => ({ resourceTemplates: sorted(gateway.offers.templates) }),
    'resources/read': params => forward('resources', 'uri', 'resources/read', params),
  };

  const announce = () => {
    log.line(`- Client initialized ${client.name}@${client.version} `);
    log.line(`- Current working directory: ${process.cwd()}`);
    const request = {
      capabilities: { roots: {} },
      clientInfo: client,
      protocolVersion: '2025-06-18',
    };
    log.line(`- Initialize request:\n${JSON.stringify(request, null, 2).replace(/^/gm, '  ')}`);
  };

  return {
    id: [...randomBytes(26)].map(byte => alphabet[byte % 32]).join(''),
    notify: method => send({ jsonrpc: '2.0', method, params: {} }),
    isInitialized: () => client !== undefined,
    /** The answer to a message; undefined for a notification. */
    async handle({ id, method, params = {} }) {
      if (method === 'notifications/initialized') announce();
      if (id === undefined || method === undefined) return undefined;
      const act = methods[method];
      try {
        if (!act) throw rpcError(-32601, `method not found: "${method}"`);
        return { jsonrpc: '2.0', id, result: await act(params) };
      } catch (error) {
        const code = error instanceof ServerError || error.code !== undefined ? (error.code ?? 0) : 0;
        return { jsonrpc: '2.0', id, error: { code, message: error.message } };
      }
    },
    /** Lets its containers go: their standard input is closed, and nobody waits for them. */
    close({ isQuiet = false } = {}) {
      if (client && !isQuiet) log.line(`- Client disconnected ${client.name}@${client.version}, releasing containers`);
      for (const opening of open.values()) opening.then(connection => connection.letGo()).catch(() => {});
      client = undefined;
    },
  };
}

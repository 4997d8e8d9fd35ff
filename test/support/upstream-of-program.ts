// Real servers behind the port through which tests make their calls: child processes, and the official client before them.
import { Client, ProtocolError } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import * as z from 'zod';
import { type DownstreamClient, type Upstream, type Upstreams, WireError } from '../../daemon/supervision/upstream.ts';
import { problem } from '../../shared/api/problem.ts';
import { testServerScript } from './fake-engine.ts';

export interface UpstreamsUnderTest extends Pick<Upstreams, 'of' | 'left'>, AsyncDisposable {
  /** Clients that have left. */
  readonly gone: DownstreamClient[];
}

/** `scripts`: server -> name of one of the programs in mcp-servers. */
export function createUpstreams(scripts: Readonly<Record<string, string>>): UpstreamsUnderTest {
  const open = new Map<string, Promise<Client>>();
  const gone: DownstreamClient[] = [];
  const clientOf = (serverId: string): Promise<Client> => {
    const script = scripts[serverId];
    if (script === undefined)
      throw problem('SERVER_003', { detail: `"${serverId}" is not running.`, next: 'Start it.' });
    const known = open.get(serverId) ?? connect(script);
    open.set(serverId, known);
    return known;
  };
  return {
    gone,
    async of(serverId) {
      return toUpstream(await clientOf(serverId));
    },
    left: client => void gone.push(client),
    async [Symbol.asyncDispose]() {
      await Promise.all([...open.values()].map(async client => (await client).close()));
    },
  };
}

async function connect(script: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [testServerScript(script)] }));
  return client;
}

const toUpstream = (client: Client): Upstream => ({
  offer: { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {}, instructions: undefined },
  async request({ method, params = {} }, { signal, timeoutSeconds }) {
    try {
      const timeout = timeoutSeconds * 1_000;
      return await client.request({ method, params }, z.looseObject({}), { signal, timeout, maxTotalTimeout: timeout });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof ProtocolError) throw new WireError(error.code, error.message, error.data);
      throw problem('TOOL_003', { detail: 'There was no answer in time.', next: 'Try again.' });
    }
  },
  notify() {},
});

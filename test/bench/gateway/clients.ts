// Two clients: the official one, as people use it, and a lean one, so that the client is not what is measured.
import { Agent, request } from 'node:http';
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Target } from './targets.ts';
import { upstreamFile } from './targets.ts';

export interface BenchClient {
  call(tool: 'echo' | 'big'): Promise<void>;
  list(): Promise<number>;
  close(): Promise<void>;
}

const message = 'How fast is this?';
const looksRight = (text: string, tool: 'echo' | 'big') =>
  tool === 'echo' ? text.includes(`Echo: ${message}`) : text.length >= 65_536;

function transportTo({ transport, url, headers }: Target): Transport {
  if (transport === 'stdio') {
    return new StdioClientTransport({ command: process.execPath, args: [upstreamFile, 'up0'] });
  }
  const address = new URL(url);
  if (transport === 'sse') return new SSEClientTransport(address, { requestInit: { headers } });
  return new StreamableHTTPClientTransport(address, { requestInit: { headers } });
}

export async function connectOfficial(target: Target): Promise<BenchClient> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transportTo(target));
  return {
    async call(tool) {
      const { content, isError } = await client.callTool(target.call(tool, message));
      const text = JSON.stringify(content);
      if (isError || !looksRight(text, tool))
        throw new Error(`${target.name} answered ${tool} with ${text.slice(0, 200)}`);
    },
    list: async () => (await client.listTools()).tools.length,
    close: () => client.close(),
  };
}

/** Speaks with streamable HTTP only. */
export async function connectLean(target: Target): Promise<BenchClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const address = new URL(target.url);
  let session: string | undefined;
  let lastId = 0;
  const send = (body: Record<string, unknown>): Promise<string> =>
    new Promise((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        ...(session ? { 'mcp-session-id': session } : {}),
        ...target.headers,
      };
      const sent = request(address, { agent, method: 'POST', headers }, response => {
        const found = response.headers['mcp-session-id'];
        if (typeof found === 'string') session = found;
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('end', () =>
          (response.statusCode ?? 500) < 300 ? resolve(text) : reject(new Error(`${response.statusCode} ${text}`)),
        );
      });
      sent.once('error', reject);
      sent.end(JSON.stringify({ jsonrpc: '2.0', ...body }));
    });
  const ask = (method: string, params: Record<string, unknown>) => send({ id: ++lastId, method, params });
  const clientInfo = { name: 'lean', version: '1.0.0' };
  await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
  await send({ method: 'notifications/initialized' });
  return {
    async call(tool) {
      const text = await ask('tools/call', target.call(tool, message));
      if (!looksRight(text, tool)) throw new Error(`${target.name} did not do the call.`);
    },
    async list() {
      const text = await ask('tools/list', {});
      return text.split('"inputSchema"').length - 1;
    },
    async close() {
      agent.destroy();
    },
  };
}

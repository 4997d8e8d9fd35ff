// A small MCP server over streamable HTTP, in this process, with faults that tests ask for.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RemoteServer {
  readonly url: string;
  readonly requests: { method: string; headers: IncomingMessage['headers']; rpc: string | undefined }[];
  readonly behaviour: {
    /** Answer as one JSON document or as an event stream. */
    answers: 'json' | 'stream';
    /** Every request needs this Authorization header. */
    authorization: string | undefined;
    /** Every request is redirected here. */
    redirect: string | undefined;
    /** What is said instead of MCP. */
    page: string | undefined;
    /** The stream of a call's answer ends without it. */
    cutCalls: boolean;
    /** Calls are not answered. */
    silent: boolean;
    /** A call's stream has other messages without end. Whether the client still reads it. */
    flood: { isRead: boolean } | undefined;
    /** The event stream ends at once, and asks to come back after so many milliseconds. */
    retry: number | undefined;
  };
  /** Sends a message on the open event stream. */
  notify(method: string): void;
  /** Forgets all sessions: clients must begin again. */
  forgetSessions(): void;
  close(): Promise<void>;
}

const tools = [
  { name: 'echo', description: 'Gives the message back', inputSchema: { type: 'object' } },
  { name: 'large', description: 'Gives so many bytes', inputSchema: { type: 'object' } },
];

export async function startRemoteServer(port = 0): Promise<RemoteServer> {
  const sessions = new Set<string>();
  const streams = new Set<ServerResponse>();
  const requests: RemoteServer['requests'] = [];
  const behaviour: RemoteServer['behaviour'] = {
    answers: 'json',
    authorization: undefined,
    redirect: undefined,
    page: undefined,
    cutCalls: false,
    silent: false,
    flood: undefined,
    retry: undefined,
  };

  const answerCall = (params: { name: string; arguments: Record<string, unknown> }) => {
    const { name, arguments: args } = params;
    const text = name === 'large' ? 'x'.repeat(Number(args['bytes'])) : `Echo: ${args['message']}`;
    return { content: [{ type: 'text', text }] };
  };

  const answer = (rpc: { id: number; method: string; params: never }, response: ServerResponse): void => {
    if (rpc.method === 'tools/call' && behaviour.silent) return;
    if (rpc.method === 'tools/call' && behaviour.flood) return void flood(response, behaviour.flood);
    const results: Record<string, () => unknown> = {
      initialize: () => ({
        protocolVersion: '2025-11-25',
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: 'remote', version: '9.9.9' },
      }),
      'tools/list': () => ({ tools }),
      'tools/call': () => answerCall(rpc.params),
    };
    const session: Record<string, string> = {};
    if (rpc.method === 'initialize') {
      session['mcp-session-id'] = randomUUID();
      sessions.add(session['mcp-session-id']);
    }
    const message = JSON.stringify({ jsonrpc: '2.0', id: rpc.id, result: results[rpc.method]?.() ?? {} });
    if (behaviour.answers === 'json') {
      response.writeHead(200, { 'content-type': 'application/json', ...session }).end(message);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', ...session });
    if (rpc.method === 'tools/call' && behaviour.cutCalls) return void response.end(': nothing to say\n\n');
    response.end(`event: message\ndata: ${message}\n\n`);
  };

  const server = createServer(async (request, response) => {
    const body = request.method === 'POST' ? await readBody(request) : '';
    const rpc = body === '' ? undefined : JSON.parse(body);
    requests.push({ method: request.method ?? '', headers: request.headers, rpc: rpc?.method });
    if (behaviour.redirect) return void response.writeHead(307, { location: behaviour.redirect }).end();
    if (behaviour.authorization && request.headers.authorization !== behaviour.authorization) {
      return void response.writeHead(401).end();
    }
    if (behaviour.page !== undefined) {
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(behaviour.page);
    }
    const session = request.headers['mcp-session-id'];
    if (rpc?.method !== 'initialize' && !sessions.has(String(session))) return void response.writeHead(404).end();
    if (request.method === 'DELETE') return void response.writeHead(200).end();
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (behaviour.retry !== undefined)
        return void response.end(`retry: ${behaviour.retry}\nid: ${requests.length}\ndata:\n\n`);
      response.write(': hello\n\n');
      streams.add(response);
      return;
    }
    if (rpc.id === undefined) return void response.writeHead(202).end();
    answer(rpc, response);
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    requests,
    behaviour,
    notify(method) {
      for (const stream of streams) stream.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method })}\n\n`);
    },
    forgetSessions: () => sessions.clear(),
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function flood(response: ServerResponse, stream: { isRead: boolean }): void {
  const message = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
  const piece = `data: ${JSON.stringify(message)}\n\n`.repeat(200);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  stream.isRead = true;
  response.once('close', () => {
    stream.isRead = false;
  });
  const write = (): void => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', write);
  };
  write();
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

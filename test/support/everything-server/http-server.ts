// The server that offers everything, over streamable HTTP: with sessions for 2025-11-25, without for 2026-07-28.
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import {
  createMcpHandler,
  type EventStore,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { createEverythingServer } from './create-server.ts';
import { checkCustomHeaders } from './custom-headers.ts';

export interface EverythingHttp {
  readonly url: string;
  close(): Promise<void>;
}

/** `sessionsOnly`: as a server that does not know revision 2026-07-28. */
export async function startEverythingServer(port = 0, { sessionsOnly = false } = {}): Promise<EverythingHttp> {
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const modern = createMcpHandler(
    () =>
      createEverythingServer({
        isStateless: true,
        changed: what => {
          if (what === 'tools') modern.notify.toolsChanged();
          else if (what === 'prompts') modern.notify.promptsChanged();
          else modern.notify.resourceUpdated('test://watched-resource');
        },
      }),
    { legacy: 'reject' },
  );

  const openSession = async (): Promise<WebStandardStreamableHTTPServerTransport> => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      eventStore: createEventStore(),
      retryInterval: 50,
      onsessioninitialized: id => void sessions.set(id, transport),
      onsessionclosed: id => void sessions.delete(id),
    });
    await createEverythingServer({ isStateless: false }).connect(transport);
    return transport;
  };

  const fetch = async (request: Request): Promise<Response> => {
    const refused =
      hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (refused) return refused;
    const id = request.headers.get('mcp-session-id');
    if (id === null && !sessionsOnly && !(await isLegacyRequest(request)))
      return (await checkCustomHeaders(request)) ?? (await modern.fetch(request));
    const known = id === null ? await openSession() : sessions.get(id);
    return known ? await known.handleRequest(request) : Response.json(gone, { status: 404 });
  };

  const server = serve({ fetch, port, hostname: '127.0.0.1' });
  await new Promise(resolve => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    async close() {
      await modern.close();
      await Promise.all([...sessions.values()].map(session => session.close()));
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

const gone = { jsonrpc: '2.0', id: null, error: { code: -32_001, message: 'Session not found' } };

/** Events by stream, in memory: enough for a session of a test. */
function createEventStore(): EventStore {
  const events: { id: string; stream: string; message: Parameters<EventStore['storeEvent']>[1] }[] = [];
  return {
    async storeEvent(stream, message) {
      const id = `${stream}_${events.length}`;
      events.push({ id, stream, message });
      return id;
    },
    getStreamIdForEventId: async id => events.find(event => event.id === id)?.stream,
    async replayEventsAfter(last, { send }) {
      const from = events.findIndex(({ id }) => id === last);
      const stream = events[from]?.stream ?? '';
      for (const { id, message } of events.slice(from + 1).filter(event => event.stream === stream)) {
        if (Object.keys(message).length > 0) await send(id, message);
      }
      return stream;
    },
  };
}

// A client of the gateway as servers meet it: it writes down what it is told and answers what it is asked.
import type {
  DownstreamClient,
  Upstream,
  UpstreamCall,
  WireNotification,
  WireObject,
  WireRequest,
} from '../../daemon/supervision/upstream.ts';

export interface TestClient extends DownstreamClient {
  readonly told: WireNotification[];
  readonly asked: { request: WireRequest; within: UpstreamCall | undefined; signal: AbortSignal }[];
  /** Instead of the usual answers. */
  answer: ((request: WireRequest, signal: AbortSignal) => Promise<WireObject> | WireObject) | undefined;
}

export const allCapabilities: WireObject = {
  sampling: {},
  elicitation: { form: {}, url: {} },
  roots: { listChanged: true },
};

/** The values that the server that offers everything asks for. */
const usualAnswers: Record<string, WireObject> = {
  'roots/list': { roots: [{ uri: 'file:///work', name: 'Work' }] },
  'sampling/createMessage': {
    role: 'assistant',
    content: { type: 'text', text: 'Paris' },
    model: 'm',
    stopReason: 'endTurn',
  },
  'elicitation/create': {
    action: 'accept',
    content: { username: 'ann', email: 'ann@example.com', name: 'Ann', color: 'blue', ok: true, context: 'tests' },
  },
};

let last = 0;

export function createTestClient(
  capabilities: WireObject = allCapabilities,
  more: Partial<DownstreamClient> = {},
): TestClient {
  last += 1;
  const client: TestClient = {
    id: `client-${last}`,
    info: { clientInfo: { name: 'test', version: '1' }, capabilities },
    capabilities,
    told: [],
    asked: [],
    answer: undefined,
    async ask(request, { signal, within }) {
      client.asked.push({ request, within, signal });
      return (await client.answer?.(request, signal)) ?? usualAnswers[request.method] ?? {};
    },
    tell: notification => void client.told.push(notification),
    ...more,
  };
  return client;
}

export interface CallResult {
  result: WireObject;
  notifications: WireNotification[];
}

export type CallMore = Partial<UpstreamCall> & { meta?: WireObject };

/** Calls a tool and gives its result with the notifications that came with it. */
export async function callTool(
  upstream: Upstream,
  client: DownstreamClient,
  name: string,
  args: WireObject = {},
  { meta, ...more }: CallMore = {},
): Promise<CallResult> {
  const notifications: WireNotification[] = [];
  const params = { name, arguments: args, ...(meta ? { _meta: meta } : {}) };
  const result = await upstream.request(
    { method: 'tools/call', params },
    {
      client,
      signal: new AbortController().signal,
      timeoutSeconds: 10,
      onNotification: notification => notifications.push(notification),
      ...more,
    },
  );
  return { result, notifications };
}

export const request = (upstream: Upstream, client: DownstreamClient, method: string, params: WireObject = {}) =>
  upstream.request({ method, params }, { client, signal: new AbortController().signal, timeoutSeconds: 10 });

export const textOf = ({ content }: WireObject): string =>
  Array.isArray(content) ? content.map(block => block?.text ?? '').join('') : '';

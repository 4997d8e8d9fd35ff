// Every message to a remote server is an HTTP request of its own. This ends each with the MCP request that it carries: after
// the answer, at the time limit or when it is cancelled, whatever the server still sends.
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';

/** Milliseconds for the server to end a stream by itself after the answer. */
const courtesy = 1_000;

/** Messages that want no answer: so many may be on their way, each for so long. */
const others = { atOnce: 100, milliseconds: 60_000 } as const;

type RequestId = string | number;

export interface RemoteRequests {
  /** The request has its answer. */
  answered(id: RequestId): void;
}

/** Takes over the transport's `send`. */
export function endRequestsInTime(transport: Transport): RemoteRequests {
  const open = new Map<RequestId, AbortController>();
  const send = transport.send.bind(transport);
  let underWay = 0;

  const end = (id: RequestId): void => {
    open.get(id)?.abort();
    open.delete(id);
  };

  const sendOther: Transport['send'] = async (message, options) => {
    if (underWay >= others.atOnce) throw new Error('The server does not take what it is sent.');
    underWay += 1;
    try {
      await send(message, { ...options, requestSignal: AbortSignal.timeout(others.milliseconds) });
    } finally {
      underWay -= 1;
    }
  };

  transport.send = async (message, options) => {
    const id = requestIdOf(message);
    if (id === undefined) {
      const cancelled = cancelledIdOf(message);
      if (cancelled !== undefined) end(cancelled);
      return await sendOther(message, options);
    }
    const controller = new AbortController();
    open.set(id, controller);
    try {
      await send(message, { ...options, requestSignal: controller.signal });
    } catch (error) {
      open.delete(id);
      throw error;
    }
  };

  return {
    answered(id) {
      const controller = open.get(id);
      if (!controller) return;
      open.delete(id);
      setTimeout(() => controller.abort(), courtesy).unref();
    },
  };
}

function requestIdOf(message: JSONRPCMessage): RequestId | undefined {
  return 'method' in message && 'id' in message ? message.id : undefined;
}

function cancelledIdOf(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined;
  const id = message.params?.['requestId'];
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}

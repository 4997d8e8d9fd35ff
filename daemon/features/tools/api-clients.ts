// Who calls by the API is a client to the servers, as who calls by MCP is: one for each caller, so that servers that keep
// state keep it, and another one for watched calls, which can answer what servers ask.
import { version } from '../../platform/version.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { type DownstreamClient, type Upstreams, WireError } from '../../supervision/upstream.ts';
import type { CallWatches } from './call-watch.ts';
import type { Questions } from './questions.ts';

export interface ApiClients {
  /** Runs a request for a caller; its client lasts some minutes beyond it. */
  use<T>(
    caller: Pick<Caller, 'kind' | 'id'>,
    isWatched: boolean,
    work: (client: DownstreamClient) => Promise<T>,
  ): Promise<T>;
  close(): void;
}

export interface ApiClientsOptions {
  upstreams: Pick<Upstreams, 'left'>;
  watches: CallWatches;
  questions: Questions;
  /** So long after its last request a client is taken to be gone. */
  idleMs?: number;
}

interface Known {
  client: DownstreamClient;
  inUse: number;
  timer: NodeJS.Timeout | undefined;
}

const usualIdleMs = 600_000;
const notOffered = -32_601;

export function createApiClients({
  upstreams,
  watches,
  questions,
  idleMs = usualIdleMs,
}: ApiClientsOptions): ApiClients {
  const known = new Map<string, Known>();

  const create = (key: string, by: string, isWatched: boolean): Known => {
    const client: DownstreamClient = {
      id: `api ${key}`,
      info: { name: 'quayside', title: 'Quayside', version },
      capabilities: isWatched ? { sampling: {}, elicitation: { form: {}, url: {} }, roots: {} } : {},
      async ask(request, { signal, within }) {
        const running = watches.ofCaller(by);
        const call = within ? watches.of(within) : running.length === 1 ? running[0] : undefined;
        if (!isWatched || !call) throw new WireError(notOffered, `Nobody is there to answer ${request.method}.`);
        return await questions.ask(request, call, signal);
      },
      tell: () => {},
    };
    return { client, inUse: 0, timer: undefined };
  };
  const leave = (key: string, { client }: Known): void => {
    known.delete(key);
    upstreams.left(client);
  };

  return {
    async use({ kind, id }, isWatched, work) {
      const by = `${kind}:${id}`;
      const key = `${by}${isWatched ? ' watching' : ''}`;
      const entry = known.get(key) ?? create(key, by, isWatched);
      known.set(key, entry);
      clearTimeout(entry.timer);
      entry.inUse += 1;
      try {
        return await work(entry.client);
      } finally {
        entry.inUse -= 1;
        if (entry.inUse === 0) entry.timer = setTimeout(() => leave(key, entry), idleMs).unref();
      }
    },
    close() {
      for (const [key, entry] of known) {
        clearTimeout(entry.timer);
        leave(key, entry);
      }
    },
  };
}

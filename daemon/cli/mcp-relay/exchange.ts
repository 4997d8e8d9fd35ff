// One HTTP exchange with the daemon's MCP endpoint over its socket: every message of the answer, as it comes.
import { Agent, type IncomingMessage, request } from 'node:http';
import { Problem } from '../../../shared/api/problem.ts';

export interface Endpoint {
  socketPath: string;
  token: string;
  /** For example /mcp/server/files. */
  path: string;
}

export interface Outgoing {
  method: 'POST' | 'GET' | 'DELETE';
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

export interface Incoming {
  status: number;
  sessionId: string | undefined;
  /** Of the last event, to go on after it. */
  lastEventId: string | undefined;
  /** Milliseconds to wait before that, as the daemon asks. */
  retryMs: number | undefined;
}

/** The daemon could not be reached, or the connection broke. `wasSent`: it may have acted on the request. */
export class BrokenExchange extends Error {
  override readonly name = 'BrokenExchange';
  readonly wasSent: boolean;
  readonly lastEventId: string | undefined;

  constructor(cause: unknown, wasSent: boolean, lastEventId: string | undefined) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.wasSent = wasSent;
    this.lastEventId = lastEventId;
  }
}

const agent = new Agent({ keepAlive: true });
/** What the system says when nobody listens. */
const notThere: readonly string[] = ['ECONNREFUSED', 'ENOENT'];

/** Takes one message. Until what it returns resolves, nothing more is read: a client that does not read is not collected for. */
export type TakeMessage = (text: string, status: number) => void | Promise<void>;

/** Resolves when the answer has ended. Errors: BrokenExchange. */
export function exchange(
  { socketPath, token, path }: Endpoint,
  { method, headers = {}, body, signal }: Outgoing,
  onMessage: TakeMessage,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    let lastEventId: string | undefined;
    const fail = (error: NodeJS.ErrnoException, wasSent = !notThere.includes(error.code ?? '')) =>
      reject(new BrokenExchange(error, wasSent, lastEventId));
    const pending = request(
      {
        socketPath,
        path,
        method,
        agent,
        signal,
        headers: {
          host: 'localhost',
          authorization: `Bearer ${token}`,
          accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      response => {
        const { retryMs, end } = readAnswer(response, onMessage, id => {
          lastEventId = id;
        });
        response.once('error', error => fail(error));
        response.once('end', () => {
          if (end()) return fail(new Error('The daemon is stopping.'), false);
          const sessionId = response.headers['mcp-session-id'];
          resolve({
            status: response.statusCode ?? 0,
            sessionId: typeof sessionId === 'string' ? sessionId : undefined,
            lastEventId,
            retryMs: retryMs(),
          });
        });
      },
    );
    pending.once('error', error => fail(error));
    pending.end(body);
  });
}

/** A document is one message at its end; a stream has one in each event. */
function readAnswer(response: IncomingMessage, onMessage: TakeMessage, onEventId: (id: string) => void) {
  let text = '';
  let retry: number | undefined;
  let taking = 0;
  const status = response.statusCode ?? 0;
  const take = (message: string) => {
    const taken = onMessage(message, status);
    if (!taken) return;
    taking += 1;
    response.pause();
    const goOn = () => {
      taking -= 1;
      if (taking === 0) response.resume();
    };
    taken.then(goOn, goOn);
  };
  const isStream = response.headers['content-type']?.startsWith('text/event-stream') === true;
  response.setEncoding('utf8');
  response.on('data', (piece: string) => {
    text += piece;
    if (!isStream) return;
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) {
      for (const line of frame.split('\n')) {
        if (line.startsWith('id: ')) onEventId(line.slice(4));
        else if (line.startsWith('retry: ')) retry = Number(line.slice(7));
        else if (line.startsWith('data: ') && line.length > 6) take(line.slice(6));
      }
    }
  });
  return {
    retryMs: () => retry,
    /** True: it was not an answer, because a daemon that is stopping takes nothing in. */
    end(): boolean {
      if (status === 503 && isStopping(text)) return true;
      if (!isStream && text.trim() !== '') void onMessage(text, status);
      return false;
    },
  };
}

const isStopping = (text: string): boolean => {
  try {
    return Problem.parse(JSON.parse(text)).code === 'DAEMON_003';
  } catch {
    return false;
  }
};

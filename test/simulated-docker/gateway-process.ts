// A gateway of the simulated docker as a child, spoken to over HTTP or its standard streams.
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { SimulatedDocker } from '../support/simulated-docker/simulated-docker.ts';

interface Message {
  id?: number;
  method?: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every kind.
  result?: any;
  error?: { code: number; message: string };
}

export interface GatewayProcess {
  child: ChildProcess;
  /** All of standard error so far. */
  log(): string;
  /** Messages that came on standard output. */
  messages: Message[];
  ended: Promise<number | null>;
  /** Waits until standard error has the text. */
  says(text: string): Promise<void>;
  /** The message at this place among all that came. */
  next(at: number): Promise<Message>;
  /** Waits for so many notifications of a kind. */
  hears(count: number, kind: string): Promise<void>;
  send(message: object): void;
  /** Waits for the answer on standard output. */
  ask(id: number, method: string, params?: object): Promise<Message>;
}

export interface GatewayOptions {
  environment?: Record<string, string>;
  cwd?: string;
  /** Descriptors from 3 on. */
  descriptors?: (number | Readable)[];
}

export function startGateway(docker: SimulatedDocker, flags: string[], options: GatewayOptions = {}): GatewayProcess {
  const child = spawn(join(docker.binFolder, 'docker'), ['mcp', 'gateway', 'run', ...flags], {
    env: { ...docker.environment, ...options.environment },
    ...(options.cwd ? { cwd: options.cwd } : {}),
    stdio: ['pipe', 'pipe', 'pipe', ...(options.descriptors ?? [])],
  });
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('The gateway has no streams.');
  let text = '';
  const messages: Message[] = [];
  stdin.on('error', () => {});
  stderr.setEncoding('utf8').on('data', part => {
    text += part;
  });
  createInterface({ input: stdout }).on('line', line => messages.push(JSON.parse(line)));
  const ended = new Promise<number | null>(resolve => child.once('close', resolve));
  const until = async <T>(find: () => T | undefined, what: string): Promise<T> => {
    const end = Date.now() + 8_000;
    for (;;) {
      const found = find();
      if (found) return found;
      if (Date.now() > end || child.exitCode !== null) throw new Error(`${what} did not come:\n${text}`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };
  const send = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  return {
    child,
    log: () => text,
    messages,
    ended,
    says: async wanted => void (await until(() => text.includes(wanted) || undefined, `"${wanted}"`)),
    next: at => until(() => messages[at], `message ${at + 1}`),
    hears: async (count, kind) =>
      void (await until(
        () => messages.filter(({ method }) => method?.endsWith(kind)).length >= count || undefined,
        `${count} times ${kind}`,
      )),
    send,
    ask(id, method, params = {}) {
      send({ id, method, params });
      return until(() => messages.find(message => message.id === id), `the answer to ${method}`);
    },
  };
}

export const hello = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'lab', version: '1.0.0' } };

/** A port that nobody has at the moment. */
export const findPort = () =>
  new Promise<number>(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** One request to `/mcp`; the message in the event stream of its answer. */
export async function post(port: number, body: object | string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://127.0.0.1:${port}/mcp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify({ jsonrpc: '2.0', ...body }),
  });
  const text = await response.text();
  const data = /^data: (.*)$/m.exec(text)?.[1];
  const message: Message | undefined = data === undefined ? undefined : JSON.parse(data);
  return { status: response.status, text, message, session: response.headers.get('mcp-session-id') ?? undefined };
}

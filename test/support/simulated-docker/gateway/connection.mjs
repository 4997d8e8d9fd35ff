// One MCP server that the gateway talks to: JSON lines with a container's process, or streamable HTTP with a remote one.
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

export class ServerError extends Error {
  constructor(message, code = 0) {
    super(message);
    this.code = code;
  }
}

const initializeParams = {
  protocolVersion: '2025-06-18',
  capabilities: { roots: { listChanged: true } },
  clientInfo: { name: 'docker', version: '1.0.0' },
};

/** Says hello; rejects in the words of the gateway. */
export async function initialize(connection) {
  try {
    const { capabilities = {} } = await connection.request('initialize', initializeParams);
    await connection.notify('notifications/initialized');
    return capabilities;
  } catch (error) {
    if (error.message === 'context canceled') throw new ServerError('failed to connect: context canceled');
    const message = error.message.replace(/^calling "initialize": /, '');
    throw new ServerError(`failed to connect: calling "initialize": ${message}`);
  }
}

/** A connection with the process of a container. `onNotification(method)`, `onErrorLine(line)`. */
export function connectProcess(child, { onNotification, onErrorLine, signal }) {
  const waiting = new Map();
  let nextId = 1;
  let isOver = false;
  const end = message => {
    isOver = true;
    for (const { method, reject } of waiting.values())
      reject(new ServerError(message === 'EOF' ? `calling "${method}": EOF` : message));
    waiting.clear();
  };
  const ended = new Promise(resolve => child.once('close', resolve));
  child.once('error', () => end('EOF'));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stderr }).on('line', line => onErrorLine?.(line));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', line => {
    const message = parseMessage(line);
    if (!message) return;
    if (message.method !== undefined && message.id !== undefined) return answerServer(message);
    if (message.method !== undefined) return onNotification?.(message.method);
    const pending = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error)
      pending?.reject(new ServerError(`calling "${pending.method}": ${message.error.message}`, message.error.code));
    else pending?.resolve(message.result ?? {});
  });
  lines.on('close', () => end('EOF'));
  const cancel = () => end('context canceled');
  signal?.addEventListener('abort', cancel, { once: true });
  const write = message => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answerServer = ({ id, method }) =>
    write(
      method === 'ping'
        ? { id, result: {} }
        : method === 'roots/list'
          ? { id, result: { roots: [] } }
          : { id, error: { code: -32601, message: 'not supported' } },
    );
  return {
    request(method, params = {}) {
      if (isOver || child.exitCode !== null) return Promise.reject(new ServerError(`calling "${method}": EOF`));
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { method, resolve, reject });
        write({ id, method, params });
      });
    },
    notify: async (method, params = {}) => void write({ method, params }),
    /** Closes standard input, and waits 5 s for the end before it asks harder. */
    async release() {
      signal?.removeEventListener('abort', cancel);
      child.stdin.end();
      if (await Promise.race([ended.then(() => true), pause(5_000, false, { ref: false })])) return;
      child.kill('SIGTERM');
      if (await Promise.race([ended.then(() => true), pause(5_000, false, { ref: false })])) return;
      child.kill('SIGKILL');
    },
    /** Closes standard input and does not wait. */
    letGo: () => child.stdin.end(),
    isOver: () => isOver,
  };
}

function parseMessage(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function readAnswer(response, id) {
  const text = await response.text();
  if (!response.headers.get('content-type')?.includes('event-stream'))
    return text === '' ? undefined : JSON.parse(text);
  const messages = [...text.matchAll(/^data: ?(.*)$/gm)].map(([, data]) => parseMessage(data));
  return messages.find(message => message?.id === id);
}

/** A connection with a remote server over streamable HTTP. */
export function connectRemote(url, headers) {
  let session;
  let nextId = 1;
  const post = async message => {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'error',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session ? { 'mcp-session-id': session } : {}),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    }).catch(error => {
      throw new ServerError(`Post "${url}": ${error.cause?.message ?? error.message}`);
    });
    session = response.headers.get('mcp-session-id') ?? session;
    if (!response.ok) throw new ServerError(`${response.statusText || response.status}`);
    return message.id === undefined ? undefined : readAnswer(response, message.id);
  };
  return {
    async request(method, params = {}) {
      const answer = await post({ id: nextId++, method, params });
      if (!answer) throw new ServerError(`calling "${method}": EOF`);
      if (answer.error) throw new ServerError(`calling "${method}": ${answer.error.message}`, answer.error.code);
      return answer.result ?? {};
    },
    notify: async (method, params = {}) => void (await post({ method, params })),
    release: async () => {},
    letGo: () => {},
    isOver: () => false,
  };
}

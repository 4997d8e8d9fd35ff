// How clients reach the gateway: stdio, streamable HTTP, and HTTP with server-sent events.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { goJsonError } from '../go-format.mjs';
import { createSession } from './session.mjs';

/** Binds the port before anything else is done. Rejects in the words of Go. */
export function listen({ host, port }) {
  const server = createServer();
  const shown = `${host ?? ''}:${port}`;
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const why = error.code === 'EADDRINUSE' ? 'bind: address already in use' : error.message;
      reject(new Error(`listen tcp ${shown}: ${why}`));
    });
    server.listen({ port, host: host ?? '::' }, () => {
      const { address, port: bound } = server.address();
      resolve({ server, place: `${address.includes(':') ? `[${address}]` : address}:${bound}`, port: bound });
    });
  });
}

const plain = { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' };

function refuse(response, status, text, headers = {}) {
  response.writeHead(status, { ...plain, ...headers, 'Content-Length': Buffer.byteLength(text) }).end(text);
}

const isNear = host => ['localhost', '127.0.0.1', '[::1]'].includes(host);

/** The rules of the real one for browsers and tokens. True if the request may go on. */
function isAllowed(request, response, { token }) {
  const { origin, host, authorization } = request.headers;
  const url = origin === undefined ? undefined : URL.canParse(origin) ? new URL(origin) : null;
  if (token !== undefined && authorization !== `Bearer ${token}`) {
    refuse(response, 401, 'Unauthorized\n', { 'Www-Authenticate': 'Bearer realm="MCP Gateway"' });
    return false;
  }
  if (url === null || (url && !isNear(url.hostname))) {
    refuse(response, 403, `Forbidden: Origin, if set, must be localhost, 127.0.0.1, or ::1, got: ${origin}\n`);
    return false;
  }
  if (url && url.host !== host) {
    refuse(
      response,
      403,
      'cross-origin request detected, and/or browser is out of date: Sec-Fetch-Site is missing, and Origin does not match Host\n',
    );
    return false;
  }
  return true;
}

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

const event = message => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

function parseBody(text) {
  try {
    return { message: JSON.parse(text) };
  } catch {
    const rest = text.replace(/^\s*\{?/, '').replace(/\}$/, '');
    return {
      wrong: `malformed payload: unmarshaling jsonrpc message: json: expected '"' at the beginning of a string value: ${rest}\n`,
    };
  }
}

/** Serves `/mcp`. Answers are event streams; a GET waits for notifications. */
function createStreaming(gateway) {
  const sessions = new Map();
  const find = (request, response) => {
    const session = sessions.get(request.headers['mcp-session-id']);
    if (!session) refuse(response, 404, 'session not found\n');
    return session;
  };
  const post = async (request, response) => {
    const { message, wrong } = parseBody(await readBody(request));
    if (wrong) return refuse(response, 400, wrong);
    let session;
    if (message.method === 'initialize') {
      const streams = new Set();
      const created = createSession(gateway, note => {
        for (const stream of streams) stream.write(event(note));
      });
      session = { ...created, streams };
      sessions.set(session.id, session);
      gateway.sessions.add(session);
    } else session = find(request, response);
    if (!session) return;
    if (message.id === undefined) {
      await session.handle(message);
      return response.writeHead(202, { 'Content-Length': 0 }).end();
    }
    response.writeHead(200, {
      'Cache-Control': 'no-cache, no-transform',
      'Content-Type': 'text/event-stream',
      ...(message.method === 'initialize' ? { 'Mcp-Session-Id': session.id } : {}),
    });
    response.flushHeaders();
    response.end(event(await session.handle(message)));
  };
  const methods = {
    POST: post,
    GET: (request, response) => {
      const session = find(request, response);
      if (!session) return;
      response.writeHead(200, { 'Cache-Control': 'no-cache, no-transform', 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
      session.streams.add(response);
      response.on('close', () => session.streams.delete(response));
    },
    DELETE: (request, response) => {
      const session = find(request, response);
      if (!session) return;
      sessions.delete(session.id);
      gateway.sessions.delete(session);
      session.close();
      response.writeHead(204).end();
    },
  };
  return (request, response) => {
    const act = methods[request.method];
    return act ? act(request, response) : refuse(response, 405, 'Method Not Allowed\n');
  };
}

/** Serves `/sse`: answers come on the stream. */
function createSse(gateway) {
  const sessions = new Map();
  return async (request, response) => {
    const url = new URL(request.url, 'http://gateway');
    if (request.method === 'GET') {
      response.writeHead(200, { 'Cache-Control': 'no-cache', 'Content-Type': 'text/event-stream' });
      const session = createSession(gateway, message => response.write(event(message)));
      sessions.set(session.id, { session, response });
      gateway.sessions.add(session);
      response.on('close', () => {
        sessions.delete(session.id);
        gateway.sessions.delete(session);
        session.close();
      });
      return response.write(`event: endpoint\ndata: /sse?sessionid=${session.id}\n\n`);
    }
    const found = sessions.get(url.searchParams.get('sessionid'));
    if (!found) return refuse(response, 404, 'session not found\n');
    const { message, wrong } = parseBody(await readBody(request));
    if (wrong) return refuse(response, 400, wrong);
    response.writeHead(202, { 'Content-Length': 0 }).end();
    const answer = await found.session.handle(message);
    if (answer) found.response.write(event(answer));
  };
}

/** Takes requests from now on; they wait until the gateway is ready. */
export function serveHttp(gateway, server, { path, ready, token }) {
  const handle = path === '/sse' ? createSse(gateway) : createStreaming(gateway);
  server.on('request', async (request, response) => {
    await ready;
    const { pathname } = new URL(request.url, 'http://gateway');
    if (pathname === '/health') return response.writeHead(200, { 'Content-Length': 0 }).end();
    if (!isAllowed(request, response, { token })) return;
    if (pathname === '/')
      return response
        .writeHead(307, {
          'Content-Type': 'text/html; charset=utf-8',
          Location: path,
          'Content-Length': `<a href="${path}">Temporary Redirect</a>.\n\n`.length,
        })
        .end(`<a href="${path}">Temporary Redirect</a>.\n\n`);
    if (pathname !== path) return refuse(response, 404, '404 page not found\n');
    await handle(request, response);
  });
}

/** Serves standard input and output until the input ends; rejects on a line that is no JSON. */
export function serveStdio(gateway, print) {
  const write = message => print(`${JSON.stringify(message)}\n`);
  const session = createSession(gateway, write);
  gateway.sessions.add(session);
  const lines = createInterface({ input: process.stdin });
  return new Promise((resolve, reject) => {
    lines.on('line', async line => {
      if (line.trim() === '') return;
      try {
        JSON.parse(line);
      } catch {
        // Before the lines are closed, which is a good end.
        reject(new Error(goJsonError(line)));
        return lines.close();
      }
      const answer = await session.handle(JSON.parse(line));
      if (answer) write(answer);
    });
    lines.on('close', () => {
      session.close();
      resolve();
    });
  });
}

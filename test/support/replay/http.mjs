// Plays a gateway that was recorded over HTTP, on a real port of the loopback: the answer is found by what the request is.
import { createServer } from 'node:http';

const parse = text => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const lower = headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** What makes an answer differ: who asks, from where, in which session, and what. */
function createReader(token) {
  const sessions = new Map();
  const read = ({ method, path, headers, body }) => {
    const given = lower(headers);
    const message = body ? parse(body) : undefined;
    const authorization =
      given.authorization === undefined ? 'none' : given.authorization === `Bearer ${token}` ? 'right' : 'wrong';
    const session = given['mcp-session-id'];
    return {
      message,
      session,
      key: [
        method,
        path.replace(/sessionid=.*/, 'sessionid'),
        authorization,
        given.origin ?? '',
        session === undefined ? 'none' : (sessions.get(session) ?? 'unknown'),
        body
          ? message === undefined
            ? 'malformed'
            : `${message.method} ${message.params?.name ?? ''} ${types(message)}`
          : '',
      ].join(' | '),
    };
  };
  const note = ({ method, session }, response) => {
    const made = lower(response.headers)['mcp-session-id'];
    if (made !== undefined) sessions.set(made, 'known');
    if (method === 'DELETE' && response.status < 300 && session !== undefined) sessions.set(session, 'gone');
  };
  return { read, note };
}

/** The types of a call's arguments: "tools/call" with a text where a number belongs has an answer of its own. */
const types = message => Object.values(message.params?.arguments ?? {}).map(value => typeof value);

export async function playHttp({ recording, argv, scale, before, after, write, pause, fail }) {
  const port = Number(argv[argv.indexOf('--port') + 1]);
  const fixed = '0123456789abcdefghijklmnopqrstuvwxyz0123456789abcd';
  const recorded = createReader(recording.env.MCP_GATEWAY_AUTH_TOKEN ?? fixed);
  const steps = recording.http.map(step => {
    const { key, session } = recorded.read(step.request);
    recorded.note({ method: step.request.method, session }, step.response);
    return { ...step, key };
  });
  const live = createReader(process.env.MCP_GATEWAY_AUTH_TOKEN ?? fixed);
  const events = [...(recording.sseEvents ?? [])];
  const streams = new Set();
  let isReady = false;
  const ready = pause(recording.healthyAtMs * scale).then(() => {
    isReady = true;
  });

  const respond = async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    // The port is open from the first moment, and nothing is answered before every server was started.
    if (!isReady) await ready;
    const asked = live.read({ method: request.method, path: request.url, headers: request.headers, body });
    if (request.method === 'GET' && request.url === '/health') return response.writeHead(200).end();
    const step = steps.find(({ key }) => key === asked.key);
    if (!step) {
      fail(`never recorded: ${asked.key} in ${recording.argv.join(' ')}`);
      return response.writeHead(500).end('replay: never recorded');
    }
    await pause(step.response.ms * scale);
    live.note({ method: request.method, session: asked.session }, step.response);
    const headers = Object.entries(step.response.headers).filter(
      ([name]) => !/^(content-length|transfer-encoding)$/i.test(name),
    );
    response.writeHead(step.response.status, Object.fromEntries(headers));
    const isStream =
      request.method === 'GET' && step.response.status === 200 && step.response.body.startsWith('event: endpoint');
    if (isStream) {
      streams.add(response.on('close', () => streams.delete(response)));
      return response.write(step.response.body);
    }
    response.end(withId(step.response.body, asked.message?.id));
    if (recording.sseEvents && asked.message?.id !== undefined) {
      const event = withId(events.shift() ?? '', asked.message.id);
      for (const stream of streams) stream.write(event);
    }
  };

  const server = createServer((request, response) => void respond(request, response));
  const end = async () => {
    await write(process.stderr, after.replaceAll(String(recording.port), String(port)));
    process.exit(recording.exitCode ?? 1);
  };
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void end());
  server.once('error', async error => {
    // As it was recorded for a port that is taken.
    await write(
      process.stderr,
      `listen tcp 127.0.0.1:${port}: bind: ${error.code === 'EADDRINUSE' ? 'address already in use' : error.code}\n`,
    );
    process.exit(1);
  });
  await new Promise(resolve => server.listen(port, '127.0.0.1', resolve));
  await ready;
  await write(process.stderr, before.replaceAll(String(recording.port), String(port)));
}

/** The recorded answer with the id of who asks now. */
const withId = (body, id) =>
  id === undefined ? body : body.replace(/("jsonrpc":\s*"2\.0",\s*"id":\s*)\d+/g, `$1${JSON.stringify(id)}`);

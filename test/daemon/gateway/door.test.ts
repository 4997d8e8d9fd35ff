import assert from 'node:assert/strict';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import type { Door } from '../../../daemon/http/listen.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { type BothWays, openBothWays } from '../../support/both-ways.ts';
import { testServerScript } from '../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { bothTypes, initialize } from '../../support/mcp-requests.ts';

interface Told {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Wanted {
  method?: string;
  path?: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
}

/** What is another one in every answer, or only says how it is framed. */
const ofOneAnswer = ['date', 'x-request-id', 'mcp-session-id', 'transfer-encoding', 'content-length'];

describe('the short way to the MCP endpoint', () => {
  let daemon: InProcessDaemon;
  let ways: BothWays;
  let short: Door;
  let ordinary: Door;
  let taken: boolean[];
  let key: string;

  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    ways = await openBothWays(daemon);
    ({ short, ordinary, taken } = ways);
    for (const id of ['one', 'two']) {
      const configuration = { arguments: [testServerScript('echo')] };
      await daemon.api.createServer({ body: { type: 'command', id, command: process.execPath, configuration } });
      await daemon.api.startServer({ params: { id } });
    }
    const made = await daemon.api.createKey({ body: { name: 'program', kind: 'agent', servers: ['one'] } });
    key = made.secret;
  });
  afterEach(async () => {
    await ways[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
  });

  const send = (door: Door, { method = 'POST', path = '/mcp', headers = {}, body = '' }: Wanted): Promise<Told> =>
    new Promise((resolve, reject) => {
      const usual = {
        'content-type': 'application/json',
        accept: bothTypes,
        authorization: `Bearer ${daemon.daemon.token}`,
      };
      const all = { ...usual, 'content-length': Buffer.byteLength(body), ...headers };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      const sent = request({ host: '127.0.0.1', port: door.port, method, path, headers: given }, response => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      });
      sent.once('error', reject);
      sent.end(body);
    });

  const comparable = ({ status, headers, body }: Told) => ({
    status,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneAnswer.includes(name))),
    body: body.replace(/"requestId":"[^"]+"/, '"requestId":"…"'),
  });

  const hello = JSON.stringify(initialize());
  const discover = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'server/discover',
    params: {
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
  const stateless = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover' };

  const cases: [string, boolean, () => Wanted][] = [
    ['a client that begins', true, () => ({ body: hello })],
    ['a client at one server', true, () => ({ body: hello, path: '/mcp/server/one' })],
    ['a client without a session', true, () => ({ body: discover, headers: stateless })],
    ['an agent’s key', true, () => ({ body: hello, headers: { authorization: `Bearer ${key}` } })],
    ['what is no JSON', true, () => ({ body: '{"jsonrpc":' })],
    ['JSON with a mark of its byte order', true, () => ({ body: `\uFEFF${hello}` })],
    ['what is no message', true, () => ({ body: '{"hello":1}' })],
    ['a batch', true, () => ({ body: `[${hello}]` })],
    ['an answer of another type wanted', true, () => ({ body: hello, headers: { accept: 'text/html' } })],
    [
      'a session that is not there',
      true,
      () => ({ body: '{"jsonrpc":"2.0","id":1,"method":"ping"}', headers: { 'mcp-session-id': 'x' } }),
    ],
    ['a server that is not there', true, () => ({ body: hello, path: '/mcp/server/none' })],
    ['a profile that is not there', true, () => ({ body: hello, path: '/mcp/none' })],
    [
      'a key of another server',
      false,
      () => ({ body: hello, path: '/mcp/server/two', headers: { authorization: `Bearer ${key}` } }),
    ],
    ['nobody', false, () => ({ body: hello, headers: { authorization: undefined } })],
    ['a wrong token', false, () => ({ body: hello, headers: { authorization: `Bearer ${'x'.repeat(43)}` } })],
    [
      'a wrong key',
      false,
      () => ({ body: hello, headers: { authorization: `Bearer ${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}` } }),
    ],
    ['another kind of proof', false, () => ({ body: hello, headers: { authorization: 'Basic b3duZXI6eA==' } })],
    ['another host', false, () => ({ body: hello, headers: { host: 'evil.test' } })],
    ['another host at the port', false, () => ({ body: hello, headers: { host: `evil.test:${short.port}` } })],
    ['a foreign page', false, () => ({ body: hello, headers: { origin: 'https://evil.test' } })],
    [
      'a page elsewhere that sends no Origin',
      false,
      () => ({ body: hello, headers: { 'sec-fetch-site': 'cross-site' } }),
    ],
    ['a body of another type', false, () => ({ body: hello, headers: { 'content-type': 'text/plain' } })],
    ['nothing', false, () => ({ body: '' })],
    [
      'a body in pieces',
      false,
      () => ({ body: hello, headers: { 'transfer-encoding': 'chunked', 'content-length': undefined } }),
    ],
    ['a query', false, () => ({ body: hello, path: '/mcp?a=1' })],
    ['an address in code', false, () => ({ body: hello, path: '/mcp/server/%6fne' })],
    ['a folder above', false, () => ({ body: hello, path: '/mcp/../mcp' })],
    ['a deeper address', false, () => ({ body: hello, path: '/mcp/server/one/more' })],
    ['a GET', false, () => ({ method: 'GET', body: '' })],
    ['a DELETE', false, () => ({ method: 'DELETE', body: '' })],
    ['a PUT', false, () => ({ method: 'PUT', body: hello })],
  ];
  for (const [what, isTaken, wanted] of cases) {
    it(`${isTaken ? 'takes' : 'leaves to the ordinary way'} ${what}, and answers the same`, async () => {
      const told = await send(short, wanted());
      assert.deepEqual(taken, [isTaken]);
      const { host, ...headers } = wanted().headers ?? {};
      const sameHost = typeof host === 'string' ? { host: host.replace(`${short.port}`, `${ordinary.port}`) } : {};
      assert.deepEqual(
        comparable(told),
        comparable(await send(ordinary, { ...wanted(), headers: { ...headers, ...sameHost } })),
      );
      assert.match(String(told.headers['x-request-id']), /^[0-9a-f-]{36}$/);
    });
  }

  it('leaves what is too large to the ordinary way before it reads it', async () => {
    const headers = { 'content-length': limits.documentBody + 1 };
    const told = await send(short, { headers, body: '{' }).catch(() => undefined);
    assert.deepEqual(taken, [false]);
    assert.equal(told?.status, 413);
  });

  it('forgets a request whose body breaks off, and serves others', async () => {
    const socket = connect(short.port ?? 0, '127.0.0.1');
    const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${short.port}\r\nauthorization: Bearer ${daemon.daemon.token}\r\n`;
    socket.write(`${head}content-type: application/json\r\naccept: ${bothTypes}\r\ncontent-length: 500\r\n\r\n{"json`);
    await until(() => (taken.length === 1 ? true : undefined), 'the request to be taken');
    socket.destroy();
    assert.equal((await send(short, { body: hello })).status, 200);
  });

  it('reads a body that comes slowly, and characters that are cut in two', async () => {
    const body = JSON.stringify({ ...initialize(), id: 'é漢' });
    const bytes = Buffer.from(body);
    const told = await new Promise<string>((resolve, reject) => {
      const socket = connect(short.port ?? 0, '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.includes('"result"')) socket.destroy();
      });
      socket.once('close', () => resolve(text));
      socket.once('error', reject);
      const head = `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${short.port}\r\nauthorization: Bearer ${daemon.daemon.token}\r\n`;
      socket.write(
        `${head}content-type: application/json\r\naccept: ${bothTypes}\r\ncontent-length: ${bytes.length}\r\n\r\n`,
      );
      const cut = bytes.indexOf('é') + 1;
      socket.write(bytes.subarray(0, cut));
      setTimeout(() => socket.write(bytes.subarray(cut)), 30);
    });
    assert.ok(told.includes('"id":"é漢"'), told);
    assert.deepEqual(taken, [true]);
  });

  it('ends with the key: what waits is let go of, and the next request is refused', async () => {
    const authorization = `Bearer ${key}`;
    const begun = await send(short, { body: hello, headers: { authorization } });
    const session = { authorization, 'mcp-session-id': String(begun.headers['mcp-session-id']) };
    const ping = JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'ping' });
    assert.equal((await send(short, { body: ping, headers: session })).status, 200);
    const [made] = (await daemon.api.listKeys({ query: {} })).items;
    await daemon.api.deleteKey({ params: { id: made?.id ?? '' } });
    assert.equal((await send(short, { body: ping, headers: session })).status, 401);
    assert.deepEqual(taken, [true, true, false]);
  });
});

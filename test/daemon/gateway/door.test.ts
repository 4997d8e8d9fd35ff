import assert from 'node:assert/strict';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { limits } from '../../../shared/domain/limits.ts';
import { type BothWays, carriers, missing, openBothWays, type Way } from '../../support/both-ways.ts';
import { addUser, goodPassword, post } from '../../support/identity.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { bothTypes, initialize } from '../../support/mcp-requests.ts';
import { addTestServer } from '../../support/test-server.ts';

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
  let key: string;

  before(async () => {
    daemon = await startInProcessDaemon();
    for (const id of ['one', 'two']) {
      await addTestServer(daemon.api, id);
      await daemon.api.startServer({ params: { id } });
    }
    const made = await daemon.api.createKey({ body: { name: 'program', kind: 'agent', servers: ['one'] } });
    key = made.secret;
  });
  after(() => daemon[Symbol.asyncDispose]());

  const send = (way: Way, { method = 'POST', path = '/mcp', headers = {}, body = '' }: Wanted): Promise<Told> =>
    new Promise((resolve, reject) => {
      const usual = {
        host: way.host,
        'content-type': 'application/json',
        accept: bothTypes,
        authorization: `Bearer ${daemon.daemon.token}`,
      };
      const all = { ...usual, 'content-length': Buffer.byteLength(body), ...headers };
      const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
      const sent = way.request({ method, path, headers: given }, response => {
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

  const cases: [string, boolean, (way: Way) => Wanted][] = [
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
    [
      'another host at the port',
      false,
      ({ door }) => ({ body: hello, headers: { host: `evil.test:${door.port ?? 8083}` } }),
    ],
    [
      'the same port of another address',
      false,
      ({ door }) => ({ body: hello, headers: { host: `127.0.0.2:${door.port ?? 8083}` } }),
    ],
    ['the host without its port', false, () => ({ body: hello, headers: { host: '127.0.0.1' } })],
    ['its own page', false, ({ host }) => ({ body: hello, headers: { origin: `http://${host}` } })],
    ['its own page by TLS', false, ({ host }) => ({ body: hello, headers: { origin: `https://${host}` } })],
    ['who waits to be told to go on', true, () => ({ body: hello, headers: { expect: '100-continue' } })],
    ['who gives up the connection', true, () => ({ body: hello, headers: { connection: 'close' } })],
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
  for (const what of missing) it.skip(`is not tried over ${what}`);
  for (const carrier of carriers)
    describe(`over ${carrier}`, () => {
      let ways: BothWays;
      let short: Way;
      let ordinary: Way;
      let taken: boolean[];
      before(async () => {
        ways = await openBothWays(daemon, carrier);
        ({ short, ordinary, taken } = ways);
      });
      after(() => ways[Symbol.asyncDispose]());
      beforeEach(() => {
        taken.length = 0;
      });

      for (const [what, isTaken, wanted] of cases) {
        it(`${isTaken ? 'takes' : 'leaves to the ordinary way'} ${what}, and answers the same`, async () => {
          const told = await send(short, wanted(short));
          assert.deepEqual(taken, [isTaken]);
          assert.deepEqual(comparable(told), comparable(await send(ordinary, wanted(ordinary))));
          assert.match(String(told.headers['x-request-id']), /^[0-9a-f-]{36}$/);
        });
      }

      it('goes on with a connection, whichever way the last request went', async () => {
        const socket = short.connect().setEncoding('utf8');
        let told = '';
        socket.on('data', (piece: string) => {
          told += piece;
        });
        for (const [at, path] of ['/mcp', '/mcp?', '/mcp', '/mcp/server/one'].entries()) {
          socket.write(`${head(short, hello, path)}${hello}`);
          await until(() => told.split('"result"').length === at + 2, `answer ${at + 1}`);
        }
        assert.deepEqual(taken, [true, false, true, true]);
        socket.destroy();
      });

      it('leaves what is too large to the ordinary way before it reads it', async () => {
        const headers = { 'content-length': limits.documentBody + 1, connection: 'close' };
        const told = await send(short, { headers, body: '{' }).catch(() => undefined);
        assert.deepEqual(taken, [false]);
        assert.equal(told?.status, 413);
      });

      it('forgets a request whose body breaks off, and serves others', async () => {
        const socket = short.connect();
        socket.write(`${head(short, 'x'.repeat(500))}{"json`);
        await until(() => taken.length === 1, 'the request to be taken');
        socket.destroy();
        assert.equal((await send(short, { body: hello })).status, 200);
      });

      it('reads a body that comes slowly, and characters that are cut in two', async () => {
        const body = JSON.stringify({ ...initialize(), id: 'é漢' });
        const bytes = Buffer.from(body);
        const cut = bytes.indexOf('é') + 1;
        const socket = short.connect().setEncoding('utf8');
        let told = '';
        socket.on('data', (piece: string) => {
          told += piece;
        });
        socket.write(head(short, body));
        socket.write(bytes.subarray(0, cut));
        await until(() => taken.length === 1, 'the request to be taken');
        socket.write(bytes.subarray(cut));
        await until(() => told.includes('"result"'), 'the answer');
        socket.destroy();
        assert.ok(told.includes('"id":"é漢"'), told);
        assert.deepEqual(taken, [true]);
      });

      it('ends with the key: what waits is let go of, and the next request is refused', async () => {
        const { key: made, secret } = await daemon.api.createKey({ body: { name: carrier, kind: 'agent' } });
        const authorization = `Bearer ${secret}`;
        const begun = await send(short, { body: hello, headers: { authorization } });
        const session = { authorization, 'mcp-session-id': String(begun.headers['mcp-session-id']) };
        const ping = JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'ping' });
        assert.equal((await send(short, { body: ping, headers: session })).status, 200);
        await daemon.api.deleteKey({ params: { id: made.id } });
        assert.equal((await send(short, { body: ping, headers: session })).status, 401);
        assert.deepEqual(taken, [true, true, false]);
      });
    });

  it('takes an access token from the second time on, when it is known', async () => {
    await addUser(daemon, 'ada', 'operator');
    const made = await post(daemon, '/tokens', { grant: 'password', name: 'ada', password: goodPassword });
    const { accessToken } = (await made.json()) as { accessToken: string };
    await using ways = await openBothWays(daemon);
    const headers = { authorization: `Bearer ${accessToken}` };
    for (const way of [ways.short, ways.short, ways.ordinary])
      assert.equal((await send(way, { body: hello, headers })).status, 200);
    assert.deepEqual(ways.taken, [false, true]);
  });

  /** Of a request that is written by hand. */
  const head = ({ host }: Way, body: string, path = '/mcp'): string =>
    [
      `POST ${path} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${daemon.daemon.token}`,
      'Content-Type: application/json',
      `Accept: ${bothTypes}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      '\r\n',
    ].join('\r\n');
});

import assert from 'node:assert/strict';
import { type BothWays, carriers, missing, openBothWays, type Way } from '../../support/both-ways.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../support/in-process-daemon.ts';
import { bothTypes, initialize } from '../../support/mcp-requests.ts';
import { addTestServer } from '../../support/test-server.ts';

/** Lines of a header as they go over the wire. */
type Lines = readonly string[];

interface Asked {
  method?: string;
  target?: string;
  version?: string;
  head?: (usual: Lines) => Lines;
  body?: string;
}

describe('the short way to the MCP endpoint, asked by hand', () => {
  let daemon: InProcessDaemon;
  const hello = JSON.stringify(initialize());

  before(async () => {
    daemon = await startInProcessDaemon();
    await addTestServer(daemon.api, 'one');
    await daemon.api.startServer({ params: { id: 'one' } });
  });
  after(() => daemon[Symbol.asyncDispose]());

  const exchange = (way: Way, text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = way.connect().setEncoding('latin1');
      let told = '';
      socket.on('data', (piece: string) => {
        told += piece;
      });
      socket.once('close', () => resolve(told));
      socket.once('error', reject);
      socket.write(text, 'latin1');
    });

  const usual = ({ host }: Way): Lines => [
    `Host: ${host}`,
    `Authorization: Bearer ${daemon.daemon.token}`,
    'Content-Type: application/json',
    `Accept: ${bothTypes}`,
    `Content-Length: ${hello.length}`,
    'Connection: close',
  ];

  const comparable = (told: string): string => {
    const goOn = /^HTTP\/1\.1 100 Continue\r\n\r\n/.exec(told)?.[0] ?? '';
    const [head = '', body = ''] = told.slice(goOn.length).split('\r\n\r\n', 2);
    const [status, ...lines] = head.split('\r\n');
    const kept = lines
      .map(line => line.toLowerCase())
      .filter(
        line =>
          !/^(?:date|x-request-id|mcp-session-id|transfer-encoding|content-length|keep-alive|connection):/.test(line),
      );
    const text = /transfer-encoding: chunked/i.test(head) ? body.replace(/^[0-9a-f]+\r\n|\r\n0?$/g, '') : body;
    return [goOn, status, ...kept.toSorted(), text.replace(/"requestId":"[^"]+"/, '"requestId":"…"')].join('\n');
  };

  const tell = async (way: Way, asked: Asked | ((way: Way) => Asked)): Promise<string> =>
    comparable(await exchange(way, request(way, typeof asked === 'function' ? asked(way) : asked)));

  const request = (way: Way, { method = 'POST', target = '/mcp', version = '1.1', head, body = hello }: Asked) => {
    const lines = head ? head(usual(way)) : usual(way);
    return `${method} ${target} HTTP/${version}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
  };
  const plus =
    (...more: string[]) =>
    (lines: Lines): Lines => [...lines, ...more];
  const first =
    (...more: string[]) =>
    (lines: Lines): Lines => [...more, ...lines];

  const cases: [string, boolean | undefined, Asked | ((way: Way) => Asked)][] = [
    ['a second Host', false, { head: plus('Host: evil.test') }],
    ['a first Host of another', false, { head: first('Host: evil.test') }],
    ['the same Host twice', false, ({ host }) => ({ head: plus(`Host: ${host}`) })],
    ['a second Authorization', false, { head: plus('Authorization: Bearer nothing') }],
    ['a first Authorization that is wrong', false, { head: first('Authorization: Bearer nothing') }],
    ['a second Content-Type', false, { head: plus('Content-Type: text/plain') }],
    ['a first Content-Type', false, { head: first('Content-Type: text/plain') }],
    ['a second Accept', undefined, { head: plus('Accept: text/html') }],
    ['two sessions', undefined, { head: plus('Mcp-Session-Id: a', 'Mcp-Session-Id: b') }],
    ['a second length', undefined, { head: plus('Content-Length: 3') }],
    ['a length and pieces', undefined, { head: plus('Transfer-Encoding: chunked') }],
    ['pieces that are none', undefined, { head: plus('Transfer-Encoding: identity') }],
    [
      'a length with a sign',
      undefined,
      { head: lines => lines.map(l => l.replace('Content-Length: ', 'Content-Length: +')) },
    ],
    ['a header in two lines', undefined, { head: plus('X-A: b', ' c') }],
    ['a header with a blank before the colon', undefined, { head: plus('Origin : https://evil.test') }],
    ['high bytes in a header', undefined, { head: plus('User-Agent: \xff\xfe\x80') }],
    ['high bytes in a session', undefined, { head: plus('Mcp-Session-Id: \xff\xfe') }],
    [
      'blanks around the token',
      undefined,
      { head: ls => ls.map(l => l.replace('Authorization: ', 'Authorization: \t ')) },
    ],
    ['blanks within the token', undefined, { head: ls => ls.map(l => l.replace('Bearer ', 'Bearer  ')) }],
    ['an address that names another host', false, { target: 'http://evil.test/mcp' }],
    ['an address that names this host', false, ({ host }) => ({ target: `http://${host}/mcp` })],
    ['two strokes', false, { target: '//mcp' }],
    ['a fragment', false, { target: '/mcp#x' }],
    ['a stroke at the end', false, { target: '/mcp/' }],
    ['the folder above as a server', false, { target: '/mcp/server/..' }],
    ['the same folder as a server', false, { target: '/mcp/server/.' }],
    ['the folder above as a profile', false, { target: '/mcp/..' }],
    ['the same folder as a profile', false, { target: '/mcp/.' }],
    ['three points', true, { target: '/mcp/...' }],
    ['__proto__ as a profile', true, { target: '/mcp/__proto__' }],
    ['constructor as a server', true, { target: '/mcp/server/constructor' }],
    ['server as a profile', false, { target: '/mcp/server' }],
    ['a stroke the other way', false, { target: '/mcp\\server\\one' }],
    ['capitals', false, { target: '/MCP' }],
    ['HTTP/1.0', true, { version: '1.0' }],
    ['HTTP/1.0 without a host', false, { version: '1.0', head: ls => ls.filter(l => !l.startsWith('Host')) }],
    ['HTTP/1.1 without a host', undefined, { head: ls => ls.filter(l => !l.startsWith('Host')) }],
    ['an empty host', undefined, { head: ls => ls.map(l => (l.startsWith('Host') ? 'Host:' : l)) }],
    ['who waits to be told to go on', true, { head: plus('Expect: 100-continue') }],
    [
      'who waits and is nobody',
      false,
      { head: ls => [...ls.filter(l => !l.startsWith('Auth')), 'Expect: 100-continue'] },
    ],
    ['an unusual expectation', undefined, { head: plus('Expect: wonders') }],
    [
      'a wish for another protocol',
      true,
      {
        head: ls => [
          ...ls.filter(l => !l.startsWith('Connection')),
          'Connection: close, Upgrade',
          'Upgrade: websocket',
        ],
      },
    ],
    ['trailers', true, { head: plus('Trailer: x') }],
    ['__proto__ as a header', undefined, { head: plus('__proto__: x') }],
    ['a method in small letters', undefined, { method: 'post' }],
    [
      'more headers than there may be',
      undefined,
      { head: plus(...Array.from({ length: 200 }, (_, i) => `X-${i}: y`)) },
    ],
    [
      'an Origin after more headers than are looked at',
      undefined,
      { head: plus(...Array.from({ length: 120 }, (_, i) => `X-${i}: y`), 'Origin: https://evil.test') },
    ],
    ['an empty Origin', false, { head: plus('Origin:') }],
    ['a null Origin', false, { head: plus('Origin: null') }],
    ['a cookie', true, { head: plus('Cookie: a=b') }],
    ['bytes that are no UTF-8', true, { body: hello.replace('"raw"', '"r\xff\xfe"').slice(0, hello.length) }],
  ];
  for (const what of missing) it.skip(`is not tried over ${what}`);
  for (const carrier of carriers)
    describe(`over ${carrier}`, () => {
      let ways: BothWays;
      before(async () => {
        ways = await openBothWays(daemon, carrier);
      });
      after(() => ways[Symbol.asyncDispose]());
      beforeEach(() => {
        ways.taken.length = 0;
      });

      for (const [what, isTaken, asked] of cases) {
        it(`${what}: the answer is the same`, async () => {
          const told = await tell(ways.short, asked);
          assert.equal(told, await tell(ways.ordinary, asked));
          if (isTaken !== undefined) assert.deepEqual(ways.taken, [isTaken]);
        });
      }
    });
});

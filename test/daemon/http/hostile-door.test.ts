// What is wrong before a request is one, or in how it comes: bounded, answered or closed, and nobody else hears of it.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { DoorLimits } from '../../../daemon/http/door.ts';
import { type BothWays, type Carrier, openBothWays, talk, type Way } from '../../support/both-ways.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { initialize, post, stateless } from '../../support/mcp-requests.ts';
import { addTestServer } from '../../support/test-server.ts';

describe('a door, and what hostile clients send through it', () => {
  let daemon: InProcessDaemon;
  before(async () => {
    daemon = await startInProcessDaemon();
    await addTestServer(daemon.api, 'slow', 'slow');
    await daemon.api.startServer({ params: { id: 'slow' } });
  });
  after(() => daemon[Symbol.asyncDispose]());

  /** The head of a POST, all but the line that ends it. */
  const head = ({ host }: Way, more: readonly string[] = [], headers: RequestInit['headers'] = post({}).headers) =>
    [
      'POST /mcp HTTP/1.1',
      `Host: ${host}`,
      `Authorization: Bearer ${daemon.daemon.token}`,
      ...Object.entries(headers ?? {}).map(pair => pair.join(': ')),
      ...more,
      '',
    ].join('\r\n');
  const hello = JSON.stringify(initialize());
  const length = `Content-Length: ${hello.length}`;
  const whole = (way: Way, ...more: string[]) => `${head(way, [length, ...more])}\r\n${hello}`;
  const wait = (way: Way) => {
    const { headers, body } = stateless('tools/call', { name: 'wait', arguments: { ms: 600_000 } });
    return `${head(way, [`Content-Length: ${String(body).length}`], headers)}\r\n${body}`;
  };
  const statuses = (told: string) => [...told.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  /** What the server has seen: calls that have begun, and calls that were cancelled. */
  const seen = async (tool: 'begun' | 'cancelled'): Promise<number> => {
    const { content } = await daemon.api.callTool({ params: { id: 'slow', tool }, body: { arguments: {} } });
    return Number(content[0]?.['text']);
  };
  const isServed = async (way: Way) =>
    assert.deepEqual(statuses(await talk(way.connect(), whole(way, 'Connection: close')).ended), [200]);

  /** The same at both ways. */
  const atBoth = (what: string, test: (way: Way) => Promise<void>, limits?: Partial<DoorLimits>, over?: Carrier) => {
    for (const which of ['short', 'ordinary'] as const)
      it(`${what} (the ${which} way)`, async () => {
        await using ways: BothWays = await openBothWays(daemon, over, limits);
        await test(ways[which]);
      });
  };

  const inPieces = ['Transfer-Encoding: chunked'];
  const piece = `${hello.length.toString(16)}\r\n${hello}\r\n`;
  const unclear: [string, (way: Way) => string][] = [
    ['a length and pieces', way => `${head(way, [length, ...inPieces])}\r\n${piece}0\r\n\r\n`],
    ['pieces and a length', way => `${head(way, [...inPieces, 'Content-Length: 3'])}\r\n${piece}0\r\n\r\n`],
    ['two lengths', way => `${head(way, [length, 'Content-Length: 3'])}\r\n${hello}`],
    ['the same length twice', way => `${head(way, [length, length])}\r\n${hello}`],
    ['a list of lengths', way => `${head(way, [`${length}, ${hello.length}`])}\r\n${hello}`],
    ['a length that is no number', way => `${head(way, ['Content-Length: 0x10'])}\r\n${hello}`],
    ['a length beyond all numbers', way => `${head(way, [`Content-Length: ${'9'.repeat(30)}`])}\r\n${hello}`],
    ['no length', way => `${head(way, ['Content-Length:'])}\r\n${hello}`],
    ['pieces of another kind', way => `${head(way, ['Transfer-Encoding: xchunked'])}\r\n${piece}0\r\n\r\n`],
    ['pieces and then something else', way => `${head(way, [`${inPieces}, identity`])}\r\n${piece}0\r\n\r\n`],
    ['pieces twice', way => `${head(way, [...inPieces, ...inPieces])}\r\n${piece}0\r\n\r\n`],
    ['a blank before the colon', way => `${head(way, ['Transfer-Encoding : chunked'])}\r\n${piece}0\r\n\r\n`],
    ['a piece whose size is no number', way => `${head(way, inPieces)}\r\nzz\r\n${hello}\r\n0\r\n\r\n`],
    ['a piece of less than nothing', way => `${head(way, inPieces)}\r\n-1\r\n${hello}\r\n0\r\n\r\n`],
    ['a piece beyond all numbers', way => `${head(way, inPieces)}\r\n${'f'.repeat(17)}\r\n${hello}\r\n0\r\n\r\n`],
    ['a piece that is longer than it says', way => `${head(way, inPieces)}\r\n3\r\n${hello}\r\n0\r\n\r\n`],
    ['lines that end too early', way => `${head(way, [length]).replaceAll('\r\n', '\n')}\n${hello}`],
    ['half an end of a line', way => `${head(way, [`X: a\r${length}`])}\r\n${hello}`],
    ['a zero in a header', way => `${head(way, ['X: a\0b', length])}\r\n${hello}`],
    ['another protocol', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no protocol', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc'],
  ];
  for (const [what, text] of unclear)
    atBoth(`refuses ${what}, and takes nothing of it for a request`, async way => {
      const smuggled = `GET /api/v1/health HTTP/1.1\r\nHost: ${way.host}\r\n\r\n`;
      assert.deepEqual(statuses(await talk(way.connect(), text(way) + smuggled).ended), [400]);
    });

  const floods: [string, number, (way: Way) => string][] = [
    ['a header', 431, way => head(way, [`X: ${'a'.repeat(20_000)}`])],
    ['headers', 431, way => head(way, Array<string>(5_000).fill('X: some value'))],
    ['an address', 431, () => `POST /mcp/${'a'.repeat(20_000)}`],
    ['what is said of a piece', 413, way => `${head(way, inPieces)}\r\n1;${'x'.repeat(40_000)}`],
    [
      'what comes after the last piece',
      431,
      way => `${head(way, inPieces)}\r\n${piece}0\r\n${'X: y\r\n'.repeat(9_000)}`,
    ],
  ];
  for (const [what, status, text] of floods)
    atBoth(`refuses ${what} without an end`, async way => {
      assert.deepEqual(statuses(await talk(way.connect(), text(way)).ended), [status]);
    });

  atBoth('refuses more headers than there may be, and leaves none of them out', async way => {
    const some = (count: number) => Array.from({ length: count }, (_, at) => `X-${at}: y`);
    const told = await talk(way.connect(), whole(way, ...some(120), 'Origin: https://evil.test')).ended;
    assert.match(told, /^HTTP\/1\.1 413 [\s\S]*"code":"REQUEST_004"/);
    const foreign = talk(way.connect(), whole(way, ...some(80), 'Origin: https://evil.test', 'Connection: close'));
    assert.deepEqual(statuses(await foreign.ended), [403]);
  });

  const soon = { headMs: 60, requestMs: 120, lookEveryMs: 20 };
  atBoth(
    'waits for nobody who says nothing, half a head or half a body',
    async way => {
      const slow = [
        '',
        head(way),
        `${head(way, [length])}\r\n${hello.slice(0, 9)}`,
        `${head(way, inPieces)}\r\n9\r\n{`,
      ];
      const ends = slow.map(text => talk(way.connect(), text).ended);
      for (const told of await Promise.all(ends)) assert.deepEqual(statuses(told), [408]);
    },
    soon,
  );

  atBoth(
    'waits for nobody who begins TLS and says no more',
    async way => {
      const { port } = way.door;
      await Promise.all(['', '\x16\x03\x01'].map(text => talk(connect(port ?? 0, '127.0.0.1'), text).ended));
    },
    soon,
    'TLS',
  );

  it('closes in good time though somebody has begun TLS and says no more', async () => {
    await using ways = await openBothWays(daemon, 'TLS');
    const { door } = ways.short;
    const silent = talk(connect(door.port ?? 0, '127.0.0.1'), '\x16\x03\x01');
    await until(() => !door.isEmpty(), 'the connection');
    await door.close();
    await silent.ended;
  });

  atBoth('lets go of what a client began that closes its half of the connection', async way => {
    const [begun, cancelled] = [await seen('begun'), await seen('cancelled')];
    const client = talk(way.connect(), wait(way));
    await until(async () => (await seen('begun')) > begun, 'the call to begin');
    client.socket.end();
    await client.ended;
    await until(async () => (await seen('cancelled')) > cancelled, 'the call to be cancelled');
    const half = talk(way.connect(), `${head(way, [length])}\r\n${hello.slice(0, 9)}`);
    half.socket.end();
    assert.deepEqual(statuses(await half.ended), [400]);
    await isServed(way);
  });

  atBoth('takes what is sent without waiting one after another, and ends all of it with the connection', async way => {
    const [begun, cancelled] = [await seen('begun'), await seen('cancelled')];
    const client = talk(way.connect(), whole(way), wait(way).repeat(9));
    await until(async () => (await seen('begun')) > begun, 'the first call to begin');
    client.socket.destroy();
    await until(async () => (await seen('cancelled')) > cancelled, 'the call to be cancelled');
    await isServed(way);
    assert.deepEqual([await seen('begun'), await seen('cancelled')], [begun + 1, cancelled + 1]);
  });

  atBoth('closes the connection of whoever sends far more than is answered', async way => {
    const cancelled = await seen('cancelled');
    assert.doesNotMatch(await talk(way.connect(), wait(way), whole(way).repeat(2_000)).ended, /"result"/);
    await until(async () => (await seen('cancelled')) > cancelled, 'the call to be cancelled');
    await isServed(way);
  });

  atBoth(
    'has room for the next one when as many as there may be are connected and rest',
    async way => {
      const busy = talk(way.connect(), wait(way));
      const silent = Array.from({ length: 3 }, () => talk(way.connect()));
      const resting = Array.from({ length: 4 }, () => talk(way.connect(), whole(way)));
      await until(() => resting.every(({ told }) => told.includes('"result"')), 'all to be answered');
      const turnedAway = talk(way.connect(), whole(way));
      assert.equal(await turnedAway.ended, '');
      await Promise.all([...silent, ...resting].map(({ ended }) => ended));
      await isServed(way);
      assert.equal(busy.socket.readyState, 'open');
      busy.socket.destroy();
    },
    { connections: 8 },
  );

  atBoth(
    'reads first what somebody has sent who comes in the moment in which there is no more room',
    async way => {
      const before = Array.from({ length: 7 }, () => talk(way.connect()));
      const asking = talk(way.connect(), whole(way, 'Connection: close'));
      const after = Array.from({ length: 7 }, () => talk(way.connect()));
      assert.deepEqual(statuses(await asking.ended), [200]);
      await Promise.all([...before, ...after.slice(0, 1)].map(({ ended }) => ended));
      for (const { socket } of after) socket.destroy();
    },
    { connections: 8 },
  );
});

// What the short way does with bodies and streams, with a gateway by hand that answers as it is told to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Hono } from 'hono';
import type { Gateway } from '../../../daemon/features/gateway/create-gateway.ts';
import type { Answer } from '../../../daemon/features/gateway/exchange.ts';
import { createGatewayDoor } from '../../../daemon/features/gateway/gateway.door.ts';
import type { TakeAtOnce } from '../../../daemon/http/door.ts';
import { createLifelines } from '../../../daemon/http/lifelines.ts';
import { type ListeningDoor, listenOnPort } from '../../../daemon/http/listen.ts';
import { ownerPrincipal } from '../../../daemon/http/principal.ts';
import { systemClock } from '../../../daemon/platform/clock.ts';
import { until } from '../../support/in-process-daemon.ts';

describe('bodies and streams on the short way', () => {
  let door: ListeningDoor;
  let fetch: Gateway['fetch'];
  let underWay: number;
  let answers: ServerResponse[];
  let warnings: string[];
  const warned = ({ name }: Error) => warnings.push(name);

  beforeEach(async () => {
    underWay = 0;
    answers = [];
    warnings = [];
    process.on('warning', warned);
    const take = createGatewayDoor({
      gateway: { fetch: (request, entry) => fetch(request, entry) },
      lifelines: createLifelines(systemClock),
      authenticator: { byToken: () => ownerPrincipal() },
      hostNames: [],
      now: Date.now,
      onFailure: () => {},
      onRequest() {
        underWay += 1;
        return () => {
          underWay -= 1;
        };
      },
    });
    const takeAtOnce: TakeAtOnce = (incoming, outgoing) => {
      answers.push(outgoing);
      assert.ok(take(incoming, outgoing));
      return true;
    };
    door = await listenOnPort({ app: new Hono(), takeAtOnce }, { port: 0 });
  });
  afterEach(async () => {
    process.off('warning', warned);
    door.server.closeAllConnections();
    await door.close();
  });

  const head = (length: number, ...more: string[]) =>
    [
      'POST /mcp HTTP/1.1',
      `host: 127.0.0.1:${door.port}`,
      'authorization: Bearer x',
      'content-type: application/json',
      `content-length: ${length}`,
      ...more,
      '\r\n',
    ].join('\r\n');
  const open = (): Socket => connect(door.port ?? 0, '127.0.0.1').on('error', () => {});
  const streamOf = (pull: UnderlyingDefaultSource<Uint8Array>['pull'], cancel = () => {}): Answer => ({
    status: 200,
    headers: { 'content-type': 'text/event-stream' },
    body: new ReadableStream<Uint8Array>({ ...(pull ? { pull } : {}), cancel }, { highWaterMark: 1 }),
  });

  it('waits for a reader who is slow, as often as it must, and keeps nothing of the waiting', async () => {
    let left = 400;
    let cancelled = false;
    const piece = Buffer.alloc(262_144, 'x');
    fetch = async request => {
      await request.text();
      return streamOf(
        controller => {
          left -= 1;
          if (left < 0) controller.close();
          else controller.enqueue(piece);
        },
        () => {
          cancelled = true;
        },
      );
    };
    const socket = open();
    socket.write(`${head(2)}{}`);
    await until(() => left < 400, 'the stream to be read');
    await nextTurn();
    assert.ok(left > 300, 'it was read ahead of its reader');
    let read = 0;
    let most = 0;
    socket.on('data', (data: Buffer) => {
      read += data.length;
      most = Math.max(most, answers[0]?.listenerCount('close') ?? 0);
    });
    await until(() => read >= 400 * piece.length, 'all of it to be read');
    assert.ok(most < 6, `${most} listeners waited for the end`);
    assert.deepEqual(warnings, []);
    assert.equal(cancelled, false);
    socket.destroy();
  });

  it('tells a stream that its reader has gone, while it waits for more and while it waits for the reader', async () => {
    for (const piece of [Buffer.from('a'), Buffer.alloc(4_194_304, 'x')]) {
      let pulled = 0;
      let isCancelled = false;
      let isAborted = false;
      fetch = async (request, { signal }) => {
        await request.text();
        signal.addEventListener('abort', () => {
          isAborted = true;
        });
        return streamOf(
          async controller => {
            pulled += 1;
            if (pulled > 20) await new Promise(() => {});
            controller.enqueue(piece);
          },
          () => {
            isCancelled = true;
          },
        );
      };
      const socket = open();
      socket.write(`${head(2)}{}`);
      await until(() => pulled > 1, 'the stream to begin');
      socket.destroy();
      await until(() => isCancelled && isAborted, 'the stream to hear of it');
      assert.ok(pulled <= 21);
    }
    assert.equal(underWay, 0);
  });

  it('ends the connection with a stream that fails, and serves others', async () => {
    fetch = async () =>
      streamOf(controller => {
        controller.error(new Error('It broke.'));
      });
    const broken = open().resume();
    broken.write(`${head(2)}{}`);
    await once(broken, 'close');
    fetch = async request => ({ status: 200, headers: {}, body: await request.text() });
    assert.match(await readAll(`${head(2, 'connection: close')}{}`), /^HTTP\/1.1 200 OK[\s\S]*\{\}$/);
    assert.equal(underWay, 0);
  });

  it('answers what fails as a problem without a word of the inside, and lets go of whoever has left meanwhile', async () => {
    fetch = async () => {
      throw new Error('a secret of the inside');
    };
    const told = await readAll(`${head(2, 'connection: close')}{}`);
    assert.match(told, /^HTTP\/1.1 500 [\s\S]*"code":"DAEMON_001"/);
    assert.doesNotMatch(told, /secret of the inside/);

    const { promise, reject } = Promise.withResolvers<Answer>();
    fetch = () => promise;
    const socket = open();
    socket.write(`${head(2)}{}`);
    await until(() => underWay === 1, 'the request to be taken');
    socket.destroy();
    await until(() => answers.at(-1)?.destroyed, 'the end of the connection');
    reject(new Error('too late'));
    await until(() => underWay === 0, 'the request to be let go of');
  });

  it('reads a body that comes in many pieces, and one that breaks off fails', async () => {
    const body = JSON.stringify({ text: 'é'.repeat(3_000) });
    fetch = async request => ({ status: 200, headers: {}, body: await request.text() });
    const socket = open();
    let told = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      told += piece;
    });
    const bytes = Buffer.from(body);
    socket.setNoDelay(true).write(head(bytes.length));
    for (let at = 0; at < bytes.length; at += 7) {
      socket.write(bytes.subarray(at, at + 7));
      if (at % 700 === 0) await nextTurn();
    }
    await until(() => told.endsWith(body), 'the body to come back');

    let failure: unknown;
    fetch = async request => {
      failure = await request.text().catch((error: unknown) => error);
      throw failure;
    };
    socket.write(`${head(20)}{"half`);
    await until(() => underWay === 1, 'the request to be taken');
    socket.destroy();
    await until(() => failure, 'the body to fail');
    await until(() => underWay === 0, 'the request to be let go of');
    assert.ok(failure instanceof Error);
  });

  it('goes on with the next request of a connection after one whose body nobody has read', async () => {
    let count = 0;
    fetch = async () => {
      count += 1;
      return { status: 404, headers: {}, body: null };
    };
    const body = 'x'.repeat(100_000);
    const told = await readAll(`${head(body.length)}${body}${head(2, 'connection: close')}{}`);
    assert.equal(told.match(/HTTP\/1.1 404/g)?.length, 2);
    assert.equal(count, 2);
  });

  it('takes in turn what comes without waiting, and lets what is under way go with the connection', async () => {
    const rest: PromiseWithResolvers<Answer>[] = [];
    let left = 0;
    fetch = async (_request, { signal }) => {
      signal.addEventListener('abort', () => {
        left += 1;
      });
      const one = Promise.withResolvers<Answer>();
      rest.push(one);
      return await one.promise;
    };
    const socket = open();
    let told = '';
    socket.setEncoding('utf8').on('data', (piece: string) => {
      told += piece;
    });
    socket.write(`${head(2)}{}`.repeat(4));
    for (const [at, body] of ['first', 'second'].entries()) {
      await until(() => rest.length > at, `the ${body} to be taken`);
      assert.equal(rest.length, at + 1);
      rest[at]?.resolve({ status: 200, headers: {}, body });
      await until(() => told.includes(body), `the ${body} answer`);
    }
    await until(() => rest.length === 3 && left === 2, 'the third to be taken');
    socket.destroy();
    await until(() => left === 3, 'it to hear of the end');
    rest[2]?.resolve({ status: 200, headers: {}, body: 'third' });
    await until(() => underWay === 0, 'all of them to be let go of');
    assert.equal(rest.length, 3);
  });

  const readAll = (text: string): Promise<string> =>
    new Promise(resolve => {
      const socket = open();
      let told = '';
      socket.setEncoding('utf8').on('data', (piece: string) => {
        told += piece;
      });
      socket.once('close', () => resolve(told));
      socket.write(text);
    });
});

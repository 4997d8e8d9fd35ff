import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type ListeningDoor, listenOnPort, listenOnSocket } from '../../../daemon/http/listen.ts';
import { noting } from '../../support/both-ways.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../support/in-process-daemon.ts';
import { bothTypes, initialize, stateless } from '../../support/mcp-requests.ts';

describe('the short way, when something ends', () => {
  let daemon: InProcessDaemon;
  let door: ListeningDoor;
  let taken: boolean[];
  const front = () => noting(daemon.daemon, taken);
  beforeEach(async () => {
    daemon = await startInProcessDaemon();
    taken = [];
    door = await listenOnPort(front(), { port: 0 });
  });
  afterEach(async () => {
    await door.close();
    await daemon[Symbol.asyncDispose]();
  });

  const send = (where: RequestOptions, token: string, { headers, body }: RequestInit): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const all = { ...(headers as Record<string, string>), authorization: `Bearer ${token}` };
      const sent = request({ ...where, method: 'POST', path: '/mcp', headers: { ...all, ...where.headers } }, resolve);
      sent.once('error', reject);
      sent.setHeader('content-length', Buffer.byteLength(String(body)));
      sent.end(body);
    });
  const atPort = () => ({ host: '127.0.0.1', port: door.port, agent: false }) as const;
  const hello: RequestInit = {
    headers: { 'content-type': 'application/json', accept: bothTypes },
    body: JSON.stringify(initialize()),
  };

  it('ends streams with the key that they were opened with, and those of others go on', async () => {
    const { key, secret } = await daemon.api.createKey({ body: { name: 'program', kind: 'agent' } });
    const listen = stateless('subscriptions/listen', { notifications: { toolsListChanged: true } });
    const open = async (token: string) => {
      const response = await send(atPort(), token, listen);
      const stream = { text: '', isOver: false };
      response.setEncoding('utf8').on('data', (piece: string) => {
        stream.text += piece;
      });
      response.once('close', () => {
        stream.isOver = true;
      });
      response.on('error', () => {});
      await until(() => stream.text.includes('acknowledged'), 'the stream to begin');
      return stream;
    };
    const [mine, others] = [await open(secret), await open(daemon.daemon.token)];
    assert.deepEqual(taken, [true, true]);
    await daemon.api.deleteKey({ params: { id: key.id } });
    await until(() => mine.isOver, 'the stream of the key to end');
    assert.equal(others.isOver, false);
  });

  it('serves the socket of this user, where the host has another name', async () => {
    const path = join(daemon.home, 'door.sock');
    const socket = await listenOnSocket(front(), path);
    const { token } = daemon.daemon;
    for (const [host, status] of [
      ['localhost', 200],
      ['evil.test', 403],
    ] as const) {
      const response = await send({ socketPath: path, headers: { host }, agent: false }, token, hello);
      response.resume();
      assert.equal(response.statusCode, status);
    }
    assert.deepEqual(taken, [true, false]);
    await socket.close();
  });

  it('lets requests under way end when the daemon does, and tells who comes then that it is stopping', async () => {
    const { secret } = await daemon.api.createKey({ body: { name: 'program', kind: 'agent' } });
    const body = String(hello.body);
    const heads = [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'].map(framing =>
      [
        'POST /mcp HTTP/1.1',
        `Host: 127.0.0.1:${door.port}`,
        // Each end needs the database: the key was not seen before.
        `Authorization: Bearer ${secret}`,
        ...Object.entries(hello.headers ?? {}).map(pair => pair.join(': ')),
        framing,
        '\r\n',
      ].join('\r\n'),
    );
    const clients = heads.map(head => {
      const socket = connect(door.port ?? 0, '127.0.0.1');
      const client = { socket, head, told: '', ended: new Promise(resolve => socket.once('close', resolve)) };
      socket.on('data', piece => {
        client.told += piece;
      });
      socket.write(head);
      return client;
    });
    await until(() => taken.length === 2, 'both requests to come in');
    assert.deepEqual(taken.toSorted(), [false, true]);
    const ended = daemon.daemon.close('a test', [door]);
    await until(() => !door.server.listening, 'the door to refuse');
    const [whole, inPieces] = clients;
    whole?.socket.write(body + whole.head);
    inPieces?.socket.write(`${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n${inPieces.head}`);
    await Promise.all(clients.map(client => client.ended));
    for (const { told } of clients) {
      const [first = '', second = ''] = told.split(/(?=HTTP\/1\.1 503)/);
      assert.match(first, /^HTTP\/1\.1 200 OK/);
      assert.match(second, /\r\nretry-after: \d+\r\nconnection: close\r\n[\s\S]*"code":"DAEMON_003"/i);
      for (const each of [first, second]) assert.match(each, /\r\nx-content-type-options: nosniff\r\n/);
    }
    assert.equal(taken.length, 2);
    await ended;
    // It ends once only: what is left is its folder.
    await rm(daemon.home, { recursive: true });
    daemon = await startInProcessDaemon();
  });
});

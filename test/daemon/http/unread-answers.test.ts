import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { connect as connectByTls } from 'node:tls';
import { Hono } from 'hono';
import type { TakeAtOnce } from '../../../daemon/http/door.ts';
import { type ListeningDoor, listenOnPort } from '../../../daemon/http/listen.ts';
import { readTlsFiles } from '../../../daemon/platform/tls-files.ts';
import { talk } from '../../support/both-ways.ts';
import { makeCertificate } from '../../support/certificate.ts';
import { until } from '../../support/in-process-daemon.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

describe('an answer at a door', () => {
  let door: ListeningDoor;
  let answer: (outgoing: ServerResponse) => void;
  const take: TakeAtOnce = (_incoming, outgoing) => {
    answer(outgoing);
    return true;
  };
  beforeEach(async () => {
    door = await listenOnPort({ app: new Hono(), takeAtOnce: take }, { port: 0, limits: { unreadMs: 400 } });
  });
  afterEach(() => door.close());
  const open = () => connect(door.port ?? 0, '127.0.0.1');
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n';

  // More than the system takes from us for the other side.
  const much = Buffer.alloc(67_108_864);
  const unread: [string, (outgoing: ServerResponse) => void][] = [
    ['is', outgoing => void outgoing.end(much)],
    ['that has not ended is', outgoing => void outgoing.write(much)],
  ];
  for (const [what, give] of unread)
    it(`${what} given up when nobody reads it`, async () => {
      let given: ServerResponse | undefined;
      answer = outgoing => {
        given = outgoing;
        give(outgoing);
      };
      const { socket } = talk(open(), request);
      socket.pause();
      await until(() => given?.destroyed, 'the answer to be given up');
      await until(() => door.isEmpty(), 'the connection to end');
      socket.destroy();
    });

  it('may take longer than anybody may take to read it', async () => {
    answer = outgoing => void once(outgoing, 'timeout').then(() => outgoing.end('at last'));
    const client = talk(open(), request);
    await until(() => client.told.endsWith('at last'), 'the answer');
    client.socket.destroy();
  });

  it('may rest for longer than that once all of it was read', async () => {
    answer = outgoing => {
      outgoing.write('at first');
      void once(outgoing, 'timeout').then(() => outgoing.end(', and at last'));
    };
    const client = talk(open(), request);
    await until(() => client.told.includes(', and at last'), 'the rest of the answer');
    client.socket.destroy();
  });

  it('is not given up while it is read slowly over TLS', async () => {
    const folder = await createTemporaryFolder('slow');
    const files = makeCertificate(folder.path);
    const slowDoor = await listenOnPort(
      { app: new Hono(), takeAtOnce: take },
      { port: 0, tls: readTlsFiles(files), limits: { unreadMs: 200 } },
    );
    const socket = connectByTls({ port: slowDoor.port ?? 0, ca: readFileSync(files.cert), servername: 'localhost' });
    await using _ = {
      async [Symbol.asyncDispose]() {
        socket.destroy();
        await slowDoor.close();
        await folder.remove();
      },
    };
    let [read, mayRead, looks] = [0, 0, 0];
    socket.on('data', (piece: Buffer) => {
      read += piece.length;
      if (read > mayRead) socket.pause();
    });
    answer = outgoing => {
      outgoing.on('timeout', () => {
        looks += 1;
        mayRead = looks < 4 ? read + 8_388_608 : much.length * 2;
        socket.resume();
      });
      outgoing.end(much);
    };
    socket.write(request);
    await until(() => read > much.length, 'all of the answer', 15_000);
  });
});

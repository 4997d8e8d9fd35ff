import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Hono } from 'hono';
import type { TakeAtOnce } from '../../../daemon/http/door.ts';
import { type ListeningDoor, listenOnPort } from '../../../daemon/http/listen.ts';
import { talk } from '../../support/both-ways.ts';
import { until } from '../../support/in-process-daemon.ts';

describe('an answer at a door', () => {
  let door: ListeningDoor;
  let answer: (outgoing: ServerResponse) => void;
  beforeEach(async () => {
    const takeAtOnce: TakeAtOnce = (_incoming, outgoing) => {
      answer(outgoing);
      return true;
    };
    door = await listenOnPort({ app: new Hono(), takeAtOnce }, { port: 0, limits: { unreadMs: 400 } });
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
});

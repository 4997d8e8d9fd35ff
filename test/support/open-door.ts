// A real port in front of a daemon in this process, for programs that cannot bring a token along: they get the owner's.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { InProcessDaemon } from './in-process-daemon.ts';

export interface OpenDoor extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
}

/** Everything but the token is as it came: host, origin and the connection itself are looked at as ever. */
export async function openDoor(daemon: Pick<InProcessDaemon, 'daemon'>): Promise<OpenDoor> {
  const listener = getRequestListener((request, bindings) => daemon.daemon.app.fetch(request, bindings));
  const server = createServer((incoming, outgoing) => {
    if (incoming.headers.authorization === undefined) {
      const token = `Bearer ${daemon.daemon.token}`;
      incoming.rawHeaders.push('authorization', token);
      incoming.headers.authorization = token;
    }
    if (!daemon.daemon.takeAtOnce?.(incoming, outgoing)) void listener(incoming, outgoing);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

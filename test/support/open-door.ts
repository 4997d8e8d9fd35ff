// A real port in front of a daemon in this process, for programs that cannot bring a token along: they get the owner's.
import { listenOnPort } from '../../daemon/http/listen.ts';
import type { InProcessDaemon } from './in-process-daemon.ts';

export interface OpenDoor extends AsyncDisposable {
  /** Without a slash at the end. */
  url: string;
}

/** Everything but the token is as it came: host, origin and the connection itself are looked at as ever. */
export async function openDoor({ daemon }: Pick<InProcessDaemon, 'daemon'>): Promise<OpenDoor> {
  const { app, takeAtOnce, token } = daemon;
  const door = await listenOnPort(
    {
      app,
      takeAtOnce(incoming, outgoing) {
        if (incoming.headers.authorization === undefined) {
          const authorization = `Bearer ${token}`;
          incoming.rawHeaders.push('authorization', authorization);
          incoming.headers.authorization = authorization;
        }
        return takeAtOnce?.(incoming, outgoing) === true;
      },
    },
    { port: 0 },
  );
  return {
    url: `http://127.0.0.1:${door.port}`,
    async [Symbol.asyncDispose]() {
      door.server.closeAllConnections();
      await door.close();
    },
  };
}

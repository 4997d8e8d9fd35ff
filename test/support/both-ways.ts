// A daemon behind two doors: one with the short way to the MCP endpoint, and one that knows the ordinary way alone.
import { type Door, type Front, listenOnPort } from '../../daemon/http/listen.ts';
import type { InProcessDaemon } from './in-process-daemon.ts';

export interface BothWays extends AsyncDisposable {
  short: Door;
  ordinary: Door;
  /** For each request at the short door, in order: whether it was taken there. To be emptied by whoever likes. */
  taken: boolean[];
}

/** The same, and for each request a note of whether it was taken at once. */
export const noting = ({ app, takeAtOnce }: Front, taken: boolean[]): Front => ({
  app,
  takeAtOnce(incoming, outgoing) {
    const isTaken = takeAtOnce?.(incoming, outgoing) === true;
    taken.push(isTaken);
    return isTaken;
  },
});

export async function openBothWays({ daemon }: Pick<InProcessDaemon, 'daemon'>): Promise<BothWays> {
  const taken: boolean[] = [];
  const short = await listenOnPort(noting(daemon, taken), { port: 0 });
  const ordinary = await listenOnPort({ app: daemon.app }, { port: 0 });
  return {
    short,
    ordinary,
    taken,
    async [Symbol.asyncDispose]() {
      await short.close();
      await ordinary.close();
    },
  };
}

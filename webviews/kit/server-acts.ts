// Starting and stopping one server. A start can take long, so a stop is possible while it is under way.
import type { ApiClient } from '../../shared/api/client.ts';
import { announce } from './announcer.ts';
import { type Act, createAct } from './load.ts';

export interface ServerActs {
  /** Start, restart, and what else the owner of these acts runs one at a time. */
  readonly act: Act;
  readonly stopping: Act;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Stops also what is only starting; that the start then fails is no news. */
  stop(): Promise<void>;
  close(): void;
}

export function createServerActs(api: ApiClient, id: string): ServerActs {
  const params = { params: { id } };
  const act = createAct();
  const stopping = createAct();
  let beginning: Promise<void> = Promise.resolve();
  const begin = (name: string, said: string, ask: () => Promise<unknown>): Promise<void> => {
    stopping.dismiss();
    beginning = act
      .run(name, async () => {
        await ask();
        announce(said);
      })
      .then(() => undefined);
    return beginning;
  };
  return {
    act,
    stopping,
    start: () => begin('start', `${id} runs.`, () => api.startServer(params)),
    restart: () => begin('restart', `${id} runs again.`, () => api.restartServer(params)),
    async stop() {
      const stopped = await stopping.run('stop', () => api.stopServer(params));
      if (!stopped) return;
      await beginning;
      act.dismiss();
      announce(`${id} is stopped.`);
    },
    close() {},
  };
}

// A resource that a person reads in the page: asked for again at will, and let go when the place where it is shown goes.
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { ResourceContents } from '../../shared/api/contents.ts';
import type { Problem } from '../../shared/api/problem.ts';
import type { App } from '../kit/app.ts';
import { createAct } from '../kit/load.ts';
import { createWatchedCall, type WatchedCall } from './watched-call.ts';

export interface Reading {
  /** What was read last; undefined while it is read anew and after it was put away. */
  readonly contents: ReadonlySignal<ResourceContents | undefined>;
  readonly problem: ReadonlySignal<Problem | undefined>;
  readonly busy: ReadonlySignal<boolean>;
  /** What the server asks and tells meanwhile. */
  readonly watched: WatchedCall;
  /** Resolves when it is read or refused; does nothing while another reading runs. */
  read(uri: string): Promise<void>;
  /** Takes away what was read. */
  putAway(): void;
  dismiss(): void;
  close(): void;
}

export function createReading(app: Pick<App, 'api' | 'live'>, serverId: string): Reading {
  const watched = createWatchedCall(app);
  const act = createAct();
  const contents = signal<ResourceContents | undefined>(undefined);
  const busy = computed(() => act.running.value !== undefined);
  const closed = new AbortController();
  return {
    contents,
    problem: act.problem,
    busy,
    watched,
    async read(uri) {
      if (busy.peek()) return;
      contents.value = undefined;
      const body = { uri, ...watched.begin() };
      const found = await act.run('read', () =>
        app.api.readResource({ params: { id: serverId }, body }, { signal: closed.signal }),
      );
      batch(() => {
        contents.value = found;
        watched.end();
      });
    },
    putAway() {
      contents.value = undefined;
    },
    dismiss: act.dismiss,
    close() {
      closed.abort();
      watched.close();
    },
  };
}

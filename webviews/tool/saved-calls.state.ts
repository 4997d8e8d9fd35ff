// Calls that a person has saved for one tool, prompt or resource.
import type { SavedCall } from '../../shared/api/calls.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { createPermittedLoad } from '../kit/permitted-load.ts';

export interface SavedCallsState {
  readonly saved: Load<SavedCall[]>;
  readonly act: Act;
  save(title: string, args: Record<string, unknown>): Promise<boolean>;
  remove(saved: SavedCall): Promise<void>;
  close(): void;
}

export function createSavedCalls(
  { api, live }: Pick<App, 'api' | 'live'>,
  what: Pick<SavedCall, 'serverId' | 'kind' | 'target'>,
): SavedCallsState {
  const saved = createPermittedLoad(live, 'tools:call', abort =>
    readAllPages(query =>
      api.listSavedCalls(
        { query: { ...query, server: what.serverId, kind: what.kind, target: what.target } },
        { signal: abort },
      ),
    ),
  );
  const act = createAct();
  return {
    saved,
    act,
    async save(title, args) {
      const done = await act.run('save', () => api.createSavedCall({ body: { ...what, title, arguments: args } }));
      if (done) announce(`Saved as ${title}.`);
      void saved.reload();
      return done !== undefined;
    },
    async remove({ id }) {
      await act.run(id, () => api.deleteSavedCall({ params: { id } }));
      void saved.reload();
    },
    close: () => saved.close(),
  };
}

// Calls that a person has saved for one tool, prompt or resource.
import type { SavedCall } from '../../shared/api/calls.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';

export interface SavedCallsState {
  readonly saved: Load<SavedCall[]>;
  readonly act: Act;
  save(title: string, args: Record<string, unknown>): Promise<boolean>;
  remove(saved: SavedCall): Promise<void>;
  close(): void;
}

export function createSavedCalls(
  { api }: Pick<App, 'api'>,
  what: Pick<SavedCall, 'serverId' | 'kind' | 'target'>,
): SavedCallsState {
  const saved = createLoad(abort =>
    readAllPages(query =>
      api.listSavedCalls(
        { query: { ...query, server: what.serverId, kind: what.kind, target: what.target } },
        { signal: abort },
      ),
    ),
  );
  const act = createAct();
  void saved.reload();
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

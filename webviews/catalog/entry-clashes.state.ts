// Before an entry is installed: which of its tools have names that tools of other servers have, and what they would be called.
import type { ToolClash } from '../../shared/api/tool-clashes.ts';
import type { App } from '../kit/app.ts';
import { createLoad, type Load } from '../kit/load.ts';

export type Planned = ToolClash['tools'][number] & { wanted: string };

/** Those of the entry alone. */
const toPlanned = (clashes: readonly ToolClash[]): Planned[] =>
  clashes.flatMap(({ name, tools }) =>
    tools.filter(({ installed }) => !installed).map(tool => ({ ...tool, wanted: name })),
  );

export interface EntryClashesState {
  readonly load: Load<Planned[]>;
  /** `name`: what the server would be called; undefined: as the entry is. */
  ask(name: string | undefined): void;
  close(): void;
}

export function createEntryClashes({ api }: Pick<App, 'api'>, entry: string): EntryClashesState {
  let wanted: string | undefined;
  const load = createLoad(async abort => {
    const query = wanted === undefined ? { entry } : { entry, name: wanted };
    return toPlanned((await api.listToolClashes({ query }, { signal: abort })).items);
  });
  return {
    load,
    ask(name: string | undefined) {
      wanted = name;
      void load.reload();
    },
    close: () => load.close(),
  };
}

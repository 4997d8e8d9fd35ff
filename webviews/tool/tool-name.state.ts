// A change of what a tool is called and how it is described at /mcp, while it is being typed.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Tool, ToolChange, ToolOverride } from '../../shared/api/tools.ts';
import { GatewayName } from '../../shared/domain/names.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct } from '../kit/load.ts';

export type Draft = Record<keyof ToolOverride, string>;

export interface ToolNameState {
  /** undefined: nobody changes it now. */
  readonly draft: Signal<Draft | undefined>;
  readonly act: Act;
  /** What is wrong with the name that is typed; told once somebody has tried to save it. */
  readonly nameError: ReadonlySignal<string | undefined>;
  begin(tool: Tool): void;
  /** What is left empty is the server's own again. */
  save(tool: Tool): Promise<void>;
  reset(tool: Tool): Promise<void>;
  close(): void;
}

export function createToolNameState({ api }: Pick<App, 'api'>): ToolNameState {
  const draft = signal<Draft | undefined>(undefined);
  const act = createAct();
  const tried = signal(false);
  const wrong = computed(() => {
    const name = draft.value?.name.trim();
    return name ? GatewayName.safeParse(name).error?.issues[0]?.message : undefined;
  });
  const send = async ({ serverId, name }: Tool, what: string, body: ToolChange) => {
    const done = await act.run(what, () => api.updateTool({ params: { id: serverId, tool: name }, body }));
    if (!done) return;
    draft.value = undefined;
    announce(what === 'reset' ? 'As its server has it again.' : 'The tool is changed at /mcp.');
  };
  return {
    draft,
    act,
    nameError: computed(() => (tried.value ? wrong.value : undefined)),
    begin({ override: { name, title, description } }) {
      tried.value = false;
      draft.value = { name: name ?? '', title: title ?? '', description: description ?? '' };
    },
    async save(tool) {
      tried.value = true;
      if (draft.value && wrong.value === undefined) await send(tool, 'save', toChange(draft.value));
    },
    reset: tool => send(tool, 'reset', { name: null, title: null, description: null }),
    close() {},
  };
}

const toChange = ({ name, title, description }: Draft): ToolChange => ({
  name: name.trim() || null,
  title: title.trim() || null,
  description: description.trim() || null,
});

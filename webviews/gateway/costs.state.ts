// What tools are called at /mcp, what their definitions cost, which names clash, and which tools nobody uses.
import type { ToolAdvice } from '../../shared/api/calls.ts';
import type { TokenCosts } from '../../shared/api/token-costs.ts';
import type { ClashFix, ToolClash } from '../../shared/api/tool-clashes.ts';
import type { Tool } from '../../shared/api/tools.ts';
import { announce } from '../kit/announcer.ts';
import type { App } from '../kit/app.ts';
import { type Act, createAct, createLoad, type Load } from '../kit/load.ts';
import { readAllPages } from '../kit/pages.ts';
import { createPermittedLoad } from '../kit/permitted-load.ts';

export interface CostsState {
  /** Those that clients are shown, the most costly first. */
  readonly tools: Load<Tool[]>;
  readonly costs: Load<TokenCosts>;
  readonly clashes: Load<ToolClash[]>;
  readonly advice: Load<{ items: ToolAdvice[]; tokens: number; detail: string }>;
  readonly act: Act;
  fix(fix: ClashFix): Promise<void>;
  /** The tools that share the name are called what they are called, and nobody is asked any more. */
  keep(clash: ToolClash): Promise<void>;
  keepAll(open: readonly ToolClash[]): Promise<void>;
  reopen(clash: ToolClash): Promise<void>;
  /** Switches tools off that nobody uses. */
  hide(advice: ToolAdvice): Promise<void>;
  close(): void;
}

export function createCostsState({ api, live }: Pick<App, 'api' | 'live'>): CostsState {
  const tools = createLoad(async abort =>
    (await readAllPages(query => api.listTools({ query }, { signal: abort })))
      .filter(({ enabled, quarantined }) => enabled && !quarantined)
      .toSorted((a, b) => (b.tokens ?? 0) - (a.tokens ?? 0)),
  );
  const costs = createLoad(abort => api.getTokenCosts({ signal: abort }));
  const clashes = createLoad(async abort => (await api.listToolClashes({}, { signal: abort })).items);
  const advice = createPermittedLoad(live, 'calls:read', abort => api.getToolAdvice({}, { signal: abort }));
  const act = createAct();
  const sendKept = ({ name, tools: sharing }: ToolClash) =>
    api.keepToolClash({
      params: { name },
      body: { tools: sharing.map(({ serverId, tool }) => ({ serverId, tool })) },
    });
  const readTools = () => void Promise.all([tools, costs, clashes].map(load => load.reload()));
  const readAll = () => {
    readTools();
    void advice.reload();
  };
  readTools();
  const states = new Map<string, string>();
  const stop = live.onEvent(event => {
    const { type } = event;
    if (type === 'reset' || type === 'tools.changed' || type === 'lock.changed') readAll();
    else if (type === 'clashes.changed') void clashes.reload();
    else if (type === 'server.changed' && states.get(event.server.id) !== event.server.state) {
      // What clients are shown now is other when a server starts or stops.
      states.set(event.server.id, event.server.state);
      void costs.reload();
    }
  });
  return {
    tools,
    costs,
    clashes,
    advice,
    act,
    async fix({ serverId, tool, change, detail, kind }) {
      const params = { id: serverId, tool };
      if (await act.run(`${kind} ${serverId} ${tool}`, () => api.updateTool({ params, body: change })))
        announce(detail);
      readAll();
    },
    async keep(clash) {
      const { name } = clash;
      const done = await act.run(`keep ${name}`, () => sendKept(clash));
      if (done) announce(`The tools that share ${name} keep their names.`);
      void clashes.reload();
    },
    async keepAll(open) {
      const done = await act.run('keep all', async () => {
        for (const clash of open) await sendKept(clash);
        return true;
      });
      if (done) announce(`The tools that share ${open.length} names keep their names.`);
      void clashes.reload();
    },
    async reopen({ name }) {
      const done = await act.run(`reopen ${name}`, () => api.reopenToolClash({ params: { name } }));
      if (done) announce(`${name} is to be decided again.`);
      void clashes.reload();
    },
    async hide({ serverId, tool }) {
      const params = { id: serverId, tool };
      const done = await act.run(`off ${serverId} ${tool}`, () => api.updateTool({ params, body: { enabled: false } }));
      if (done) announce(`${tool} is switched off.`);
      readAll();
    },
    close() {
      stop();
      for (const load of [tools, costs, clashes, advice]) load.close();
    },
  };
}

// Clashes of names as a person sees them: those that are open, and those that somebody has decided about.
import { problem } from '../../../shared/api/problem.ts';
import type { ToolClash } from '../../../shared/api/tool-clashes.ts';
import { type Clock, toTimestamp } from '../../platform/clock.ts';
import type { ExpectedTools } from './expected-tools.ts';
import type { KeptClashRepository } from './kept-clashes.repository.ts';
import type { KnownTools } from './known-tools.ts';
import { findClashes } from './tool-clashes.ts';
import { type ToolId, toolKey } from './tool-names.ts';

export interface Clashes {
  /** Of servers that may all be seen, the open ones first. Errors: CATALOG_001. */
  list(
    query: { entry?: string | undefined; name?: string | undefined; state?: 'open' | 'decided' | undefined },
    maySee: (serverId: string) => boolean,
  ): Promise<ToolClash[]>;
  /** `seen`: the tools that it was decided about. Errors: TOOL_012 if there are others. */
  keep(name: string, seen: readonly ToolId[], by: string): Promise<ToolClash>;
  /** Errors: TOOL_012 if there is no such clash. */
  reopen(name: string): Promise<ToolClash>;
}

export interface ClashesOptions {
  known: KnownTools;
  expected: ExpectedTools;
  kept: KeptClashRepository;
  clock: Clock;
  /** The tools of a catalog entry, as far as it tells them, and the name its server would have. Errors: CATALOG_001. */
  catalogTools(entry: string): Promise<{ serverId: string; tools: readonly string[] }>;
  onDecided(): void;
}

export function createClashes({ known, expected, kept, clock, catalogTools, onDecided }: ClashesOptions): Clashes {
  const find = async (entry?: string, name?: string): Promise<ToolClash[]> => {
    const planned = entry === undefined ? [] : toPlanned(await catalogTools(entry), name);
    const unseen = await expected.all();
    const awaited = new Map<string, ToolId>(unseen.map(tool => [tool.name, tool]));
    return findClashes({
      known: [...known.all(), ...unseen],
      planned,
      holderOf: name => known.holderOf(name) ?? awaited.get(name),
      kept: kept.all(),
    });
  };
  const get = async (name: string): Promise<ToolClash> => {
    const clash = (await find()).find(each => each.name === name);
    if (clash) return clash;
    throw anotherClash(`No two servers have a tool that would be called "${name}".`);
  };
  return {
    list: async ({ entry, name, state }, maySee) =>
      (await find(entry, name)).filter(
        ({ open, tools }) =>
          (state === undefined || open === (state === 'open')) &&
          tools.every(({ serverId, installed }) => !installed || maySee(serverId)),
      ),
    async keep(name, seen, by) {
      const { tools } = await get(name);
      const keys = new Set(seen.map(toolKey));
      const unseen = tools.find(tool => !keys.has(toolKey(tool)));
      if (unseen) throw anotherClash(`${unseen.tool} of ${unseen.serverId} wants the name "${name}" too.`);
      kept.keep(name, tools, { at: toTimestamp(clock.now()), by });
      onDecided();
      return await get(name);
    },
    async reopen(name) {
      await get(name);
      kept.reopen(name);
      onDecided();
      return await get(name);
    },
  };
}

const toPlanned = (
  { serverId, tools }: { serverId: string; tools: readonly string[] },
  name: string | undefined,
): ToolId[] => tools.map(tool => ({ serverId: name ?? serverId, tool }));

const anotherClash = (detail: string) =>
  problem('TOOL_012', { detail, next: 'Look at the clashes again: quayside tools clashes.' });

// Tools of servers that have told none yet, by the catalog entries that they came from: names alone, enough to see what will clash.
import { ToolName } from '../../../shared/domain/names.ts';
import type { KnownTool, KnownTools } from './known-tools.ts';
import type { ToolNameRepository } from './tool-names.repository.ts';
import { chooseName, type ToolId, toolKey } from './tool-names.ts';

export interface ExpectedTools {
  all(): Promise<KnownTool[]>;
  find(tool: ToolId): Promise<KnownTool | undefined>;
}

export interface ExpectedToolsOptions {
  known: KnownTools;
  names: Pick<ToolNameRepository, 'overrides'>;
  /** What the catalog tells of each of the servers; nothing of one that came from no catalog. */
  expectedTools(serverIds: readonly string[]): Promise<{ serverId: string; tools: readonly string[] }[]>;
}

const noOverride = { name: null, title: null, description: null };

export function createExpectedTools({ known, names, expectedTools }: ExpectedToolsOptions): ExpectedTools {
  /** With the names that they would get if their servers ran for the first time in this order. */
  const describe = (ids: readonly ToolId[]): KnownTool[] => {
    const overrides = new Map(names.overrides().map(each => [toolKey(each), each.override]));
    const taken = new Map<string, ToolId>();
    return ids.map(id => {
      const isTaken = (name: string) => {
        const holder = known.holderOf(name) ?? taken.get(name);
        return holder !== undefined && toolKey(holder) !== toolKey(id);
      };
      const override = overrides.get(toolKey(id)) ?? noOverride;
      const name = override.name ?? chooseName(id, isTaken);
      taken.set(name, id);
      const definition = { name: id.tool, inputSchema: { type: 'object' } };
      return {
        ...{ ...id, name, longName: null, nameAlone: override.name ?? id.tool },
        ...{ definition, sent: definition, override, quarantined: false },
        enabled: !known.settings(id.serverId).disabledTools.includes(id.tool),
      };
    });
  };
  const all = async (): Promise<KnownTool[]> => {
    const silent = known.serverIds().filter(serverId => known.ofServer(serverId).length === 0);
    const found = silent.length === 0 ? [] : await expectedTools(silent);
    return describe(
      found
        .flatMap(({ serverId, tools }) => tools.map(tool => ({ serverId, tool })))
        .filter(({ tool }) => ToolName.safeParse(tool).success),
    );
  };
  return { all, find: async id => (await all()).find(tool => toolKey(tool) === toolKey(id)) };
}

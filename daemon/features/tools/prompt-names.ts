// What prompts are called beside those of other servers: by the rule for tools, and kept as theirs are.
import type { HeldNameRepository } from './tool-names.repository.ts';
import { allocateNames, clearLongNames, type HeldNames, longNameOf, type ToolId, toolKey } from './tool-names.ts';

export interface PromptNames {
  /** The name of each at /mcp, in their order. Whoever came first has it, also while its server is stopped. */
  of(prompts: readonly { serverId: string; prompt: string }[]): { name: string; longName: string | null }[];
  /** Servers came or went. Cheap. */
  invalidate(): void;
}

/** A longer one is always called by its long name, which is cut and has a mark of the whole: there is nothing to keep. */
const longestKept = 512;
const noOverrides: ReadonlyMap<string, ToolId> = new Map();

export function createPromptNames(repository: HeldNameRepository): PromptNames {
  let held: HeldNames | undefined;
  return {
    of(prompts) {
      const listed = prompts.map(({ serverId, prompt }) => ({ serverId, tool: prompt }));
      held ??= repository.names();
      const allocation = allocateNames(held, [...listed.filter(isKept), ...ofOthers(held, listed)], noOverrides);
      if (allocation.added.length > 0 || allocation.freed.length > 0) repository.saveNames(allocation);
      const names = new Map([...held].map(([name, id]) => [toolKey(id), name]));
      const longNames = clearLongNames(listed);
      return listed.map(id => {
        const key = toolKey(id);
        return { name: names.get(key) ?? longNameOf(id), longName: longNames.get(key) ?? null };
      });
    },
    invalidate() {
      held = undefined;
    },
  };
}

const isKept = ({ tool }: ToolId): boolean => tool.length <= longestKept;

/** Servers that have not been asked, or did not answer, have lost nothing. */
function ofOthers(held: HeldNames, listed: readonly ToolId[]): ToolId[] {
  const asked = new Set(listed.map(({ serverId }) => serverId));
  return [...held.values()].filter(({ serverId }) => !asked.has(serverId));
}

import { ToolName } from '../../../shared/domain/names.ts';
import { digestOf } from '../../platform/canonical.ts';
import type { WireTool } from '../../supervision/session.ts';

export interface SeenTool {
  definition: WireTool;
  digest: string;
}

/**
 * The list by name, each definition with its digest: all of its members as the server sent them, unknown ones too. A
 * name that comes twice with two definitions is both of them together, so that neither hides behind the other. Names that
 * the API cannot carry are left out: such a tool is never offered.
 */
export function readList(tools: readonly WireTool[]): Map<string, SeenTool> {
  const read = new Map<string, SeenTool>();
  const usable = tools.filter(({ name }) => ToolName.safeParse(name).success);
  for (const [name, sent] of Map.groupBy(usable, tool => tool.name)) {
    const digests = [...new Set(sent.map(digestOf))];
    const [definition] = sent;
    const [only] = digests;
    if (!definition || !only) continue;
    read.set(
      name,
      digests.length === 1
        ? { definition, digest: only }
        : { definition: joined(name, sent), digest: digestOf(digests.toSorted()) },
    );
  }
  return read;
}

const joined = (name: string, definitions: WireTool[]): WireTool => ({
  name,
  description: `The server sent ${definitions.length} different tools of this name.`,
  inputSchema: {},
  definitions,
});

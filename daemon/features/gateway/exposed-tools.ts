// Tools under the names that they have while nobody has given them others.
import type { WireTool } from '../../supervision/session.ts';
import { createNameTable } from './clash-names.ts';
import type { ExposedTool } from './ports.ts';

/** All of them, in the order given; each by its own name where no other server has one of that name. */
export function exposeAll(tools: readonly { serverId: string; definition: WireTool }[]): ExposedTool[] {
  const { listed } = createNameTable(tools.map(tool => ({ ...tool, name: tool.definition.name })));
  return [...listed].map(([name, { serverId, definition }]) => ({
    serverId,
    tool: definition.name,
    name,
    nameAlone: definition.name,
    definition,
  }));
}

// The names under which the tools of many servers are offered at one endpoint.
import { createHash } from 'node:crypto';

export interface NamedTool {
  serverId: string;
  name: string;
}

/** What MCP clients accept as a name. */
const clientPattern = /^[a-zA-Z0-9_-]{1,64}$/;

/** The name that always works: `server__tool`, made to fit what clients accept. */
export const qualifiedName = ({ serverId, name }: NamedTool): string => toClientName(`${serverId}__${name}`);

/**
 * The name of each tool at the gateway: its own where no other server has one of that name, `server__tool` for all
 * that share one. It depends on what is installed and not on what runs, so that a start renames nothing.
 */
export function gatewayNames<T extends NamedTool>(tools: readonly T[]): Map<string, T> {
  const byOwnName = Map.groupBy(tools, tool => toClientName(tool.name));
  const names = new Map<string, T>();
  for (const [ownName, sharing] of byOwnName) {
    for (const tool of sharing) {
      const name = sharing.length === 1 ? ownName : qualifiedName(tool);
      // Two long names can become one when they are cut; the hash in them makes that all but impossible.
      if (!names.has(name)) names.set(name, tool);
    }
  }
  return names;
}

/** The tool that a client means: by the name in the list, or by the one that always works. */
export function findByGatewayName<T extends NamedTool>(tools: readonly T[], name: string): T | undefined {
  return gatewayNames(tools).get(name) ?? tools.find(tool => qualifiedName(tool) === name);
}

function toClientName(name: string): string {
  if (clientPattern.test(name)) return name;
  const fitting = name.replace(/[^a-zA-Z0-9_-]/g, '_');
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${fitting.slice(0, 55)}_${mark}`;
}

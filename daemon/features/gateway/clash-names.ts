// The names under which the tools of many servers are offered at one endpoint.
import { createHash } from 'node:crypto';

export interface NamedTool {
  serverId: string;
  name: string;
}

/** What MCP clients accept as a name. */
const clientPattern = /^[a-zA-Z0-9_-]{1,64}$/;

/**
 * The name of each tool at the gateway: its own where no other server has one of that name, `server__tool` for all
 * that share one. It depends on what is installed and not on what runs, so that a start renames nothing. No server can
 * take another's long name by giving a tool that name: long names come first.
 */
function gatewayNames<T extends NamedTool>(tools: readonly T[]): Map<string, T> {
  const longNames = toLongNames(tools);
  const byLongName = new Map([...longNames].map(([tool, name]) => [name, tool]));
  const byOwnName = Map.groupBy(tools, tool => toClientName(tool.name));
  const isOwn = (tool: T, ownName: string) => {
    const holder = byLongName.get(ownName);
    return byOwnName.get(ownName)?.length === 1 && (holder === undefined || holder === tool);
  };
  return new Map(
    tools.map(tool => {
      const ownName = toClientName(tool.name);
      return [isOwn(tool, ownName) ? ownName : (longNames.get(tool) ?? ownName), tool];
    }),
  );
}

export interface NameTable<T> {
  /** The tools by the names in the list. */
  listed: ReadonlyMap<string, T>;
  /** The tool that a client means: by the name in the list, or by the long one, which always works. */
  find(name: string): T | undefined;
}

/** All names of the tools, worked out once. */
export function createNameTable<T extends NamedTool>(tools: readonly T[]): NameTable<T> {
  const listed = gatewayNames(tools);
  const byLongName = new Map([...toLongNames(tools)].map(([tool, name]) => [name, tool]));
  return { listed, find: name => listed.get(name) ?? byLongName.get(name) };
}

/** `server__tool` for each tool. Where the joint could be read in two ways, both get a mark that tells them apart. */
function toLongNames<T extends NamedTool>(tools: readonly T[]): Map<T, string> {
  const plain = ({ serverId, name }: T) => toClientName(`${serverId}__${name}`);
  const sharing = Map.groupBy(tools, plain);
  return new Map(
    tools.map(tool => {
      const name = plain(tool);
      if (sharing.get(name)?.length === 1) return [tool, name];
      return [tool, `${name.slice(0, 55)}_${markOf(JSON.stringify([tool.serverId, tool.name]))}`];
    }),
  );
}

const markOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);

function toClientName(name: string): string {
  if (clientPattern.test(name)) return name;
  return `${name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 55)}_${markOf(name)}`;
}

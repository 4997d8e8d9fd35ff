// Which server a tool, prompt or resource of the gateway is of. Pure.

import { gatewayOwnTools } from '../../docker-engine.ts';
import type { Capabilities } from './log-lines.ts';
import { prefixEnd } from './tool-prefix.ts';

export interface ServerInSession {
  name: string;
  /** Ours, if the catalog was rendered by us; after a reload the old one may be seen for a moment. */
  prefixes: readonly string[];
  /** The tools that Docker's definition lists; may be empty or old. */
  listedTools: readonly string[];
  /** Docker's choice; null: all. */
  allowed: readonly string[] | null;
  /** What the log said that it has; null: nothing was said. */
  has: Capabilities | null;
}

export interface Attribution {
  /** By server: the server's own name of each tool, and how the gateway calls it. */
  tools: Map<string, Map<string, string>>;
  /** What is of no server that we know, and of none of Docker's own either. */
  unknown: string[];
}

const ownTools: ReadonlySet<string> = new Set(gatewayOwnTools);

/** True of the names that Docker’s gateway keeps for itself. */
export const isOwnTool = (name: string): boolean => ownTools.has(name);

/**
 * Which server each exposed name is of: by its prefix, else the only one that lists it, or the only one there is. What a
 * profile leaves out is of nobody.
 */
export function attributeTools(names: readonly string[], servers: readonly ServerInSession[]): Attribution {
  const tools = new Map(servers.map(({ name }) => [name, new Map<string, string>()]));
  const unknown: string[] = [];
  for (const exposed of names) {
    const found = ownerOf(exposed, servers);
    if (!found) {
      if (!isOwnTool(exposed)) unknown.push(exposed);
      continue;
    }
    const { server, name } = found;
    if (server.allowed === null || server.allowed.includes(name)) tools.get(server.name)?.set(name, exposed);
  }
  return { tools, unknown };
}

function ownerOf(
  exposed: string,
  servers: readonly ServerInSession[],
): { server: ServerInSession; name: string } | undefined {
  const withPrefix = (prefixesOf: (server: ServerInSession) => readonly string[]) => {
    for (const server of servers) {
      const prefix = prefixesOf(server).find(each => exposed.startsWith(`${each}${prefixEnd}`));
      if (prefix !== undefined) return { server, name: exposed.slice(prefix.length + prefixEnd.length) };
    }
    return undefined;
  };
  // Docker's own feature tool-name-prefix comes second.
  const found = withPrefix(({ prefixes }) => prefixes) ?? withPrefix(({ name }) => [name]);
  if (found) return found;
  if (isOwnTool(exposed)) return undefined;
  const listing = servers.filter(({ listedTools }) => listedTools.includes(exposed));
  const [first, ...others] = listing.length > 0 ? listing : servers;
  return first && others.length === 0 ? { server: first, name: exposed } : undefined;
}

/** True if all prompts, or all resources, that the gateway has are of this server: they carry no prefix. */
export function hasAlone(server: string, what: 'prompts' | 'resources', servers: readonly ServerInSession[]): boolean {
  const having = servers.filter(({ has }) => has === null || has[what] > 0);
  const [only, ...others] = having;
  if (only?.name === server && others.length === 0) return true;
  const told = servers.filter(({ has }) => has !== null && has[what] > 0);
  return told.length === 1 && told[0]?.name === server;
}

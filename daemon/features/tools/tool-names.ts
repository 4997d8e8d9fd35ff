// The names under which the tools, and the prompts, of many servers are offered at one endpoint: how each gets its name, and keeps it.
import { createHash } from 'node:crypto';
import { gatewayNamePattern } from '../../../shared/domain/names.ts';

/** A tool, or a prompt, by its server and by the name that the server gave it. */
export interface ToolId {
  serverId: string;
  tool: string;
}

const joint = '__';

/** One text for each tool; a server's id has no space in it. */
export const toolKey = ({ serverId, tool }: ToolId): string => `${serverId} ${tool}`;

/** `server__tool`, as a client can carry it. Two tools may share one: `a` with `b__c`, and `a__b` with `c`. */
export const longNameOf = ({ serverId, tool }: ToolId): string => clientNameOf(`${serverId}${joint}${tool}`);

/** The long name of each, which works beside the one in the list; not of two that share one: nobody says which is meant. */
export function clearLongNames(tools: readonly ToolId[]): Map<string, string> {
  return new Map(
    [...Map.groupBy(tools, longNameOf)].flatMap(([name, [tool, ...others]]) =>
      tool && others.length === 0 ? [[toolKey(tool), name] as const] : [],
    ),
  );
}

/**
 * The name for a tool that has none: its own where nobody has it, `server__tool` otherwise. A name that looks like one of
 * `server__tool` is never given to a tool of that name: it could be what another server's tool is called, now or later.
 * `isTaken` says of a name whether another tool has it, or could be meant by it.
 */
export function chooseName(id: ToolId, isTaken: (name: string) => boolean): string {
  const own = clientNameOf(id.tool);
  if (!own.includes(joint) && !isTaken(own)) return own;
  const long = longNameOf(id);
  if (!isTaken(long)) return long;
  for (let attempt = 0; ; attempt += 1) {
    const marked = withMark(long, JSON.stringify([id.serverId, id.tool, attempt]));
    if (!isTaken(marked)) return marked;
  }
}

/** A name as a client can carry it: its own, or one with a mark. */
export function clientNameOf(name: string): string {
  return gatewayNamePattern.test(name) ? name : withMark(name.replace(/[^a-zA-Z0-9_-]/g, '_'), name);
}

/** Cut to what a client carries, with a mark of the whole, so that two that are cut alike differ. */
const withMark = (name: string, whole: string): string =>
  `${name.slice(0, 55)}_${createHash('sha256').update(whole).digest('hex').slice(0, 8)}`;

/** The tool that holds each name. */
export type HeldNames = Map<string, ToolId>;

/** So many names of tools that a server does not offer any more are kept for it, in case that it offers them again. */
const mostVanished = 500;

export interface Allocation {
  /** Names for tools that had none. */
  added: [name: string, tool: ToolId][];
  /** Names that are free again. */
  freed: string[];
}

/**
 * Gives every known tool a name and changes none that there is, so that neither an install nor a restart renames anything.
 * `held` is changed along. `reserved`: names that people gave, by tool.
 */
export function allocateNames(
  held: HeldNames,
  known: readonly ToolId[],
  reserved: ReadonlyMap<string, ToolId>,
): Allocation {
  const freed = freeVanished(held, known);
  const named = new Set([...held.values()].map(toolKey));
  const longNames = Map.groupBy(known, longNameOf);
  const added: Allocation['added'] = [];
  for (const tool of known) {
    const key = toolKey(tool);
    if (named.has(key)) continue;
    const isAnothers = (other: ToolId | undefined) => other !== undefined && toolKey(other) !== key;
    const name = chooseName(
      tool,
      wanted =>
        held.has(wanted) ||
        isAnothers(reserved.get(wanted)) ||
        (!wanted.includes(joint) && (longNames.get(wanted) ?? []).some(isAnothers)),
    );
    held.set(name, tool);
    named.add(key);
    added.push([name, tool]);
  }
  return { added, freed };
}

/** A server that tells other tools each time would fill the table for ever. */
function freeVanished(held: HeldNames, known: readonly ToolId[]): string[] {
  const keys = new Set(known.map(toolKey));
  const vanished = [...held].filter(([, tool]) => !keys.has(toolKey(tool)));
  const freed = [...Map.groupBy(vanished, ([, { serverId }]) => serverId).values()]
    .filter(ofServer => ofServer.length > mostVanished)
    .flatMap(ofServer => ofServer.map(([name]) => name));
  for (const name of freed) held.delete(name);
  return freed;
}

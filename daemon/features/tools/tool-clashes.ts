// Names that tools of several servers share, found before anybody has to start anything, and what can be done about each.
import type { ClashFix, ToolClash } from '../../../shared/api/tool-clashes.ts';
import type { KnownTool } from './known-tools.ts';
import { chooseName, clientNameOf, longNameOf, type ToolId, toolKey } from './tool-names.ts';

export interface ClashParts {
  /** Tools that are installed. */
  known: readonly KnownTool[];
  /** Tools of a server that may be installed. */
  planned: readonly ToolId[];
  holderOf(name: string): ToolId | undefined;
}

type Clashing = ToolClash['tools'][number];

/** The clashes by name. A tool that is off is in nobody's way; one that a person has renamed has the name it was given. */
export function findClashes({ known, planned, holderOf }: ClashParts): ToolClash[] {
  const isHeldByAnother = (id: ToolId) => (name: string) => {
    const holder = holderOf(name);
    return holder !== undefined && toolKey(holder) !== toolKey(id);
  };
  const installed = known
    .filter(({ enabled }) => enabled)
    .map((tool): [string, Clashing] => {
      const { serverId, name } = tool;
      const wanted = tool.override.name ?? clientNameOf(tool.tool);
      const fixes = fixesFor(tool, wanted, isHeldByAnother(tool));
      return [wanted, { serverId, tool: tool.tool, gatewayName: name, installed: true, fixes }];
    });
  const notYet = planned.map((id): [string, Clashing] => [
    clientNameOf(id.tool),
    { ...id, gatewayName: chooseName(id, isHeldByAnother(id)), installed: false, fixes: [] },
  ]);
  return [...Map.groupBy([...installed, ...notYet], ([wanted]) => wanted)]
    .map(([name, entries]) => ({ name, tools: entries.map(([, tool]) => tool) }))
    .filter(({ tools }) => new Set(tools.map(({ serverId }) => serverId)).size > 1)
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

function fixesFor(tool: KnownTool, wanted: string, isTaken: (name: string) => boolean): ClashFix[] {
  const { serverId, name } = tool;
  const id = { serverId, tool: tool.tool };
  const long = longNameOf(id);
  const prefix: ClashFix = {
    ...{ kind: 'prefix', ...id, change: { name: long } },
    detail: `Call it ${long}, with its server’s name before its own.`,
  };
  const free = freeName(`${wanted}_${serverId}`.replace(/[^a-zA-Z0-9_-]/g, '_'), isTaken);
  return [
    ...(name === long || isTaken(long) ? [] : [prefix]),
    { kind: 'hide', ...id, change: { enabled: false }, detail: `Switch it off: nobody is shown it at /mcp.` },
    { kind: 'rename', ...id, change: { name: free }, detail: `Call it ${free}, or what you like.` },
  ];
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  const base = wanted.slice(0, 60);
  if (!isTaken(base)) return base;
  for (let number = 2; ; number += 1) if (!isTaken(`${base}_${number}`)) return `${base}_${number}`;
}

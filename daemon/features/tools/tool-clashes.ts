// Names that tools of several servers share, found before anybody has to start anything, and what can be done about each.
import type { ClashFix, ToolClash } from '../../../shared/api/tool-clashes.ts';
import type { KeptClash } from './kept-clashes.repository.ts';
import type { KnownTool } from './known-tools.ts';
import { chooseName, clientNameOf, longNameOf, type ToolId, toolKey } from './tool-names.ts';

export interface ClashParts {
  /** Tools that are installed, also of servers that have not run yet. */
  known: readonly KnownTool[];
  /** Tools of a server that may be installed. */
  planned: readonly ToolId[];
  holderOf(name: string): ToolId | undefined;
  /** What people have decided, by name. */
  kept: ReadonlyMap<string, KeptClash>;
}

type Clashing = ToolClash['tools'][number];

interface Claim {
  wanted: string;
  clashing: Clashing;
  /** It would have the name if it could: nobody has switched it off, or given it another one. */
  isContender: boolean;
}

/** The clashes by name, the open ones first. One of which a single tool is left stays listed with how it was ended. */
export function findClashes({ known, planned, holderOf, kept }: ClashParts): ToolClash[] {
  const isHeldByAnother = (id: ToolId) => (name: string) => {
    const holder = holderOf(name);
    return holder !== undefined && toolKey(holder) !== toolKey(id);
  };
  const claims = [
    ...known.flatMap(tool => claimsOf(tool, isHeldByAnother(tool))),
    ...planned.map(id => plannedClaim(id, isHeldByAnother(id))),
  ];
  return [...Map.groupBy(claims, ({ wanted }) => wanted)]
    .filter(([, some]) => isBetweenServers(some) && some.some(({ isContender }) => isContender))
    .map(([name, some]) => toClash(name, some, kept.get(name)))
    .toSorted((a, b) => Number(b.open) - Number(a.open) || a.name.localeCompare(b.name, 'en'));
}

const isBetweenServers = (claims: readonly Claim[]): boolean =>
  new Set(claims.map(({ clashing }) => clashing.serverId)).size > 1;

function toClash(name: string, claims: readonly Claim[], kept: KeptClash | undefined): ToolClash {
  const contenders = claims.filter(({ isContender }) => isContender);
  const isEnded = !isBetweenServers(contenders);
  const decision =
    !isEnded && contenders.every(({ clashing }) => kept?.tools.has(toolKey(clashing))) ? kept : undefined;
  return {
    name,
    open: !isEnded && !decision,
    answer: decision ? 'kept' : isEnded ? endOf(claims) : 'prefixed',
    decidedAt: decision?.at ?? null,
    decidedBy: decision?.by ?? null,
    tools: claims.map(({ clashing }) => clashing),
  };
}

const endOf = (claims: readonly Claim[]): ToolClash['answer'] => {
  const answers = new Set(claims.filter(({ isContender }) => !isContender).map(({ clashing }) => clashing.answer));
  if (answers.has('renamed')) return 'renamed';
  return answers.has('prefixed') ? 'prefixed' : 'hidden';
};

/** A tool wants its own name. One that a person has renamed has the given one, which another's tool may come to want. */
function claimsOf(tool: KnownTool, isTaken: (name: string) => boolean): Claim[] {
  const { serverId, name, override, enabled } = tool;
  const own = clientNameOf(tool.tool);
  const isRenamed = override.name !== null && override.name !== own;
  const claim = (wanted: string): Claim => ({
    wanted,
    isContender: enabled && (wanted === override.name || !isRenamed),
    clashing: {
      ...{ serverId, tool: tool.tool, gatewayName: name, installed: true },
      answer: !enabled
        ? 'hidden'
        : name === wanted
          ? 'own'
          : isRenamed && name !== longNameOf(tool)
            ? 'renamed'
            : 'prefixed',
      fixes: enabled ? fixesFor(tool, wanted, isTaken) : [],
    },
  });
  return override.name !== null && isRenamed ? [claim(own), claim(override.name)] : [claim(own)];
}

function plannedClaim(id: ToolId, isTaken: (name: string) => boolean): Claim {
  const wanted = clientNameOf(id.tool);
  const gatewayName = chooseName(id, isTaken);
  const answer = gatewayName === wanted ? 'own' : 'prefixed';
  return { wanted, isContender: true, clashing: { ...id, gatewayName, answer, installed: false, fixes: [] } };
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

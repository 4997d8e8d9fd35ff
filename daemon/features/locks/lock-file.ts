// quayside.lock.json: made from what is approved, and compared with what is here now.
import { type LockDifference, LockFile, lockFileVersion } from '../../../shared/api/locks.ts';
import { problem } from '../../../shared/api/problem.ts';
import { digestOf, digestOfText } from '../../platform/canonical.ts';
import type { Lock, LockFacts } from './locks.repository.ts';

/** A server or tool may be called `constructor`. */
const ownOf = <T>(record: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

type LockedServer = LockFile['servers'][string];

export const makeLockFile = (locks: readonly Lock[]): LockFile => ({
  lockFileVersion,
  servers: Object.fromEntries(
    locks
      .filter(({ approvedAt }) => approvedAt !== null)
      .toSorted((a, b) => (a.serverId < b.serverId ? -1 : 1))
      .map(lock => [lock.serverId, toLockedServer(lock.approved, digestsOf(lock, 'approvedDigest'))]),
  ),
});

const toLockedServer = ({ source, instructions }: LockFacts, tools: Record<string, string>): LockedServer => {
  const locked = {
    source: source ?? {},
    instructions: instructions === null ? null : digestOfText(instructions),
    tools,
  };
  return { ...locked, set: digestOf(locked) };
};

const digestsOf = ({ tools }: Lock, which: 'approvedDigest' | 'seenDigest'): Record<string, string> =>
  Object.fromEntries(
    [...tools.values()]
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(tool => (tool[which] === null ? [] : [[tool.name, tool[which]]])),
  );

/** Errors: LOCK_003. */
export function parseLockFile(file: unknown): LockFile {
  const parsed = LockFile.safeParse(file);
  if (parsed.success) {
    const broken = Object.entries(parsed.data.servers).find(([, { set, ...locked }]) => set !== digestOf(locked));
    if (!broken) return parsed.data;
    throw problem('LOCK_003', {
      detail: `The digest of the set of "${broken[0]}" does not fit what is written there.`,
      next: 'The file was changed by hand or by a merge. Write it anew with "quayside lock write".',
    });
  }
  const [issue] = parsed.error.issues;
  throw problem('LOCK_003', {
    detail: `${issue?.path.join('/') || 'The file'}: ${issue?.message ?? 'it is not valid.'}`,
    next: 'A lock file is written by "quayside lock write".',
  });
}

/** Both ways: what the file has and is not here, and what is here and the file has not. Ordered by server and tool. */
export function compareWithFile(file: LockFile, locks: readonly Lock[], servers: readonly string[]): LockDifference[] {
  const byId = new Map(locks.map(lock => [lock.serverId, lock]));
  const ids = [...new Set([...Object.keys(file.servers), ...servers])].toSorted();
  return ids.flatMap(serverId => {
    const expected = ownOf(file.servers, serverId);
    const lock = byId.get(serverId);
    const at = { serverId, tool: null, expected: expected?.set ?? null, found: null };
    if (!expected) return [{ ...at, kind: 'server-added' as const, detail: `${serverId} is not in the file.` }];
    if (!servers.includes(serverId))
      return [
        { ...at, kind: 'server-missing' as const, detail: `${serverId} is in the file, and not installed here.` },
      ];
    if (!lock?.approvedAt)
      return [
        { ...at, kind: 'never-listed' as const, detail: `${serverId} has not shown its tools here yet: start it.` },
      ];
    return compareServer(expected, lock);
  });
}

function compareServer(expected: LockedServer, lock: Lock): LockDifference[] {
  const { serverId } = lock;
  const now = toLockedServer(lock.now, digestsOf(lock, 'seenDigest'));
  const names = [...new Set([...Object.keys(expected.tools), ...Object.keys(now.tools)])].toSorted();
  const tools = names.flatMap(tool =>
    compareTool(lock, tool, ownOf(expected.tools, tool) ?? null, ownOf(now.tools, tool) ?? null),
  );
  const source = [JSON.stringify(expected.source), JSON.stringify(now.source)] as const;
  return [
    ...(digestOf(expected.source) === digestOf(now.source)
      ? []
      : [
          {
            ...{ serverId, tool: null, kind: 'source' as const, expected: source[0], found: source[1] },
            detail: `${serverId} comes from another source or version.`,
          },
        ]),
    ...(expected.instructions === now.instructions
      ? []
      : [
          {
            ...{ serverId, tool: null, kind: 'instructions' as const },
            ...{ expected: expected.instructions, found: now.instructions },
            detail: `${serverId} tells models something else about itself.`,
          },
        ]),
    ...tools,
  ];
}

function compareTool(lock: Lock, tool: string, expected: string | null, found: string | null): LockDifference[] {
  if (expected === found) return [];
  const at = { serverId: lock.serverId, tool, expected, found };
  const label = `${lock.serverId}/${tool}`;
  if (found === null) return [{ ...at, kind: 'tool-removed', detail: `${label} is not offered any more.` }];
  if (expected !== null) return [{ ...at, kind: 'tool-changed', detail: `${label} has another definition.` }];
  const former = lock.tools.get(tool)?.formerName;
  return former
    ? [{ ...at, kind: 'tool-renamed', detail: `${label} is new, and seems to be ${former} under another name.` }]
    : [{ ...at, kind: 'tool-added', detail: `${label} is new.` }];
}

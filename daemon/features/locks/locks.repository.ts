import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { LockMode } from '../../../shared/api/locks.ts';
import type { WireTool } from '../../supervision/session.ts';
import type { ToolLock } from './locked-tool.ts';

/** What stands beside the tools: where the server comes from and what it tells models about itself. */
export interface LockFacts {
  source: Record<string, string | null> | null;
  instructions: string | null;
}

export interface Lock {
  serverId: string;
  mode: LockMode;
  approved: LockFacts;
  now: LockFacts;
  /** null: the server was never listed. */
  approvedAt: string | null;
  approvedBy: string | null;
  rejectedFacts: string | null;
  changedAt: string | null;
  tools: Map<string, ToolLock>;
}

export interface LockRepository {
  all(): Lock[];
  /** Writes the lock and those of its tools that are given; `seen`: the definitions of tools that are new or changed. */
  save(lock: Lock, tools: Iterable<ToolLock>, seen?: ReadonlyMap<string, WireTool>): void;
  removeTools(serverId: string, names: Iterable<string>): void;
  /** Makes what is seen of these tools what is approved. */
  approve(serverId: string, names: Iterable<string>): void;
  /** `seen` is the last that was offered; of what is not offered now it is kept where something of it was rejected. */
  definitions(serverId: string): Map<string, { approved: WireTool | null; seen: WireTool | null }>;
  isKnown(serverId: string): boolean;
  inOneStep(work: () => void): void;
}

const Facts = z.record(z.string(), z.string().nullable());
const optionalFacts = (text: string | null) => (text === null ? null : Facts.parse(JSON.parse(text)));

const LockRow = z.object({
  server_id: z.string(),
  mode: LockMode,
  approved_source: z.string().nullable(),
  approved_instructions: z.string().nullable(),
  approved_at: z.string().nullable(),
  approved_by: z.string().nullable(),
  source: z.string().nullable(),
  instructions: z.string().nullable(),
  rejected_facts: z.string().nullable(),
  changed_at: z.string().nullable(),
});
const ToolRow = z.object({
  server_id: z.string(),
  name: z.string(),
  approved_digest: z.string().nullable(),
  approved_at: z.string().nullable(),
  approved_by: z.string().nullable(),
  seen_digest: z.string().nullable(),
  seen_at: z.string().nullable(),
  rejected_digest: z.string().nullable(),
  former_name: z.string().nullable(),
  annotations: z.string().nullable(),
});
const DefinitionRow = z.object({ name: z.string(), approved: z.string().nullable(), seen: z.string().nullable() });

const toLock = (raw: unknown): Lock => {
  const row = LockRow.parse(raw);
  return {
    serverId: row.server_id,
    mode: row.mode,
    approved: { source: optionalFacts(row.approved_source), instructions: row.approved_instructions },
    now: { source: optionalFacts(row.source), instructions: row.instructions },
    approvedAt: row.approved_at,
    approvedBy: row.approved_by,
    rejectedFacts: row.rejected_facts,
    changedAt: row.changed_at,
    tools: new Map(),
  };
};

const toToolLock = (row: z.infer<typeof ToolRow>): ToolLock => ({
  name: row.name,
  approvedDigest: row.approved_digest,
  approvedAt: row.approved_at,
  approvedBy: row.approved_by,
  seenDigest: row.seen_digest,
  seenAt: row.seen_at,
  rejected: row.rejected_digest?.split(' ') ?? [],
  formerName: row.former_name,
  annotations: toAnnotations(row.annotations === null ? undefined : JSON.parse(row.annotations)),
});

/** A server may send anything there. */
export const toAnnotations = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;

const toDefinition = (text: string | null): WireTool | null => (text === null ? null : JSON.parse(text));
const toText = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

export function createLockRepository(database: Database): LockRepository {
  const locks = database.prepare('select * from locks');
  const tools = database.prepare(`
    select server_id, name, approved_digest, approved_at, approved_by, seen_digest, seen_at, rejected_digest, former_name,
      case json_type(approved, '$.annotations') when 'object' then json_extract(approved, '$.annotations') end as annotations
    from locked_tools order by name`);
  const put = database.prepare(`
    insert into locks (server_id, mode, approved_source, approved_instructions, approved_at, approved_by,
      source, instructions, rejected_facts, changed_at)
    values (@serverId, @mode, @approvedSource, @approvedInstructions, @approvedAt, @approvedBy,
      @source, @instructions, @rejectedFacts, @changedAt)
  `);
  const update = database.prepare(`
    update locks set mode = @mode, approved_source = @approvedSource, approved_instructions = @approvedInstructions,
      approved_at = @approvedAt, approved_by = @approvedBy, source = @source, instructions = @instructions,
      rejected_facts = @rejectedFacts, changed_at = @changedAt
    where server_id = @serverId`);
  const putTool = database.prepare(`
    insert into locked_tools (server_id, name, approved_digest, approved_at, approved_by, seen, seen_digest, seen_at,
      rejected_digest, former_name)
    values (@serverId, @name, @approvedDigest, @approvedAt, @approvedBy, @seen, @seenDigest, @seenAt,
      @rejectedDigests, @formerName)
    on conflict (server_id, name) do update set approved_digest = @approvedDigest, approved_at = @approvedAt,
      approved_by = @approvedBy, seen_digest = @seenDigest, seen_at = @seenAt, rejected_digest = @rejectedDigests,
      former_name = @formerName,
      seen = case when @seenDigest is null and @rejectedDigests is null then null else coalesce(@seen, seen) end`);
  const removeTool = database.prepare('delete from locked_tools where server_id = ? and name = ?');
  const approve = database.prepare('update locked_tools set approved = seen where server_id = ? and name = ?');
  const definitions = database.prepare('select name, approved, seen from locked_tools where server_id = ?');
  const known = database.prepare('select 1 from locks where server_id = ?').pluck();

  return {
    all() {
      const byServer = new Map(locks.all().map(row => [LockRow.parse(row).server_id, toLock(row)]));
      for (const raw of tools.iterate()) {
        const row = ToolRow.parse(raw);
        byServer.get(row.server_id)?.tools.set(row.name, toToolLock(row));
      }
      return [...byServer.values()];
    },
    save(lock, changed, seen) {
      const { serverId, mode, approved, now, approvedAt, approvedBy, rejectedFacts, changedAt } = lock;
      const row = {
        ...{ serverId, mode, approvedAt, approvedBy, rejectedFacts, changedAt },
        approvedSource: toText(approved.source),
        approvedInstructions: approved.instructions,
        source: toText(now.source),
        instructions: now.instructions,
      };
      if (update.run(row).changes === 0) put.run(row);
      for (const { annotations: _, rejected, ...tool } of changed) {
        const rejectedDigests = rejected.length === 0 ? null : rejected.join(' ');
        putTool.run({ ...tool, serverId, rejectedDigests, seen: toText(seen?.get(tool.name)) });
      }
    },
    removeTools(serverId, names) {
      for (const name of names) removeTool.run(serverId, name);
    },
    approve(serverId, names) {
      for (const name of names) approve.run(serverId, name);
    },
    definitions: serverId =>
      new Map(
        definitions.all(serverId).map(raw => {
          const { name, approved, seen } = DefinitionRow.parse(raw);
          return [name, { approved: toDefinition(approved), seen: toDefinition(seen) }];
        }),
      ),
    isKnown: serverId => known.get(serverId) !== undefined,
    inOneStep: work => database.transaction(work)(),
  };
}

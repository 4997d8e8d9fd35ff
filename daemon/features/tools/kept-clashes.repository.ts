import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { type ToolId, toolKey } from './tool-names.ts';

export interface KeptClash {
  /** Keys of the tools that it was decided about. */
  tools: ReadonlySet<string>;
  at: string;
  by: string;
}

/** Names that tools may share because somebody has said so. A server takes its rows with it, so that another of its name is new. */
export interface KeptClashRepository {
  all(): Map<string, KeptClash>;
  keep(name: string, tools: readonly ToolId[], decision: Pick<KeptClash, 'at' | 'by'>): void;
  reopen(name: string): void;
}

const Row = z.object({
  name: z.string(),
  server_id: z.string(),
  tool: z.string(),
  decided_at: z.string(),
  decided_by: z.string(),
});

export function createKeptClashRepository(database: Database): KeptClashRepository {
  const all = database.prepare('select * from kept_clashes');
  const clear = database.prepare('delete from kept_clashes where name = ?');
  const add = database.prepare(
    'insert into kept_clashes (name, server_id, tool, decided_at, decided_by) values (?, ?, ?, ?, ?)',
  );
  return {
    all() {
      const rows = Map.groupBy(
        all.all().map(row => Row.parse(row)),
        ({ name }) => name,
      );
      return new Map(
        [...rows].flatMap(([name, some]) => {
          const [first] = some;
          if (!first) return [];
          const tools = new Set(some.map(({ server_id, tool }) => toolKey({ serverId: server_id, tool })));
          return [[name, { tools, at: first.decided_at, by: first.decided_by }] as const];
        }),
      );
    },
    keep: database.transaction((name, tools, { at, by }) => {
      clear.run(name);
      for (const { serverId, tool } of tools) add.run(name, serverId, tool, at, by);
    }),
    reopen: name => void clear.run(name),
  };
}

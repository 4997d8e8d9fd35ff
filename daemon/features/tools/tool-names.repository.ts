import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { ToolOverride } from '../../../shared/api/tools.ts';
import type { Allocation, HeldNames, ToolId } from './tool-names.ts';

/** Names at the gateway and whose they are. Rows go with their server. */
export interface HeldNameRepository {
  names(): HeldNames;
  saveNames(allocation: Allocation): void;
}

/** What tools are called at the gateway, and what people want them to be called. */
export interface ToolNameRepository extends HeldNameRepository {
  overrides(): (ToolId & { override: ToolOverride })[];
  /** An override of nothing is none. */
  saveOverride(tool: ToolId, override: ToolOverride): void;
}

const NameRow = z.object({ name: z.string(), server_id: z.string(), held: z.string() });
const OverrideRow = z.object({
  server_id: z.string(),
  tool: z.string(),
  name: z.string().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
});

const columns = { tool_names: 'tool', prompt_names: 'prompt' } as const;

export function createHeldNameRepository(database: Database, table: keyof typeof columns): HeldNameRepository {
  const column = columns[table];
  const names = database.prepare(`select name, server_id, ${column} as held from ${table}`);
  const free = database.prepare(`delete from ${table} where name = ?`);
  // A server may be removed while it is asked for its list.
  const add = database.prepare(
    `insert into ${table} (name, server_id, ${column}) select ?, id, ? from servers where id = ?`,
  );
  return {
    names: () =>
      new Map(
        names.all().map(row => {
          const { name, server_id, held } = NameRow.parse(row);
          return [name, { serverId: server_id, tool: held }];
        }),
      ),
    saveNames: database.transaction(({ added, freed }) => {
      for (const name of freed) free.run(name);
      for (const [name, { serverId, tool }] of added) add.run(name, tool, serverId);
    }),
  };
}

export function createToolNameRepository(database: Database): ToolNameRepository {
  const overrides = database.prepare('select * from tool_overrides');
  const clear = database.prepare('delete from tool_overrides where server_id = ? and tool = ?');
  const override = database.prepare(
    'insert into tool_overrides (server_id, tool, name, title, description) values (?, ?, ?, ?, ?)',
  );
  return {
    ...createHeldNameRepository(database, 'tool_names'),
    overrides: () =>
      overrides.all().map(row => {
        const { server_id, tool, ...rest } = OverrideRow.parse(row);
        return { serverId: server_id, tool, override: rest };
      }),
    saveOverride: database.transaction(({ serverId, tool }, { name, title, description }) => {
      clear.run(serverId, tool);
      if (name !== null || title !== null || description !== null)
        override.run(serverId, tool, name, title, description);
    }),
  };
}

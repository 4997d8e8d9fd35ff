import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { ToolOverride } from '../../../shared/api/tools.ts';
import type { Allocation, HeldNames, ToolId } from './tool-names.ts';

/** What tools are called at the gateway, and what people want them to be called. Rows go with their server. */
export interface ToolNameRepository {
  names(): HeldNames;
  saveNames(allocation: Allocation): void;
  overrides(): (ToolId & { override: ToolOverride })[];
  /** An override of nothing is none. */
  saveOverride(tool: ToolId, override: ToolOverride): void;
}

const NameRow = z.object({ name: z.string(), server_id: z.string(), tool: z.string() });
const OverrideRow = z.object({
  server_id: z.string(),
  tool: z.string(),
  name: z.string().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
});

export function createToolNameRepository(database: Database): ToolNameRepository {
  const names = database.prepare('select name, server_id, tool from tool_names');
  const free = database.prepare('delete from tool_names where name = ?');
  const add = database.prepare('insert into tool_names (name, server_id, tool) values (?, ?, ?)');
  const overrides = database.prepare('select * from tool_overrides');
  const clear = database.prepare('delete from tool_overrides where server_id = ? and tool = ?');
  const override = database.prepare(
    'insert into tool_overrides (server_id, tool, name, title, description) values (?, ?, ?, ?, ?)',
  );
  return {
    names: () =>
      new Map(
        names.all().map(row => {
          const { name, server_id, tool } = NameRow.parse(row);
          return [name, { serverId: server_id, tool }];
        }),
      ),
    saveNames: database.transaction(({ added, freed }) => {
      for (const name of freed) free.run(name);
      for (const [name, { serverId, tool }] of added) add.run(name, serverId, tool);
    }),
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

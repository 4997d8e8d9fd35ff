import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import type { WireTool } from '../../supervision/session.ts';

export interface StoredTool {
  serverId: string;
  definition: WireTool;
}

/** The tools that each server had when it was last asked: so they are known while it is stopped. */
export interface ToolRepository {
  ofServer(serverId: string): StoredTool[];
  all(): StoredTool[];
  /** True if they are others than before, or others than nothing. */
  replace(serverId: string, tools: readonly WireTool[]): boolean;
}

const Row = z.object({ server_id: z.string(), definition: z.string() });
const toStoredTool = (row: unknown): StoredTool => {
  const { server_id, definition } = Row.parse(row);
  return { serverId: server_id, definition: JSON.parse(definition) as WireTool };
};

export function createToolRepository(database: Database): ToolRepository {
  const ofServer = database.prepare('select server_id, definition from tools where server_id = ? order by name');
  const all = database.prepare('select server_id, definition from tools order by name, server_id');
  const clear = database.prepare('delete from tools where server_id = ?');
  const insert = database.prepare('insert or ignore into tools (server_id, name, definition) values (?, ?, ?)');
  return {
    ofServer: serverId => ofServer.all(serverId).map(toStoredTool),
    all: () => all.all().map(toStoredTool),
    replace: database.transaction((serverId, tools) => {
      const before = new Map(
        ofServer.all(serverId).map(row => [toStoredTool(row).definition.name, Row.parse(row).definition]),
      );
      const after = new Map<string, string>(tools.map((tool: WireTool) => [tool.name, JSON.stringify(tool)]));
      if (before.size === after.size && [...after].every(([name, text]) => before.get(name) === text)) return false;
      clear.run(serverId);
      for (const [name, text] of after) insert.run(serverId, name, text);
      return true;
    }),
  };
}

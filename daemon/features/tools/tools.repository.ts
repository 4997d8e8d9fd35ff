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

const Row = z.object({ server_id: z.string(), name: z.string(), definition: z.string() });
/**
 * A definition is parsed when it is first read, and once: readers get the same object for it until it changes. Nobody may
 * change what is handed out.
 */
function createParsedRows(): { parse(row: unknown): StoredTool; keep(read: readonly StoredTool[]): void } {
  let known = new Map<string, { text: string; tool: StoredTool }>();
  const texts = new WeakMap<StoredTool, string>();
  return {
    parse(row) {
      const { server_id, name, definition } = Row.parse(row);
      const key = `${server_id} ${name}`;
      const before = known.get(key);
      if (before?.text === definition) return before.tool;
      const tool = { serverId: server_id, definition: JSON.parse(definition) as WireTool };
      known.set(key, { text: definition, tool });
      texts.set(tool, definition);
      return tool;
    },
    keep(read) {
      known = new Map(
        read.map(tool => [`${tool.serverId} ${tool.definition.name}`, { text: texts.get(tool) ?? '', tool }]),
      );
    },
  };
}

export function createToolRepository(database: Database): ToolRepository {
  const parsed = createParsedRows();
  const toStoredTool = parsed.parse;
  const ofServer = database.prepare('select server_id, name, definition from tools where server_id = ? order by name');
  const all = database.prepare('select server_id, name, definition from tools order by name, server_id');
  const clear = database.prepare('delete from tools where server_id = ?');
  const insert = database.prepare('insert or ignore into tools (server_id, name, definition) values (?, ?, ?)');
  return {
    ofServer: serverId => ofServer.all(serverId).map(toStoredTool),
    all() {
      const read = all.all().map(toStoredTool);
      // What is gone from the table goes from memory too.
      parsed.keep(read);
      return read;
    },
    replace: database.transaction((serverId, tools) => {
      const before = new Map(
        ofServer.all(serverId).map(raw => {
          const row = Row.parse(raw);
          return [row.name, row.definition];
        }),
      );
      const after = new Map<string, string>(tools.map((tool: WireTool) => [tool.name, JSON.stringify(tool)]));
      if (before.size === after.size && [...after].every(([name, text]) => before.get(name) === text)) return false;
      clear.run(serverId);
      for (const [name, text] of after) insert.run(serverId, name, text);
      return true;
    }),
  };
}

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
  /** The tools of each server in its own order. */
  all(): StoredTool[];
  /** All servers in the order in which they were added. */
  serverIds(): string[];
  /** True if they are others than before, in another order, or others than nothing. */
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
  const ofServer = database.prepare(
    'select server_id, name, definition from tools where server_id = ? order by position, name',
  );
  const all = database.prepare('select server_id, name, definition from tools order by server_id, position, name');
  const serverIds = database.prepare('select id from servers order by created_at, id').pluck();
  const clear = database.prepare('delete from tools where server_id = ?');
  const insert = database.prepare('insert into tools (server_id, name, definition, position) values (?, ?, ?, ?)');
  return {
    ofServer: serverId => ofServer.all(serverId).map(toStoredTool),
    all() {
      const read = all.all().map(toStoredTool);
      // What is gone from the table goes from memory too.
      parsed.keep(read);
      return read;
    },
    serverIds: () => serverIds.all().map(String),
    replace: database.transaction((serverId, tools) => {
      const before = ofServer.all(serverId).map(raw => Row.parse(raw));
      const after = [...new Map<string, string>(tools.map((tool: WireTool) => [tool.name, JSON.stringify(tool)]))];
      const isAsBefore = ([name, text]: [string, string], at: number) =>
        before[at]?.name === name && before[at].definition === text;
      if (before.length === after.length && after.every(isAsBefore)) return false;
      clear.run(serverId);
      for (const [position, [name, text]] of after.entries()) insert.run(serverId, name, text, position);
      return true;
    }),
  };
}

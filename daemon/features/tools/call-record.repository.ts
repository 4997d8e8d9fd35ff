import type { Database } from 'better-sqlite3';

export interface CallRecord {
  id: string;
  serverId: string;
  tool: string;
  caller: string;
  startedAt: string;
  durationMs: number;
  outcome: 'ok' | 'tool-error' | 'failed';
  code: string | null;
  bytes: number;
}

/** What was called, when, by whom and how it ended; never with what or what came back. Written in batches, off the call's path. */
export interface CallRecords {
  add(record: CallRecord): void;
  flush(): void;
}

const batchMs = 500;
const mostRows = 100_000;

export function createCallRecords(database: Database): CallRecords {
  const insert = database.prepare(`
    insert into tool_calls (id, server_id, tool, caller, started_at, duration_ms, outcome, code, bytes)
    values (@id, @serverId, @tool, @caller, @startedAt, @durationMs, @outcome, @code, @bytes)`);
  const trim = database.prepare(
    `delete from tool_calls where rowid <= (select max(rowid) from tool_calls) - ${mostRows}`,
  );
  let waiting: CallRecord[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0 || !database.open) return;
    database.transaction(() => {
      for (const record of batch) insert.run(record);
      trim.run();
    })();
  };

  return {
    add(record) {
      waiting.push(record);
      timer ??= setTimeout(() => {
        try {
          flush();
        } catch {
          // A full disk must not end the daemon for a statistic; the next call tries again.
        }
      }, batchMs).unref();
    },
    flush,
  };
}

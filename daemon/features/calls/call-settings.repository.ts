import type { Database } from 'better-sqlite3';
import * as z from 'zod';
import { type CallRule, type CallSettings, type CallSettingsChange, KeptValues } from '../../../shared/api/calls.ts';

/** What is kept of calls, as people have chosen. Until then nothing of arguments and results is. */
export interface CallSettingsRepository {
  read(): Omit<CallSettings, 'kept'>;
  save(change: CallSettingsChange): void;
}

export const defaultRetention = { days: 30, megabytes: 200, valueBytes: 16_384 } as const;

const RuleRow = z.object({
  server_id: z.string(),
  tool: z.string(),
  keep: KeptValues.nullable(),
  redact_results: z.int().nullable(),
});
const RetentionRow = z.object({ days: z.int(), megabytes: z.int(), value_bytes: z.int() });

/** Ids of servers and names of tools are never empty. */
const all = '';

export function createCallSettingsRepository(database: Database): CallSettingsRepository {
  const rules = database.prepare('select * from call_settings order by server_id, tool');
  const saveRule = database.prepare(`
    insert into call_settings (server_id, tool, keep, redact_results) values (?, ?, ?, ?)
    on conflict (server_id, tool) do update set keep = excluded.keep, redact_results = excluded.redact_results`);
  const dropRule = database.prepare('delete from call_settings where server_id = ? and tool = ?');
  const retention = database.prepare('select days, megabytes, value_bytes from call_retention');
  const saveRetention = database.prepare(
    'insert or replace into call_retention (one, days, megabytes, value_bytes) values (1, ?, ?, ?)',
  );

  const read = (): Omit<CallSettings, 'kept'> => {
    const rows = rules.all().map(row => RuleRow.parse(row));
    const stored = retention.get();
    const { value_bytes, ...limits } = stored
      ? RetentionRow.parse(stored)
      : { ...defaultRetention, value_bytes: defaultRetention.valueBytes };
    const forAll = rows.find(row => row.server_id === all);
    return {
      keep: forAll?.keep ?? 'nothing',
      redactResults: forAll?.redact_results === 1,
      days: limits.days,
      megabytes: limits.megabytes,
      valueBytes: value_bytes,
      rules: rows.filter(row => row.server_id !== all).map(toRule),
    };
  };

  return {
    read,
    save: database.transaction(({ keep, redactResults, days, megabytes, valueBytes, rules: changed = [] }) => {
      const before = read();
      saveRule.run(all, all, keep ?? before.keep, (redactResults ?? before.redactResults) ? 1 : 0);
      saveRetention.run(days ?? before.days, megabytes ?? before.megabytes, valueBytes ?? before.valueBytes);
      for (const rule of changed) {
        const tool = rule.tool ?? all;
        if (rule.keep === null && rule.redactResults === null) dropRule.run(rule.serverId, tool);
        else saveRule.run(rule.serverId, tool, rule.keep, toFlag(rule.redactResults));
      }
    }),
  };
}

const toFlag = (value: boolean | null): number | null => (value === null ? null : value ? 1 : 0);

const toRule = ({ server_id, tool, keep, redact_results }: z.infer<typeof RuleRow>): CallRule => ({
  serverId: server_id,
  tool: tool === all ? null : tool,
  keep,
  redactResults: redact_results === null ? null : redact_results === 1,
});

import * as z from 'zod';
import { toPlainText } from '../../platform/plain-text.ts';

export interface LogEntry {
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error';
  text: string;
}

const Line = z.looseObject({ level: z.number(), msg: z.string().default('') });

const levels: [least: number, level: LogEntry['level']][] = [
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
  [20, 'debug'],
];

/** One JSON line of the daemon's log as a person reads it, or undefined for an empty or broken one. */
export function formatLogLine(line: string): LogEntry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = Line.safeParse(value);
  if (!parsed.success) return undefined;
  const { level, msg, time, pid, hostname, ...facts } = parsed.data;
  const words = Object.entries(facts).map(
    ([name, fact]) => `${name}=${typeof fact === 'string' ? fact : JSON.stringify(fact)}`,
  );
  return {
    level: levels.find(([least]) => level >= least)?.[1] ?? 'trace',
    text: toPlainText([msg, ...words].filter(Boolean).join(' ')),
  };
}

// The call history in the forms that other programs read: one JSON object a line, or CSV (RFC 4180).
import type { KeptCall } from './calls.repository.ts';

export type CallFormat = 'jsonl' | 'csv';

const columns = [
  'number',
  'id',
  'startedAt',
  'serverId',
  'tool',
  'caller',
  'callerKind',
  'session',
  'client',
  'via',
  'durationMs',
  'outcome',
  'code',
  'protocolError',
  'requestBytes',
  'bytes',
  'sameAs',
] as const satisfies (keyof KeptCall)[];

/** All lines with a line break at their ends; CSV begins with its heading where `isFirst`. */
export function renderCalls(calls: readonly KeptCall[], format: CallFormat, values: boolean, isFirst: boolean): string {
  if (format === 'jsonl') return calls.map(call => `${JSON.stringify(toDocument(call, values))}\n`).join('');
  const heading = isFirst ? `${columns.join(',')}\r\n` : '';
  return heading + calls.map(call => `${columns.map(column => toCell(call[column])).join(',')}\r\n`).join('');
}

const toDocument = ({ arguments: given, result, ...call }: KeptCall, values: boolean): unknown =>
  values
    ? { ...call, arguments: given.text, argumentsState: given.state, result: result.text, resultState: result.state }
    : call;

/** A cell that begins like a formula would be one in a spreadsheet; names of clients and tools come from outside. */
function toCell(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

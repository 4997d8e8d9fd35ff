// The audit log in the forms that other programs read: one JSON object a line, or CEF (ArcSight Common Event Format, version 0).
import { type AuditEntry, describeChange } from '../../../shared/api/audit.ts';

export type ExportFormat = 'jsonl' | 'cef';

/** All lines, each with a line break at its end. */
export const renderEntries = (entries: readonly AuditEntry[], format: ExportFormat, version: string): string =>
  entries.map(entry => `${format === 'jsonl' ? JSON.stringify(entry) : toCef(entry, version)}\n`).join('');

const severities = { allowed: 3, failed: 5, denied: 7 } as const;

function toCef(entry: AuditEntry, version: string): string {
  const head = ['CEF:0', 'Quayside', 'Quayside', version, entry.action, `${entry.action} ${entry.outcome}`];
  const fields: [string, string | number | null][] = [
    ['externalId', entry.id],
    ['rt', Date.parse(entry.at)],
    ['suser', entry.principal],
    ['act', entry.action],
    ['outcome', entry.outcome],
    ['reason', entry.code],
    ['request', entry.requestId],
    ['cs1Label', entry.resource === null ? null : 'resource'],
    ['cs1', entry.resource],
    ['cs2Label', 'hash'],
    ['cs2', entry.hash],
    ['cs3Label', entry.changes.length === 0 ? null : 'changes'],
    ['cs3', entry.changes.length === 0 ? null : entry.changes.map(describeChange).join('; ')],
  ];
  const extension = fields.flatMap(([key, value]) => (value === null ? [] : [`${key}=${inExtension(String(value))}`]));
  return `${[...head.map(inHead), severities[entry.outcome]].join('|')}|${extension.join(' ')}`;
}

/** In the head a pipe and a backslash are escaped, and there is no line break. */
const inHead = (text: string): string => text.replace(/[\\|]/g, '\\$&').replace(/[\r\n]+/g, ' ');

/** In the extension an equals sign and a backslash are; a line break is written as \n. */
const inExtension = (text: string): string => text.replace(/[\\=]/g, '\\$&').replace(/\r?\n|\r/g, '\\n');

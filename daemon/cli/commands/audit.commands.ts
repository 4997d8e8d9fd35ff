import { type Command, Option } from 'commander';
import { AuditEntry, describeChange } from '../../../shared/api/audit.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { type RangeOptions, rangeOptions, toRange } from '../arguments/moments.ts';
import { toWholeNumber } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.ts';
import { printPieces } from '../print-pieces.ts';
import { renderTable } from '../terminal/table.ts';

export function addAuditCommands(program: Command, act: Act): void {
  // No options of its own: commander would take those of the other commands for them.
  const audit = program.command('audit').description('list, check and export who did what');
  const list = audit
    .command('list', { isDefault: true })
    .description('list who did what, the newest first')
    .option('--limit <number>', 'how many', toWholeNumber(1, limits.pageSize.most), limits.pageSize.default);
  for (const [flag, what] of filters) list.option(flag, what);
  list.action(act(listAudit));
  audit.command('verify').description('check that no entry was changed or removed').action(act(verifyAudit));
  const exported = audit
    .command('export')
    .description('print the whole log in order, for other programs')
    .addOption(new Option('--format <format>', 'JSON lines or CEF').choices(['jsonl', 'cef']).default('jsonl'));
  for (const [flag, what] of filters) exported.option(flag, what);
  exported.action(act(exportAudit));
}

const filters = [
  ['--search <text>', 'part of what was done, to what, or by whom'],
  ['--who <principal>', 'how the one who asked begins: "owner"'],
  ['--action <operation>', 'for example startServer'],
  ['--outcome <outcome>', 'allowed, denied or failed'],
  ...rangeOptions,
] as const;

interface FilterOptions extends RangeOptions {
  search?: string;
  who?: string;
  action?: string;
  outcome?: string;
}

function toQuery({ search, who, action, outcome, ...range }: FilterOptions) {
  const known = outcome === undefined ? undefined : AuditEntry.shape.outcome.safeParse(outcome);
  if (known && !known.success) throw new UsageError(`--outcome is allowed, denied or failed, and not ${outcome}.`);
  return { ...definedOnly({ q: search, principal: who, action, outcome: known?.data }), ...toRange(range) };
}

async function exportAudit(
  context: CommandContext,
  { format, ...filter }: FilterOptions & { format: 'jsonl' | 'cef' },
): Promise<ExitCode> {
  const api = await context.connect();
  const query = { ...toQuery(filter), format };
  const { signal } = context;
  return await printPieces(context, after => api.exportAudit({ query: { ...query, after } }, { signal }));
}

async function listAudit(
  context: CommandContext,
  { limit, ...filter }: FilterOptions & { limit: number },
): Promise<CommandResult> {
  const api = await context.connect();
  const page = await api.listAudit({ query: { limit, ...toQuery(filter) } }, { signal: context.signal });
  return { document: page, text: page.total === 0 ? 'Nothing was recorded yet.' : table(page.items, context) };
}

const table = (entries: AuditEntry[], { output }: CommandContext): string =>
  renderTable(
    entries,
    [
      { heading: 'ENTRY', value: entry => entry.id },
      { heading: 'TIME', value: entry => entry.at },
      { heading: 'WHO', value: entry => entry.principal },
      {
        heading: 'OUTCOME',
        value: entry => entry.outcome,
        colour: entry => (entry.outcome === 'allowed' ? 'green' : 'red'),
      },
      { heading: 'ACTION', value: entry => entry.action },
      { heading: 'CODE', value: entry => entry.code },
      { heading: 'RESOURCE', value: entry => entry.resource },
      { heading: 'CHANGED', value: entry => entry.changes.map(describeChange).join('; ') || null },
    ],
    output.look,
  );

async function verifyAudit(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const verification = await api.verifyAudit({}, { signal: context.signal });
  const text = `${verification.ok ? 'The audit log is whole' : 'The audit log was changed'}: ${verification.detail}`;
  return { document: verification, text, exitCode: verification.ok ? exitCodes.ok : exitCodes.api };
}

import type { Command } from 'commander';
import type { AuditEntry } from '../../../shared/api/audit.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { toWholeNumber } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { renderTable } from '../terminal/table.ts';

export function addAuditCommands(program: Command, act: Act): void {
  const audit = program
    .command('audit')
    .description('list who did what, the newest first')
    .option('--limit <number>', 'how many', toWholeNumber(1, limits.pageSize.most), limits.pageSize.default)
    .action(act(listAudit));
  audit.command('verify').description('check that no entry was changed or removed').action(act(verifyAudit));
}

async function listAudit(context: CommandContext, { limit }: { limit: number }): Promise<CommandResult> {
  const api = await context.connect();
  const page = await api.listAudit({ query: { limit } }, { signal: context.signal });
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
    ],
    output.look,
  );

async function verifyAudit(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const verification = await api.verifyAudit({}, { signal: context.signal });
  const text = `${verification.ok ? 'The audit log is whole' : 'The audit log was changed'}: ${verification.detail}`;
  return { document: verification, text, exitCode: verification.ok ? exitCodes.ok : exitCodes.api };
}

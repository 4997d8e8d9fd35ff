import type { Command } from 'commander';
import type { Operation } from '../../../shared/api/operations.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { toWholeNumber } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';

export function addOperationCommands(program: Command, act: Act): void {
  program
    .command('operations')
    .description('list installations, the newest first')
    .option('--limit <number>', 'how many', toWholeNumber(1, limits.pageSize.most), limits.pageSize.default)
    .action(act(listOperations));
  program
    .command('cancel')
    .description('cancel an installation and undo what it did so far')
    .argument('<operation>', 'its id, as "quayside operations" shows it')
    .action(act(cancelOperation));
}

async function listOperations(context: CommandContext, { limit }: { limit: number }): Promise<CommandResult> {
  const api = await context.connect();
  const page = await api.listOperations({ query: { limit } }, { signal: context.signal });
  return { document: page, text: page.total === 0 ? 'There were no operations yet.' : table(page.items, context) };
}

const table = (operations: Operation[], { output }: CommandContext): string =>
  renderTable(
    operations,
    [
      { heading: 'ID', value: operation => operation.id },
      { heading: 'STATE', value: operation => operation.state },
      { heading: 'SERVER', value: operation => operation.serverId },
      { heading: 'STARTED', value: operation => operation.startedAt },
      { heading: 'STEP', value: operation => operation.problem?.detail ?? operation.step },
    ],
    output.look,
  );

async function cancelOperation(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const operation = await api.cancelOperation({ params: { id } }, { signal: context.signal });
  return { document: operation, text: `${safeLine(operation.title)}: ${operation.state}.` };
}

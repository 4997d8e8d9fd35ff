import type { Command } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import type { Operation } from '../../../shared/api/operations.ts';
import { toServerName } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { watchOperation } from '../watch-operation.ts';

const server = ['<server>', 'the server’s name', toServerName] as const;

export function addUpdateCommands(program: Command, act: Act): void {
  program
    .command('update')
    .description('give a Docker server what its catalog has now; settings, secrets and tools stay')
    .argument(...server)
    .action(act((context: CommandContext, id: string) => replace(context, id, 'update')));
  program
    .command('roll-back')
    .description('undo the last update of a Docker server')
    .argument(...server)
    .action(act((context: CommandContext, id: string) => replace(context, id, 'roll-back')));
  program
    .command('retry')
    .description('try a failed or cancelled operation again, behind what it has finished')
    .argument('<operation>', 'its id, as "quayside operations" shows it')
    .action(act(retry));
}

async function replace(
  context: CommandContext,
  serverId: string,
  kind: 'update' | 'roll-back',
): Promise<CommandResult> {
  const api = await context.connect();
  const operation = await api.createOperation({ body: { kind, serverId } }, { signal: context.signal });
  return await follow(context, api, operation);
}

async function retry(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const operation = await api.retryOperation({ params: { id } }, { signal: context.signal });
  return await follow(context, api, operation);
}

async function follow(context: CommandContext, api: ApiClient, first: Operation): Promise<CommandResult> {
  const operation = await watchOperation(context, api, first);
  const { title, state, steps, problem } = operation;
  if (state === 'succeeded') {
    const said = steps.flatMap(({ detail }) => (detail === '' ? [] : [`  ${safeLine(detail)}`]));
    return { document: operation, text: [`${safeLine(title)}: done.`, ...said].join('\n') };
  }
  if (state === 'cancelled')
    return { document: operation, text: 'Cancelled. It is as it was.', exitCode: exitCodes.interrupted };
  if (problem) context.output.problem(problem);
  return { document: operation, text: '', exitCode: exitCodes.api };
}

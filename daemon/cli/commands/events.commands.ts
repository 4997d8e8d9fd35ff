import type { Command } from 'commander';
import type { Act, CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';

export function addEventCommand(program: Command, act: Act): void {
  program
    .command('events')
    .description('follow all changes, one JSON document a line, until Ctrl-C')
    .action(act(followEvents));
}

async function followEvents({ connect, output, signal }: CommandContext): Promise<ExitCode> {
  const api = await connect();
  await api.followEvents({ signal, onEvent: event => output.line(event) });
  return exitCodes.interrupted;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Comparison, ReplayedCall, ToolDifference } from '../../../shared/api/comparisons.ts';
import { toProblem } from '../../../shared/api/problem.ts';
import { toServerName } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { count, describeDuration } from '../terminal/describe.ts';
import { safeJson, safeLine, safeText } from '../terminal/safe-text.ts';
import type { Style } from '../terminal/style.ts';

const pollMilliseconds = 300;

export function addCompareCommand(program: Command, act: Act): void {
  program
    .command('compare')
    .description('compare a server with another version of it, or with another server')
    .argument('<server>', 'the server’s name', toServerName)
    .option('--version <version>', 'an npm version, or "latest": it is installed beside the server and removed again')
    .option('--with <server>', 'another server that is installed already', toServerName)
    .addHelpText(
      'after',
      '\nCalls that were saved are made on both, if their tools say that they only read (readOnlyHint).' +
        '\nExit codes: 0 nothing that breaks callers, 3 something does, 2 they could not be compared.',
    )
    .action(act(compare));
}

async function compare(
  context: CommandContext,
  serverId: string,
  options: { version?: string; with?: string },
): Promise<CommandResult> {
  const { version, with: otherServer } = options;
  const other = version !== undefined ? { version } : otherServer !== undefined ? { serverId: otherServer } : undefined;
  if (!other || (version !== undefined && otherServer !== undefined))
    throw new UsageError('Say what to compare with: either --version or --with.');
  const api = await context.connect();
  const { signal, output } = context;
  let comparison = await api.createComparison({ body: { serverId, other } }, { signal });
  const { id } = comparison;
  const release = context.interrupt.handle(() => {
    output.notice('Cancelling. What was installed is removed.');
    api.cancelComparison({ params: { id } }).catch(() => {});
  });
  let said = '';
  try {
    while (comparison.endedAt === null) {
      if (output.interactive) output.progress(safeLine(comparison.step));
      else if (!output.json && comparison.step !== said) output.notice(comparison.step);
      said = comparison.step;
      await sleep(pollMilliseconds, undefined, { signal });
      comparison = await api.getComparison({ params: { id } }, { signal });
    }
  } finally {
    release();
    output.progress('');
  }
  return present(comparison, context);
}

function present(comparison: Comparison, { output }: CommandContext): CommandResult {
  if (comparison.state === 'cancelled')
    return { document: comparison, text: 'Cancelled. Nothing was kept.', exitCode: exitCodes.interrupted };
  if (comparison.state === 'failed') {
    output.problem(comparison.problem ?? toProblem('TEST_003', { detail: 'It failed.', next: 'Try it again.' }));
    return { document: comparison, text: '', exitCode: exitCodes.api };
  }
  const isDifferent = comparison.breaking;
  return {
    document: comparison,
    text: comparisonText(comparison, output.style),
    exitCode: isDifferent ? exitCodes.toolError : exitCodes.ok,
  };
}

function comparisonText(comparison: Comparison, style: Style): string {
  const { tools, unchangedTools, calls, notReplayed, latencyRatio, serverId, other } = comparison;
  const different = calls.filter(call => !call.same);
  const verb = tools.length === 1 ? 'differs' : 'differ';
  const summary = [
    `${safeLine(serverId)} and ${safeLine(other)}: ${count(tools.length, 'tool')} ${verb}, ${unchangedTools} unchanged.`,
    calls.length > 0
      ? `${count(calls.length, 'call')} made on both, ${different.length} with another result.`
      : 'No call was made on both: no call of a tool that only reads is saved, or was kept in the history.',
    ...notMade(notReplayed),
    ...(latencyRatio === null ? [] : [`The other one takes ${latencyRatio.toFixed(2)} times as long.`]),
    comparison.breaking
      ? style('red', 'Something may break those who use it now.')
      : style('green', 'Nothing found that breaks those who use it now.'),
  ];
  return [
    ...tools.map(tool => toolText(tool, style)),
    ...different.map(call => callText(call, style)),
    summary.join('\n'),
  ].join('\n\n');
}

/** Why calls were not made, each reason once. */
const notMade = (calls: Comparison['notReplayed']): string[] =>
  [...Map.groupBy(calls, ({ reason }) => reason)].map(([reason, those]) => {
    const tools = [...new Set(those.map(({ tool }) => safeLine(tool)))].join(', ');
    return `${count(those.length, 'call')} not made (${tools}): ${safeLine(reason)}`;
  });

const signs = { added: '+', removed: '-', changed: '~' } as const;

function toolText({ tool, kind, breaking, changes }: ToolDifference, style: Style): string {
  const head = `${signs[kind]} ${style('bold', safeLine(tool))} ${kind}${breaking ? style('red', ' (may break callers)') : ''}`;
  return [
    head,
    ...changes.map(
      change => `    ${style(change.breaking ? 'red' : 'dim', safeLine(change.path))} ${safeLine(change.message)}`,
    ),
  ].join('\n');
}

function callText({ tool, arguments: args, diff, before, after }: ReplayedCall, style: Style): string {
  const times = `${describeDuration(before.durationMs)} and ${describeDuration(after.durationMs)}`;
  const lines = safeText(diff ?? '')
    .split('\n')
    .map(line => `    ${line}`);
  return [`${style('bold', safeLine(tool))} ${safeJson(args)} ${style('dim', `(${times})`)}`, ...lines].join('\n');
}

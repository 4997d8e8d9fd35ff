import { type Command, Option } from 'commander';
import { type Call, type CallDetail, CallOutcome } from '../../../shared/api/calls.ts';
import { problemCodes, toProblem } from '../../../shared/api/problem.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { type RangeOptions, rangeOptions, toRange } from '../arguments/moments.ts';
import { toCallName, toServerName, toWholeNumber } from '../arguments/names.ts';
import { confirm } from '../arguments/secret-input.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.ts';
import { tellIfHeld } from '../held-call.ts';
import { printPieces } from '../print-pieces.ts';
import { count, describeBytes, describeDuration } from '../terminal/describe.ts';
import { safeJson, safeLine, safeText } from '../terminal/safe-text.ts';
import { renderTable } from '../terminal/table.ts';
import { resultText } from './call.commands.ts';
import { addCallSettings } from './call-settings.commands.ts';

export function addCallHistoryCommands(program: Command, act: Act): void {
  // No options of its own: commander would take those of the other commands for them.
  const calls = program.command('calls').description('list, count, export, repeat and delete the calls of tools');
  withFilter(calls.command('list', { isDefault: true }).description('list the calls, the newest first'))
    .option('--limit <number>', 'how many', toWholeNumber(1, limits.pageSize.most), limits.pageSize.default)
    .action(act(listCalls));
  calls.command('show').description('show one call').argument('<call>', 'its id').action(act(showCall));
  calls
    .command('stats')
    .description('count calls, errors and times')
    .addOption(
      new Option('--by <what>', 'one line for each').choices(['tool', 'server', 'caller', 'all']).default('tool'),
    )
    .option('--server <server>', 'only of this server', toServerName)
    .option('--since <time>', 'the first moment; seven days ago if it is not given')
    .option('--until <time>', 'the first moment after it')
    .action(act(showStatistics));
  withFilter(calls.command('export').description('print calls in order, for other programs'))
    .addOption(new Option('--format <format>', 'JSON lines or CSV').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--values', 'with arguments and results, in JSON lines')
    .action(act(exportCalls));
  calls
    .command('replay')
    .description('make a call again with the arguments that were kept')
    .argument('<call>', 'its id')
    .option('--timeout <seconds>', 'give up after this time', toWholeNumber(1, limits.callSeconds.most))
    .action(act(replayCall));
  withFilter(calls.command('clear').description('delete the calls that fit; without a filter, all'))
    .option('--values', 'only what was kept of arguments and results')
    .option('--yes', 'do not ask')
    .action(act(clearCalls));
  addCallSettings(calls, act);
}

const filters = [
  ['--caller <caller>', 'how the caller begins: "agent cursor"'],
  ['--client <client>', 'how the client’s name begins'],
  ['--outcome <outcome>', CallOutcome.options.join(', ')],
  ['--code <code>', 'a problem’s code, or the number of a protocol error'],
  ...rangeOptions,
  ['--search <text>', 'part of the arguments or the result, where they were kept'],
] as const;

interface FilterOptions extends RangeOptions {
  server?: string;
  tool?: string;
  caller?: string;
  client?: string;
  outcome?: string;
  code?: string;
  search?: string;
  slowerThan?: number;
}

function withFilter(command: Command): Command {
  command
    .option('--server <server>', 'only of this server', toServerName)
    .option('--tool <tool>', 'only of this tool', toCallName)
    .option('--slower-than <milliseconds>', 'only those that took longer', toWholeNumber(0, 86_400_000));
  for (const [flag, what] of filters) command.option(flag, what);
  return command;
}

function toFilter(options: FilterOptions) {
  const { server, tool, caller, client, outcome, code, search, slowerThan } = options;
  const known = outcome === undefined ? undefined : CallOutcome.safeParse(outcome);
  if (known && !known.success)
    throw new UsageError(`--outcome is one of ${CallOutcome.options.join(', ')}, and not ${outcome}.`);
  const named = { server, tool, caller, client, outcome: known?.data, code, q: search, slower_than: slowerThan };
  return { ...definedOnly(named), ...toRange(options) };
}

async function listCalls(
  context: CommandContext,
  { limit, ...filter }: FilterOptions & { limit: number },
): Promise<CommandResult> {
  const api = await context.connect();
  const page = await api.listCalls({ query: { limit, ...toFilter(filter) } }, { signal: context.signal });
  return { document: page, text: page.total === 0 ? 'No call is on record that fits.' : table(page.items, context) };
}

const codeOf = ({ code, protocolError }: Call): string | null =>
  code ?? (protocolError === null ? null : String(protocolError));

const table = (calls: Call[], { output }: CommandContext): string =>
  renderTable(
    calls,
    [
      { heading: 'TIME', value: call => call.startedAt },
      { heading: 'SERVER', value: call => call.serverId },
      { heading: 'TOOL', value: call => call.tool, colour: () => 'bold' },
      { heading: 'OUTCOME', value: call => call.outcome, colour: call => (call.outcome === 'ok' ? 'green' : 'red') },
      { heading: 'CODE', value: codeOf },
      { heading: 'TOOK', value: call => describeDuration(call.durationMs) },
      { heading: 'SIZE', value: call => describeBytes(call.bytes) },
      { heading: 'WHO', value: call => call.caller },
      { heading: 'ID', value: call => call.id },
    ],
    output.look,
  );

async function showCall(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const call = await api.getCall({ params: { id } }, { signal: context.signal });
  return { document: call, text: describeCall(call) };
}

function describeCall(call: CallDetail): string {
  const facts: [string, string | null][] = [
    ['Tool', `${call.serverId}/${call.tool}`],
    ['Time', call.startedAt],
    ['Outcome', [call.outcome, codeOf(call), titleOf(call)].filter(Boolean).join(', ')],
    ['Took', describeDuration(call.durationMs)],
    ['Size', `${describeBytes(call.requestBytes)} sent, ${describeBytes(call.bytes)} came back`],
    ['Caller', `${call.caller}, by ${call.via}`],
    ['Client', call.client],
    ['Session', call.session],
  ];
  const lines = facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(9)}${safeLine(value)}`]));
  return [
    ...lines,
    kept('Arguments', call.argumentsState, call.arguments),
    // A call that failed or was denied has none that could have been kept.
    ...(call.outcome === 'ok' || call.outcome === 'tool-error' ? [kept('Result', call.resultState, call.result)] : []),
  ].join('\n');
}

/** What the code of a problem means. */
function titleOf({ code }: Call): string | undefined {
  const known = problemCodes.find(each => each === code);
  return known && toProblem(known, { detail: '' }).title;
}

const states = { whole: '', cut: ' (cut)', hidden: ' (a secret was taken out)' } as const;
const absent = {
  Arguments: { none: 'Arguments were not kept.', 'not-yours': 'Arguments are not shown to you.' },
  Result: { none: 'The result was not kept.', 'not-yours': 'The result is not shown to you.' },
} as const;

function kept(what: keyof typeof absent, state: CallDetail['argumentsState'], value: unknown): string {
  if (state === 'none' || state === 'not-yours') return absent[what][state];
  return `${what}${states[state]}:\n${typeof value === 'string' ? safeText(value) : safeJson(value, 2)}`;
}

interface StatisticsOptions extends RangeOptions {
  by: 'tool' | 'server' | 'caller' | 'all';
  server?: string;
}

async function showStatistics(
  context: CommandContext,
  { by, server, ...range }: StatisticsOptions,
): Promise<CommandResult> {
  const api = await context.connect();
  const query = { by, ...definedOnly({ server }), ...toRange(range) };
  const document = await api.getCallStatistics({ query }, { signal: context.signal });
  const rows = renderTable(
    document.items,
    [
      {
        heading: 'WHAT',
        value: row => row.caller ?? [row.serverId, row.tool].filter(Boolean).join('/') ?? 'all',
        colour: () => 'bold',
      },
      { heading: 'CALLS', value: row => row.count },
      { heading: 'ERRORS', value: row => `${row.errors} (${(row.errorRate * 100).toFixed(1)} %)` },
      { heading: 'P50', value: row => describeDuration(row.p50Ms) },
      { heading: 'P95', value: row => describeDuration(row.p95Ms) },
      { heading: 'SIZE', value: row => describeBytes(row.bytes) },
      { heading: 'LAST', value: row => row.lastAt },
    ],
    context.output.look,
  );
  return { document, text: document.items.length === 0 ? 'Nothing was called in this time.' : rows };
}

async function exportCalls(
  context: CommandContext,
  { format, values = false, ...filter }: FilterOptions & { format: 'jsonl' | 'csv'; values?: boolean },
): Promise<ExitCode> {
  if (values && format === 'csv') throw new UsageError('Arguments and results are exported as JSON lines only.');
  const api = await context.connect();
  const query = { ...toFilter(filter), format, values };
  const { signal } = context;
  return await printPieces(context, after => api.exportCalls({ query: { ...query, after } }, { signal }));
}

async function replayCall(
  context: CommandContext,
  id: string,
  { timeout }: { timeout?: number },
): Promise<CommandResult> {
  const api = await context.connect();
  const body = timeout === undefined ? {} : { timeoutSeconds: timeout };
  const { signal } = context;
  const called = await api.getCall({ params: { id } }, { signal });
  const result = await tellIfHeld(context, api, called, () => api.replayCall({ params: { id }, body }, { signal }));
  const exitCode = result.isError ? exitCodes.toolError : exitCodes.ok;
  return { document: result, text: resultText(result), exitCode };
}

async function clearCalls(
  context: CommandContext,
  { values = false, yes = false, ...options }: FilterOptions & { values?: boolean; yes?: boolean },
): Promise<CommandResult> {
  const filter = toFilter(options);
  const what = values ? 'what was kept of arguments and results of' : '';
  const which = Object.keys(filter).length === 0 ? 'all calls' : 'the calls that fit';
  if (!yes && !(await confirm(context, `Delete ${what} ${which}?`.replace(/ +/g, ' '))))
    return { document: { deleted: 0 }, text: 'Nothing was deleted.' };
  const api = await context.connect();
  const document = await api.deleteCalls({ body: { ...filter, values } }, { signal: context.signal });
  return {
    document,
    text: `${count(document.deleted, 'call')} ${values ? 'lost their arguments and results' : 'deleted'}.`,
  };
}

// What is kept of calls, shown and changed from the terminal.
import { type Command, Option } from 'commander';
import { type CallRule, type CallSettings, type CallSettingsChange, KeptValues } from '../../../shared/api/calls.ts';
import { definedOnly } from '../../../shared/domain/defined.ts';
import { toCallName, toServerName, toWholeNumber } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { UsageError } from '../exit-codes.ts';
import { count, describeBytes } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';

export function addCallSettings(calls: Command, act: Act): void {
  calls
    .command('settings')
    .description('show or change what is kept of calls, and for how long')
    .addOption(new Option('--keep <what>', 'of each call').choices(KeptValues.options))
    .option('--server <server>', 'only of this server', toServerName)
    .option('--tool <tool>', 'only of this tool of it', toCallName)
    .option('--as-usual', 'no rule of its own for this server or tool any more')
    .option('--days <number>', 'so long', toWholeNumber(1, 3_650))
    .option('--megabytes <number>', 'so much in all', toWholeNumber(1, 10_240))
    .option('--value-bytes <number>', 'so much of each value', toWholeNumber(256, 262_144))
    .addOption(
      new Option('--redact-results <on>', 'hide secrets in results on their way to clients').choices(['on', 'off']),
    )
    .action(act(settings));
}

interface SettingsOptions {
  keep?: 'nothing' | 'arguments' | 'everything';
  server?: string;
  tool?: string;
  asUsual?: boolean;
  days?: number;
  megabytes?: number;
  valueBytes?: number;
  redactResults?: 'on' | 'off';
}

async function settings(context: CommandContext, options: SettingsOptions): Promise<CommandResult> {
  const change = toChange(options);
  const api = await context.connect();
  const { signal } = context;
  if (options.server === undefined)
    return present(
      await (change ? api.updateCallSettings({ body: change }, { signal }) : api.getCallSettings({}, { signal })),
    );
  const before = await api.getCallSettings({}, { signal });
  const rule = toRule(options, before);
  return present(await api.updateCallSettings({ body: { ...change, rules: [rule] } }, { signal }));
}

const isOn = (choice: 'on' | 'off' | undefined): boolean | undefined =>
  choice === undefined ? undefined : choice === 'on';

function toChange({
  keep,
  server,
  tool,
  asUsual,
  days,
  megabytes,
  valueBytes,
  redactResults,
}: SettingsOptions): CallSettingsChange | undefined {
  if (tool !== undefined && server === undefined) throw new UsageError('--tool needs --server.');
  if (asUsual && server === undefined) throw new UsageError('--as-usual needs --server.');
  const forAll = server === undefined ? { keep, redactResults: isOn(redactResults) } : {};
  const change = definedOnly({ ...forAll, days, megabytes, valueBytes });
  return Object.keys(change).length === 0 ? undefined : change;
}

/** What is not named stays as it is. */
function toRule(
  { keep, server = '', tool = undefined, asUsual, redactResults }: SettingsOptions,
  { rules }: CallSettings,
): CallRule {
  const named = { serverId: server, tool: tool ?? null };
  if (asUsual) return { ...named, keep: null, redactResults: null };
  if (keep === undefined && redactResults === undefined)
    throw new UsageError('Say what is kept: --keep, --redact-results or --as-usual.');
  const before = rules.find(rule => rule.serverId === named.serverId && rule.tool === named.tool);
  return {
    ...named,
    keep: keep ?? before?.keep ?? null,
    redactResults: isOn(redactResults) ?? before?.redactResults ?? null,
  };
}

function present(document: CallSettings): CommandResult {
  const { keep, redactResults, days, megabytes, valueBytes, rules, kept: there } = document;
  const lines = [
    `Kept of each call: ${describeKept(keep)}.`,
    `Secrets in results are ${redactResults ? 'hidden' : 'passed on as they are'} on their way to clients.`,
    `For ${count(days, 'day')}, ${megabytes} MB in all, ${describeBytes(valueBytes)} of each value.`,
    ...rules.map(({ serverId, tool, keep: own, redactResults: hides }) => {
      const facts = [
        ...(own === null ? [] : [describeKept(own)]),
        ...(hides === null ? [] : [`secrets in results ${hides ? 'hidden' : 'passed on'}`]),
      ];
      return `  ${safeLine(tool === null ? serverId : `${serverId}/${tool}`)}: ${facts.join(', ')}`;
    }),
    `There are ${count(there.calls, 'call')} (${describeBytes(there.bytes)})${there.oldest === null ? '' : `, the first of ${there.oldest}`}.`,
  ];
  return { document, text: lines.join('\n') };
}

const describeKept = (keep: CallSettings['keep']): string =>
  ({ nothing: 'that it was made', arguments: 'its arguments too', everything: 'its arguments and its result too' })[
    keep
  ];

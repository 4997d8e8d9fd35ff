import type { Command } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import { problem } from '../../../shared/api/problem.ts';
import type { CallResult } from '../../../shared/api/tool-calls.ts';
import type { Tool } from '../../../shared/api/tools.ts';
import type { Json } from '../../../shared/domain/json-schema.ts';
import { limits } from '../../../shared/domain/limits.ts';
import { canStart, describeServerState } from '../../../shared/domain/server-state.ts';
import { readJsonObject } from '../arguments/json-input.ts';
import { toServerName, toToolName, toWholeNumber } from '../arguments/names.ts';
import { typedPairs } from '../arguments/pairs.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes } from '../exit-codes.ts';
import { tellIfHeld } from '../held-call.ts';
import { listAll } from '../list-all.ts';
import { blockText } from '../terminal/content-text.ts';
import { describeBytes, describeDuration } from '../terminal/describe.ts';
import { safeJson } from '../terminal/safe-text.ts';
import { watchCall } from '../watch-call.ts';

interface CallOptions {
  arg?: string[];
  args?: string;
  timeout?: number;
  start?: boolean;
  input: boolean;
}

export function addCallCommand(program: Command, act: Act): void {
  program
    .command('call')
    .description('call a tool and print its result')
    .argument('<server>', 'the server’s name', toServerName)
    .argument('<tool>', 'the tool’s name', toToolName)
    .option('--arg <name=value...>', 'an argument, of the type that the tool asks for; lists and objects as JSON')
    .option('--args <json>', 'all arguments as a JSON object, @file to read a file, - to read standard input')
    .option('--timeout <seconds>', 'give up after this time', toWholeNumber(1, limits.callSeconds.most))
    .option('--start', 'start the server first if it is not running')
    .option('--no-input', 'decline whatever the server asks in the middle of the call')
    .addHelpText(
      'after',
      '\nExit codes: 0 the tool answered, 1 usage, 2 the call failed, 3 the tool reported an error.' +
        '\n\nExamples:\n  quayside call everything echo --arg message=hi\n  quayside call everything echo --args \'{"message":"hi"}\' --json',
    )
    .action(act(callTool));
}

async function callTool(
  context: CommandContext,
  id: string,
  tool: string,
  options: CallOptions,
): Promise<CommandResult> {
  const { signal, output } = context;
  const given = options.args === undefined ? {} : await readJsonObject(options.args, context.stdin);
  const api = await context.connect();
  await ensureRunning(api, id, options.start === true, signal);
  const args = { ...given, ...(await typedArguments(api, id, tool, options.arg ?? [], signal)) };
  const body = { arguments: args, ...(options.timeout ? { timeoutSeconds: options.timeout } : {}) };
  const result = await tellIfHeld(context, api, { serverId: id, tool }, () =>
    watchCall(context, api, options.input, watching =>
      api.callTool({ params: { id, tool }, body: { ...body, ...watching } }, { signal }),
    ),
  );
  if (!output.json) {
    const summary = `${id}/${tool}, ${describeDuration(result.durationMs)}, ${describeBytes(result.bytes)}`;
    output.notice(result.isError ? `The tool reported an error (${summary}).` : summary);
  }
  return {
    document: result,
    text: resultText(result),
    exitCode: result.isError ? exitCodes.toolError : exitCodes.ok,
  };
}

async function ensureRunning(api: ApiClient, id: string, start: boolean, signal: AbortSignal): Promise<void> {
  const { state } = await api.getServer({ params: { id } }, { signal });
  if (state === 'running') return;
  if (start) await api.startServer({ params: { id } }, { signal });
  else if (canStart(state)) {
    throw problem('SERVER_003', {
      detail: `${id} is ${describeServerState(state).toLowerCase()}.`,
      next: `Start it with "quayside start ${id}", or add --start to this command.`,
    });
  }
}

/** The arguments as the tool's schema wants them. An unknown tool is left for the daemon to refuse. */
async function typedArguments(
  api: ApiClient,
  id: string,
  name: string,
  pairs: string[],
  signal: AbortSignal,
): Promise<Record<string, Json>> {
  if (pairs.length === 0) return {};
  const { items } = await listAll<Tool>(query => api.listServerTools({ params: { id }, query }, { signal }));
  const tool = items.find(each => each.name === name);
  return typedPairs(pairs, '--arg', tool?.inputSchema ?? {});
}

export function resultText({ content, structuredContent }: CallResult): string {
  if (content.length === 0 && structuredContent !== undefined) return safeJson(structuredContent, 2);
  return content.map(blockText).join('\n');
}

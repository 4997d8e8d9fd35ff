// `quayside up`, which is what `npm start` runs: a daemon, the way in, what there is to install, and then what happens.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { CatalogEntry } from '../../../shared/api/catalog.ts';
import type { ApiClient } from '../../../shared/api/client.ts';
import { isProblemError, problem } from '../../../shared/api/problem.ts';
import { toPort } from '../arguments/names.ts';
import { hasBrowser, openInBrowser } from '../browser.ts';
import type { Act, CommandContext } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { awaitDaemon, findUsable, isOlder, launchOrAttach, replace } from '../link/connection.ts';
import { type FoundDaemon, isAlive } from '../link/discovery.ts';
import type { LaunchedDaemon } from '../link/launch.ts';
import { listAll } from '../list-all.ts';
import { createEventLine } from '../terminal/event-line.ts';
import type { Output } from '../terminal/output.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { catalogTable } from './catalog.commands.ts';
import { superviseDaemon } from './daemon.commands.ts';

interface UpOptions {
  port?: string;
  open: boolean;
}

export function addUpCommand(program: Command, act: Act): void {
  program
    .command('up')
    .description('start Quayside here, or join it if it runs; print the way in and follow what happens')
    .option('--port <number>', 'the port of page and API on 127.0.0.1', toPort)
    .option('--no-open', 'do not open the page in the browser')
    .action(act(up));
}

async function up(context: CommandContext, options: UpOptions): Promise<ExitCode> {
  const { daemon, launched } = await startOrJoin(context, options);
  await welcome(context, daemon, launched !== undefined, options);
  return launched ? stayWithOwn(context, daemon, launched) : stayAttached(context, daemon);
}

async function startOrJoin(
  context: CommandContext,
  { port }: UpOptions,
): Promise<{ daemon: FoundDaemon; launched?: LaunchedDaemon }> {
  const { home, installation, signal, output, mayStart } = context;
  const wanted = port ?? context.port;
  const found = await findUsable({ home, signal, mayStart, notice: output.notice });
  if (found && !isOlder(found, installation)) return { daemon: found };
  if (found) await replace(found, signal, output.notice);
  try {
    const launched = await launchOrAttach({
      installation,
      home,
      port: wanted,
      portFallback: false,
      idleExitSeconds: null,
      life: 'foreground',
      signal,
    });
    if (!('child' in launched)) return { daemon: launched };
    for (const { detail } of launched.ready.warnings) output.notice(detail);
    return { daemon: await awaitDaemon(home, signal), launched };
  } catch (error) {
    throw explainPort(error, wanted, context.environment);
  }
}

/** The command that was typed decides how another port is asked for. */
function explainPort(error: unknown, port: string, environment: NodeJS.ProcessEnv): unknown {
  if (!isProblemError(error) || error.code !== 'DAEMON_004') return error;
  const command = environment['npm_lifecycle_event'] === 'start' ? 'npm start --' : 'quayside up';
  const next = `Take another port with "${command} --port ${Number(port) + 1}", or end that program.`;
  return problem('DAEMON_004', { detail: error.problem.detail, next, cause: error });
}

async function welcome(
  { output, signal, environment }: CommandContext,
  { api, discovery }: FoundDaemon,
  isOwn: boolean,
  { open, port }: UpOptions,
): Promise<void> {
  const [status, catalog, link] = await Promise.all([
    api.getStatus({}, { signal }),
    listAll(query => api.listCatalog({ query }, { signal })),
    discovery.url === null ? undefined : api.createLoginLink({}, { signal }),
  ]);
  if (output.json) output.document({ status, catalog, login: link ?? null });
  else {
    const { style } = output;
    const lead = isOwn ? 'is ready' : 'runs already, and this terminal has joined it';
    output.text(
      [
        style('bold', `Quayside ${status.version} ${lead}.`),
        ...(status.url
          ? [`Page          ${status.url}`, `MCP clients   ${status.mcpUrl}`]
          : ['It has no port: its socket only.']),
        ...(link
          ? [`Sign in once  ${style('cyan', link.url)}`, '              (works once and for five minutes)']
          : []),
        '',
        'In the catalog:',
        ...catalogLines(catalog.items, output),
        '',
        'Next, here in another terminal or on the page:',
        ...nextCommands.map(line => `  ${line}`),
        '',
        style('dim', isOwn ? 'Ctrl-C stops Quayside and its servers.' : 'Ctrl-C ends this view; Quayside goes on.'),
      ].join('\n'),
    );
    for (const { title, detail } of status.warnings) output.notice(`Warning: ${title}. ${detail}`);
  }
  const asked = port === undefined || port === 'none' || port === '0' ? undefined : port;
  if (!isOwn && asked && discovery.url && new URL(discovery.url).port !== asked) {
    output.notice(`It keeps its address; --port ${asked} is for a start. Stop it first with: npx quayside daemon stop`);
  }
  if (link && open && hasBrowser(environment)) await openInBrowser(link.url);
}

const indent = '  ';

function catalogLines(entries: CatalogEntry[], { look }: Output): string[] {
  const width = look.width === undefined ? undefined : look.width - indent.length;
  return catalogTable(entries, { ...look, width })
    .split('\n')
    .map(line => `${indent}${line}`);
}

const nextCommands = [
  'npx quayside install everything --start',
  'npx quayside call everything echo --arg message=hi',
  'npx quayside login',
];

async function stayWithOwn(context: CommandContext, daemon: FoundDaemon, launched: LaunchedDaemon): Promise<ExitCode> {
  const stop = new AbortController();
  void follow(context, daemon.api, stop.signal);
  const code = await superviseDaemon(launched, context.signal);
  stop.abort();
  if (!context.output.json)
    context.output.notice(code === exitCodes.ok ? 'Quayside has stopped.' : 'Quayside has ended unexpectedly.');
  return code;
}

async function stayAttached(context: CommandContext, { api, discovery }: FoundDaemon): Promise<ExitCode> {
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  void follow(context, api, signal);
  while (!signal.aborted && isAlive(discovery.pid)) await sleep(500, undefined, { signal }).catch(() => {});
  stop.abort();
  if (!context.signal.aborted) context.output.notice('Quayside has stopped.');
  return exitCodes.ok;
}

/** Prints what happens as short lines. Never rejects: the view is beside the point of the command. */
async function follow({ output }: CommandContext, api: ApiClient, signal: AbortSignal): Promise<void> {
  if (output.json) return;
  const toLine = createEventLine();
  const time = () => output.style('dim', new Date().toTimeString().slice(0, 8));
  try {
    await api.followEvents({
      signal,
      onEvent: event => {
        const line = toLine(event);
        if (line !== undefined) output.text(`${time()}  ${safeLine(line)}`);
      },
    });
  } catch {
    // Refused after a change of token: whoever changed it knows.
  }
}

import { rename, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import { type LockChoice, LockMode, type ServerLock, type ServerLockDetail } from '../../../shared/api/locks.ts';
import { canStart } from '../../../shared/domain/server-state.ts';
import { by, toServerName, toToolName } from '../arguments/names.ts';
import { confirm, readTextFile } from '../arguments/secret-input.ts';
import { collect } from '../arguments/users.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count } from '../terminal/describe.ts';
import { lockDiff } from '../terminal/lock-diff.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { renderPairs, renderTable } from '../terminal/table.ts';

const usualFile = 'quayside.lock.json';
const serverName = ['<server>', 'the server’s name', toServerName] as const;
const toolOption = ['--tool <tool>', 'only this tool; may be given several times', collect(toToolName)] as const;

export function addLockCommands(program: Command, act: Act): void {
  const lock = program.command('lock').description('see, approve and verify what servers say of their tools');
  lock
    .command('status', { isDefault: true })
    .description('list which servers’ tools are as they were approved')
    .action(act(listLocks));
  lock
    .command('show')
    .description('show what was approved of a server, and what differs now')
    .argument(...serverName)
    .action(act(showLock));
  lock
    .command('diff')
    .description('show the definitions that differ, before and after')
    .argument(...serverName)
    .option(...toolOption)
    .action(act(showDiff));
  for (const [name, description] of [
    ['approve', 'approve the changed tools of a server: all that wait, or some'],
    ['reject', 'keep changed tools back until they change again'],
  ] as const) {
    lock
      .command(name)
      .description(description)
      .argument(...serverName)
      .option(...toolOption)
      .option('--digest <digest>', 'only if everything is as this digest says, which "lock show" prints')
      .option('--yes', 'do not ask')
      .action(act((context: CommandContext, id: string, options: DecideOptions) => decide(context, id, name, options)));
  }
  lock
    .command('mode')
    .description('set which changes wait for a person: ask, approve-additions or off')
    .argument(...serverName)
    .argument('<mode>', LockMode.options.join(', '), by(LockMode))
    .action(act(setMode));
  lock
    .command('write')
    .description('write the digests of everything that is approved into a file, for version control')
    .argument('[file]', 'the file', usualFile)
    .action(act(writeLockFile));
  lock
    .command('verify')
    .description('compare a lock file with the servers as they are now; for CI')
    .argument('[file]', 'the file', usualFile)
    .option('--start', 'start those servers of the file first that do not run, and stop them again')
    .addHelpText(
      'after',
      '\nExit codes: 0 everything is as in the file, 1 something differs, 2 the API reported an error.',
    )
    .action(act(verifyLockFile));
}

async function listLocks(context: CommandContext): Promise<CommandResult> {
  const api = await context.connect();
  const page = await listAll(query => api.listLocks({ query }, { signal: context.signal }));
  const states = { approved: 'as approved', changed: 'changed', 'never-listed': 'not started yet' };
  const text = renderTable(
    page.items,
    [
      { heading: 'SERVER', value: lock => lock.serverId },
      {
        heading: 'STATE',
        value: lock => states[lock.state],
        colour: ({ state, waiting }) => (state === 'approved' ? 'green' : waiting > 0 ? 'red' : undefined),
      },
      { heading: 'TOOLS', value: lock => lock.tools },
      { heading: 'HELD BACK', value: lock => lock.quarantined },
      { heading: 'TO DECIDE', value: lock => lock.waiting },
      { heading: 'MODE', value: lock => lock.mode },
      { heading: 'APPROVED BY', value: lock => lock.approvedBy },
    ],
    context.output.look,
  );
  return { document: page, text: page.total === 0 ? 'There are no servers yet.' : text };
}

const read = async (context: CommandContext, id: string): Promise<ServerLockDetail> =>
  await (await context.connect()).getLock({ params: { id } }, { signal: context.signal });

async function showLock(context: CommandContext, id: string): Promise<CommandResult> {
  const lock = await read(context, id);
  return { document: lock, text: lockText(lock, context) };
}

function lockText(lock: ServerLockDetail, { output }: CommandContext): string {
  const facts = renderPairs(
    [
      ['Server', `${lock.serverId}, ${lock.title}`],
      ['State', lock.state === 'never-listed' ? 'it has not shown its tools yet' : summaryOf(lock)],
      ['Mode', lock.mode],
      ['Approved', lock.approvedAt === null ? null : `${lock.approvedAt} by ${lock.approvedBy}`],
      ['Source', lock.source.changed ? 'differs' : null],
      ['Instructions', lock.instructions.changed ? 'differ; models are not shown them' : null],
      ['Digest', lock.digest],
    ],
    output.style,
  );
  if (lock.items.length === 0) return facts;
  const table = renderTable(
    lock.items,
    [
      { heading: 'TOOL', value: tool => tool.name },
      {
        heading: 'STATE',
        value: tool => `${tool.state}${tool.rejected ? ', rejected' : ''}`,
        colour: tool => (tool.quarantined ? 'red' : tool.state === 'approved' ? 'green' : 'yellow'),
      },
      { heading: 'BEFORE', value: tool => tool.formerName },
      { heading: 'DIGEST', value: tool => tool.digest },
    ],
    output.look,
  );
  return `${facts}\n\n${table}`;
}

const summaryOf = ({ state, quarantined, waiting }: ServerLock): string =>
  state === 'approved'
    ? 'everything is as it was approved'
    : `${count(quarantined, 'tool')} held back, ${count(waiting, 'change')} to decide`;

async function showDiff(context: CommandContext, id: string, { tool }: { tool?: string[] }): Promise<CommandResult> {
  const lock = await read(context, id);
  const text = lockDiff(lock, tool, context.output.style);
  return { document: lock, text: text || `Nothing of ${id} differs from what was approved.` };
}

interface DecideOptions {
  tool?: string[];
  digest?: string;
  yes?: boolean;
}

/** What is decided about is what is shown here: the digests of this answer go back with the decision. */
async function decide(
  context: CommandContext,
  id: string,
  verdict: 'approve' | 'reject',
  { tool, digest, yes = false }: DecideOptions,
): Promise<CommandResult> {
  const api = await context.connect();
  const { signal, output } = context;
  const lock = await api.getLock({ params: { id } }, { signal });
  const body = choiceOf(lock, tool, digest);
  if (!yes && digest === undefined) {
    if (!output.json) output.text(lockDiff(lock, tool, output.style) || summaryOf(lock));
    const question = `${verdict === 'approve' ? 'Approve' : 'Reject'} this?`;
    if (!(await confirm(context, question))) return { document: lock, text: 'Nothing was decided.' };
  }
  const act = verdict === 'approve' ? api.approveLock : api.rejectLock;
  const document = await act({ params: { id }, body }, { signal });
  return { document, text: `${id}: ${summaryOf(document)}.` };
}

function choiceOf(lock: ServerLockDetail, names: string[] | undefined, digest: string | undefined): LockChoice {
  if (names === undefined) return { digest: digest ?? lock.digest ?? `sha256:${'0'.repeat(64)}` };
  if (digest !== undefined) throw new UsageError('Give either --tool or --digest.');
  return {
    tools: names.map(name => {
      const tool = lock.items.find(item => item.name === name);
      if (!tool) throw new UsageError(`Nothing is known of a tool "${name}" of ${lock.serverId}.`);
      return { name, digest: tool.digest };
    }),
  };
}

async function setMode(context: CommandContext, id: string, mode: string): Promise<CommandResult> {
  const api = await context.connect();
  const body = { mode: LockMode.parse(mode) };
  const document = await api.updateLock({ params: { id }, body }, { signal: context.signal });
  const sentences = {
    ask: 'Every change waits for a person.',
    'approve-additions': 'New tools pass; changed and renamed ones wait for a person.',
    off: 'Nothing waits for a person; changes are on record.',
  };
  return { document, text: `${id}: ${sentences[document.mode]}` };
}

async function writeLockFile(context: CommandContext, file: string): Promise<CommandResult> {
  const api = await context.connect();
  const document = await api.getLockFile({ signal: context.signal });
  const path = resolve(file);
  const half = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(half, `${JSON.stringify(document, null, 2)}\n`);
    await rename(half, path);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const servers = Object.keys(document.servers).length;
  return { document, text: `Wrote ${basename(path)} with ${count(servers, 'server')}.` };
}

async function verifyLockFile(
  context: CommandContext,
  file: string,
  { start = false }: { start?: boolean },
): Promise<CommandResult> {
  const content = parseJson(await readTextFile(file), file);
  const api = await context.connect();
  const { signal, output } = context;
  const started = start ? await startServersOf(api, content, signal) : [];
  try {
    const document = await api.verifyLockFile({ body: { file: content } }, { signal });
    const { ok, servers, tools, differences } = document;
    const all = `${count(tools, 'tool')} of ${count(servers, 'server')}`;
    const text = ok
      ? `${all} are as in ${safeLine(file)}.`
      : [
          ...differences.map(({ detail }) => safeLine(detail)),
          `${count(differences.length, 'difference')}; ${all} in the file.`,
        ].join('\n');
    return { document, text, exitCode: ok ? exitCodes.ok : exitCodes.differs };
  } finally {
    for (const id of started)
      await api.stopServer({ params: { id } }).catch(() => output.notice(`${id} could not be stopped again.`));
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON. A lock file is written by "quayside lock write".`);
  }
}

/** Those that cannot be started are told by the comparison, which shows what they were when they last ran. */
async function startServersOf(api: ApiClient, content: unknown, signal: AbortSignal): Promise<string[]> {
  const named = new Set(Object.keys((content as { servers?: object } | null)?.servers ?? {}));
  const { items } = await listAll(query => api.listServers({ query }, { signal }));
  const started: string[] = [];
  for (const { id, state } of items) {
    if (!named.has(id) || !canStart(state)) continue;
    await api.startServer({ params: { id } }, { signal });
    started.push(id);
  }
  return started;
}

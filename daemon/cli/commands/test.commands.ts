import { stat, writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { ApiClient } from '../../../shared/api/client.ts';
import { tooLargeToSend, toParts } from '../../../shared/api/test-parts.ts';
import type { NewTestRun, TestHistory, TestRun, TestTrendPoint } from '../../../shared/api/tests.ts';
import { testFileEnding, testFileSchema } from '../../../shared/domain/mcptest.ts';
import { Name } from '../../../shared/domain/names.ts';
import { canStart } from '../../../shared/domain/server-state.ts';
import { toServerName } from '../arguments/names.ts';
import type { Act, CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.ts';
import { listAll } from '../list-all.ts';
import { count } from '../terminal/describe.ts';
import { safeLine } from '../terminal/safe-text.ts';
import { adviceOn } from '../tests/advice.ts';
import { initFile } from '../tests/first-file.ts';
import { historyText } from '../tests/history-text.ts';
import { toJUnit } from '../tests/junit.ts';
import { prepareReport } from '../tests/report-file.ts';
import { runParts } from '../tests/run-parts.ts';
import { type Reporter, reporters, runText } from '../tests/run-text.ts';
import {
  type FoundFile,
  findTestFiles,
  readSnapshotText,
  readTestText,
  writeSnapshotText,
} from '../tests/test-files.ts';
import { watchTests } from '../tests/watch-tests.ts';
import { checkServer } from './servers.commands.ts';

interface TestOptions {
  server?: string;
  filter?: string;
  tag?: string[];
  updateSnapshots?: boolean;
  junit?: string;
  watch?: boolean;
  start?: boolean;
  reporter: Reporter;
}

const help = `
Without a file, all *${testFileEnding} below this folder are run. A server's name checks that it starts, answers and lists its tools.

Exit codes: 0 all passed, 1 some failed, there was none or the command line is wrong, 2 the tests could not be run, 130 Ctrl-C.
With CI set, a missing snapshot is a failure; otherwise it is written.

Examples:
  quayside test
  quayside test 'tests/**/*.mcptest.yaml' --tag fast --junit results.xml
  quayside test init everything`;

export function addTestCommands(program: Command, act: Act): void {
  const test = program
    .command('test')
    .description('run test files, or check one server')
    .argument('[what...]', 'files, folders or patterns; or one server’s name')
    .option('--server <server>', 'test this server, whatever the files name', toServerName)
    .option('--filter <text>', 'only tests with this in their name')
    .option('--tag <tag...>', 'only tests with one of these tags')
    .option('--update-snapshots', 'keep the results as they are now')
    .option('--junit <file>', 'write the results as JUnit XML')
    .option('--watch', 'run again when a file changes or a server comes back, until Ctrl-C')
    .option('--start', 'start the servers first if they are not running')
    .addOption(new Option('--reporter <name>', 'how results are shown').choices(reporters).default('spec'))
    .addHelpText('after', help)
    .action(act(testWhat));
  test
    .command('init')
    .description('write a first test file from a server’s tools')
    .argument('<server>', 'the server’s name', toServerName)
    .option('--file <file>', `the file to write (default: <server>${testFileEnding})`)
    .action(act(initFile));
  test
    .command('history')
    .description('show how a server’s tests went over their last runs')
    .argument('<server>', 'the server’s name', toServerName)
    .action(act(showHistory));
  test.command('schema').description('print the JSON Schema of test files').action(act(printSchema));
}

async function testWhat(
  context: CommandContext,
  what: string[],
  options: TestOptions,
): Promise<CommandResult | ExitCode> {
  const [only] = what;
  if (what.length === 1 && only !== undefined && (await isServerName(only))) return await checkServer(context, only);
  const folder = process.cwd();
  const files = await findTestFiles(folder, what);
  if (files.length === 0)
    throw new UsageError(`There is no file *${testFileEnding} here. Write one: quayside test init <server>`);
  if (!options.watch) return (await runOnce(context, await context.connect(), files, options)).result;
  return await watchTests(context, {
    find: () => findTestFiles(folder, what),
    run: (api, found) => runOnce(context, api, found, options),
  });
}

/** What is a file or a folder is that, and what cannot be a server's name is one of them. */
async function isServerName(text: string): Promise<boolean> {
  if (!Name.safeParse(text).success || text.endsWith('.yaml')) return false;
  return (await stat(text).catch(() => undefined)) === undefined;
}

async function runOnce(
  context: CommandContext,
  api: ApiClient,
  files: readonly FoundFile[],
  options: TestOptions,
): Promise<{ result: CommandResult; run: TestRun }> {
  const junit = options.junit === undefined ? undefined : await prepareReport(options.junit);
  const parts = await prepare(context, api, files, options);
  const done = await runParts(context, api, parts);
  if (!done) throw new UsageError('There is no file to run.');
  const { run, interrupted, ids, left, failure } = done;
  const written = await keepSnapshots(run, files);
  if (junit !== undefined) await writeFile(junit, toJUnit(run));
  const { style } = context.output;
  const notes = [
    ...(left > 0 ? [`${count(left, 'file')} ${left === 1 ? 'was' : 'were'} not begun any more.`] : []),
    ...written.map(path => `Snapshots written: ${safeLine(path)}`),
    ...adviceOn(run, options),
  ];
  const text = [runText(run, options.reporter, style), ...notes].join('\n');
  const exitCode = interrupted ? exitCodes.interrupted : exitCodeOf(run, context);
  if (failure) context.output.problem(failure);
  const document = parts.length > 1 ? { ...run, runs: ids } : run;
  return { result: { document, text, exitCode }, run };
}

/** A run of nothing is none that passed: a word was misspelt, or the tests are gone. */
const exitCodeOf = ({ state, counts }: TestRun, { signal }: CommandContext): ExitCode => {
  if (signal.aborted) return exitCodes.interrupted;
  if (state === 'cancelled') return exitCodes.api;
  return state === 'passed' && counts.total > 0 ? exitCodes.ok : exitCodes.usage;
};

async function prepare(
  context: CommandContext,
  api: ApiClient,
  found: readonly FoundFile[],
  options: TestOptions,
): Promise<NewTestRun[]> {
  const { signal, environment } = context;
  const cases = new Map<string, number>();
  const files: NewTestRun['files'] = [];
  const names = new Set<string>();
  const servers = new Set<string>(options.server === undefined ? [] : [options.server]);
  for (const file of found) {
    const [text, snapshots] = [await readTestText(file), await readSnapshotText(file)];
    const parsed = await api.parseTestFile({ body: { path: file.path, text } }, { signal });
    for (const name of parsed.environment) names.add(name);
    cases.set(
      file.path,
      parsed.tests.reduce((sum, test) => sum + test.cases.length, 0),
    );
    if (options.server === undefined) for (const server of parsed.servers) servers.add(server);
    files.push({ path: file.path, text, ...(snapshots === undefined ? {} : { snapshots }) });
  }
  if (options.start) for (const id of servers) await ensureRunning(api, id, signal);
  const given = [...names].flatMap(name => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const whole: NewTestRun = {
    files,
    ...(options.server === undefined ? {} : { server: options.server }),
    ...(options.filter === undefined ? {} : { filter: options.filter }),
    ...(options.tag === undefined ? {} : { tags: options.tag }),
    environment: Object.fromEntries(given),
    snapshots: options.updateSnapshots ? 'update' : environment['CI'] ? 'never' : 'new',
    trace: context.output.json,
  };
  const { parts, tooLarge } = toParts(whole, path => cases.get(path) ?? 0);
  const [first] = tooLarge;
  if (first !== undefined) throw new UsageError(tooLargeToSend(first));
  return parts;
}

async function ensureRunning(api: ApiClient, id: string, signal: AbortSignal): Promise<void> {
  const { state } = await api.getServer({ params: { id } }, { signal });
  if (canStart(state)) await api.startServer({ params: { id } }, { signal });
}

/** Of a run that was cancelled nothing is kept: half of it was not looked at. */
async function keepSnapshots(run: TestRun, files: readonly FoundFile[]): Promise<string[]> {
  if (run.state === 'cancelled') return [];
  const written: string[] = [];
  for (const { file, text } of run.snapshots) {
    const found = files.find(each => each.path === file);
    if (found) written.push(await writeSnapshotText(found, text));
  }
  return written;
}

async function showHistory(context: CommandContext, id: string): Promise<CommandResult> {
  const api = await context.connect();
  const { signal } = context;
  let trend: TestTrendPoint[] = [];
  const page = await listAll<TestHistory>(async query => {
    const answer = await api.listServerTests({ params: { id }, query }, { signal });
    trend = answer.trend;
    return answer;
  });
  const empty = `No test of ${id} has run yet. Write some: quayside test init ${id}`;
  const text = page.total === 0 ? empty : historyText(page.items, trend, context.output);
  return { document: { ...page, trend }, text };
}

async function printSchema(): Promise<CommandResult> {
  const document = testFileSchema();
  return { document, text: JSON.stringify(document, null, 2) };
}

import { type Disposable, type Uri, ViewColumn, window, workspace } from 'vscode';
import { WantedAssertion } from '../../../shared/api/tests.ts';
import { testFileEnding } from '../../../shared/domain/mcptest.ts';
import { starterFile } from '../../../shared/domain/mcptest-starter.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { Mirror } from '../../daemon-link/mirror.ts';
import { disposeAll, type RegisterCommand } from '../../platform/commands.ts';
import { commands } from '../../platform/contributions.ts';
import { saveTextFile } from '../../platform/files.ts';
import { Cancelled, HostProblem } from '../../platform/host-problem.ts';
import { pickOne, pickServer } from '../../platform/pick-server.ts';
import { toOneLine, withoutIcons } from '../../platform/plain-text.ts';
import { withTest } from './insert-test.ts';

export interface TestCommandOptions {
  link: DaemonLink;
  mirror: Mirror;
  register: RegisterCommand;
}

const callsShown = 50;

export function registerTestCommands({ link, mirror, register }: TestCommandOptions): Disposable {
  return disposeAll([
    register(commands.newTestFile, async argument => {
      refuseIfRestricted();
      const serverId = textOf(argument, 'serverId') ?? (await chooseServer(mirror));
      const tools = await mirror.tools(serverId);
      const file = await saveTextFile(`${serverId}${testFileEnding}`, starterFile(serverId, tools));
      await window.showTextDocument(file);
    }),
    register(commands.saveCallAsTest, async argument => {
      refuseIfRestricted();
      const id = typeof argument === 'string' ? argument : (textOf(argument, 'callId') ?? (await chooseCall(link)));
      const assertions = await chooseAssertions();
      const made = await link.api.makeTestOfCall({ params: { id }, body: { assertions } });
      await place(link, made);
    }),
  ]);
}

function refuseIfRestricted(): void {
  if (!workspace.isTrusted) throw new HostProblem('restricted');
}

function textOf(argument: unknown, name: string): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const value: unknown = Reflect.get(argument, name);
  return typeof value === 'string' ? value : undefined;
}

async function chooseServer(mirror: Mirror): Promise<string> {
  await mirror.ready();
  return (await pickServer(mirror.servers, 'New Test File')).id;
}

async function chooseCall({ api }: DaemonLink): Promise<string> {
  const { items } = await api.listCalls({ query: { limit: callsShown } });
  const kept = items.filter(call => call.argumentsKept);
  return await pickOne(
    kept.map(call => ({
      label: withoutIcons(call.tool),
      description: `${call.serverId}, ${call.outcome}`,
      detail: `${new Date(call.startedAt).toLocaleString()} ${withoutIcons(toOneLine(call.caller, 80))}`,
      value: call.id,
    })),
    'Save Call as Test',
    'Choose a call; only those whose arguments were kept are here',
  );
}

const assertionNames: Record<WantedAssertion, string> = {
  isError: 'Whether it reports an error',
  snapshot: 'The whole result, as a snapshot beside the file',
  equals: 'The text, exactly',
  structuredContent: 'The structured content, exactly',
  schema: 'The shape of the structured content',
  latency: 'That it takes no longer than twice as long',
};

async function chooseAssertions(): Promise<WantedAssertion[]> {
  const items = WantedAssertion.options.map(value => ({
    label: assertionNames[value],
    picked: value === 'isError' || value === 'snapshot',
    value,
  }));
  const chosen = await window.showQuickPick(items, {
    title: 'Save Call as Test',
    placeHolder: 'What shall be looked at',
    canPickMany: true,
  });
  if (!chosen) throw new Cancelled();
  return chosen.map(({ value }) => value);
}

interface MadeTest {
  serverId: string;
  fileName: string;
  text: string;
  test: string;
}

async function place(link: DaemonLink, made: MadeTest): Promise<void> {
  const files = await workspace.findFiles(`**/*${testFileEnding}`, '**/node_modules/**', 200);
  const target = await pickOne<Uri | undefined>(
    [
      { label: 'New file', detail: made.fileName, value: undefined },
      ...files.map(value => ({ label: workspace.asRelativePath(value), detail: 'Put it at the end', value })),
    ],
    'Save Call as Test',
    'Choose where it shall be',
  );
  if (!target) {
    await window.showTextDocument(await saveTextFile(made.fileName, made.text));
    return;
  }
  const document = await workspace.openTextDocument(target);
  const before = document.getText();
  const after = withTest(before, made.test);
  // A file of another form, or of another server, is left alone: the test lies beside it, to be put in by hand.
  const fits = after !== undefined && (await isOneMore(link, target, made.serverId, before, after));
  if (!fits) {
    const content = `# This fits at no place of ${workspace.asRelativePath(target)} by itself.\n${made.test}`;
    await window.showTextDocument(await workspace.openTextDocument({ language: 'yaml', content }), ViewColumn.Beside);
    return;
  }
  await workspace.fs.writeFile(target, new TextEncoder().encode(after));
  const { document: shown } = await window.showTextDocument(target);
  const end = shown.lineAt(shown.lineCount - 1).range;
  await window.showTextDocument(shown, { selection: end });
}

async function isOneMore(
  { api }: DaemonLink,
  file: Uri,
  serverId: string,
  before: string,
  after: string,
): Promise<boolean> {
  const path = workspace.asRelativePath(file);
  const [old, now] = [
    await api.parseTestFile({ body: { path, text: before } }),
    await api.parseTestFile({ body: { path, text: after } }),
  ];
  return now.problems.length === 0 && now.tests.length === old.tests.length + 1 && now.servers.includes(serverId);
}

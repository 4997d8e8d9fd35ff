// Finds test files in the workspace and keeps their tests up to date: files on disk, and open documents with text that is not saved.
import {
  type Diagnostic,
  DiagnosticSeverity,
  Disposable,
  FileSystemError,
  languages,
  type TextDocument,
  type Uri,
  workspace,
} from 'vscode';
import type { ParsedTestFile } from '../../../shared/api/tests.ts';
import { testFileEnding, testFileLimits } from '../../../shared/domain/mcptest.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import { HostProblem } from '../../platform/host-problem.ts';
import { type TestItems, toRange } from './test-items.ts';

export interface TestDiscovery extends Disposable {
  /** Finds all files; their tests are read when somebody looks at them. */
  findAll(): Promise<void>;
  /** Reads a file as it is now, open or not; undefined: it is gone, and so are its tests. Errors: those of the API. */
  read(uri: Uri): Promise<{ text: string; parsed: ParsedTestFile } | undefined>;
  /** The servers that a file names, as far as it was read. */
  serversOf(uri: Uri): readonly string[];
  /** Calls back after a file was saved or changed on disk. */
  onDidChange(listener: (uri: Uri) => void): Disposable;
}

const pattern = `**/*${testFileEnding}`;
const mostFiles = 2_000;
/** So long nobody typed. */
const typingPauseMs = 300;

export const isTestFile = (uri: Uri): boolean => uri.path.endsWith(testFileEnding) && uri.scheme !== 'git';
/** As results call it, and as the command line does. */
export const pathOf = (uri: Uri): string => workspace.asRelativePath(uri);

export function createTestDiscovery(
  { api }: Pick<DaemonLink, 'api'>,
  items: TestItems,
  log: (message: string) => void,
): TestDiscovery {
  const listeners = new Set<(uri: Uri) => void>();
  const servers = new Map<string, readonly string[]>();
  const timers = new Map<string, NodeJS.Timeout>();
  const problems = languages.createDiagnosticCollection('quayside tests');

  const remove = (uri: Uri): undefined => {
    items.remove(uri);
    problems.delete(uri);
    servers.delete(uri.toString());
  };

  const read = async (uri: Uri) => {
    const text = await textOf(uri);
    // With its folder a file goes without a word.
    if (text === undefined) return remove(uri);
    const parsed = await api.parseTestFile({ body: { path: pathOf(uri), text } });
    items.update(uri, parsed);
    servers.set(uri.toString(), parsed.servers);
    problems.set(uri, parsed.problems.map(toDiagnostic));
    return { text, parsed };
  };

  /** Not in Restricted Mode, and not while somebody types. A failure is shown where the test is run. */
  const readSoon = (uri: Uri, pause = typingPauseMs) => {
    const key = uri.toString();
    clearTimeout(timers.get(key));
    if (!workspace.isTrusted) return;
    timers.set(
      key,
      setTimeout(() => {
        timers.delete(key);
        read(uri).catch(error => log(`The tests of ${key} cannot be read: ${String(error)}`));
      }, pause),
    );
  };
  const isResolved = (uri: Uri) => items.file(uri).children.size > 0 || items.file(uri).error !== undefined;
  const changed = (uri: Uri) => {
    if (isResolved(uri)) readSoon(uri, 50);
    for (const listener of listeners) listener(uri);
  };
  const opened = ({ uri }: TextDocument) => {
    if (!isTestFile(uri)) return;
    items.file(uri);
    readSoon(uri);
  };
  const watcher = workspace.createFileSystemWatcher(pattern);
  const subscriptions = Disposable.from(
    problems,
    watcher,
    watcher.onDidCreate(uri => {
      items.file(uri);
      changed(uri);
    }),
    watcher.onDidChange(changed),
    watcher.onDidDelete(remove),
    workspace.onDidOpenTextDocument(opened),
    workspace.onDidChangeTextDocument(({ document }) => opened(document)),
    workspace.onDidGrantWorkspaceTrust(() => workspace.textDocuments.forEach(opened)),
  );
  for (const document of workspace.textDocuments) opened(document);

  return {
    async findAll() {
      const files = await workspace.findFiles(pattern, '**/node_modules/**', mostFiles);
      for (const uri of files) items.file(uri);
    },
    read,
    serversOf: uri => servers.get(uri.toString()) ?? [],
    onDidChange(listener) {
      listeners.add(listener);
      return new Disposable(() => listeners.delete(listener));
    },
    dispose() {
      subscriptions.dispose();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

const toDiagnostic = ({ message, range }: ParsedTestFile['problems'][number]): Diagnostic => ({
  message,
  range: toRange(range),
  severity: DiagnosticSeverity.Error,
  source: 'Quayside',
});

/** What is in the editor comes before what is on disk; undefined: it is gone. Errors: HostProblem `tooLarge`. */
async function textOf(uri: Uri): Promise<string | undefined> {
  const open = workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  try {
    if ((await workspace.fs.stat(uri)).size > testFileLimits.bytes) throw new HostProblem('tooLarge');
    return new TextDecoder().decode(await workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

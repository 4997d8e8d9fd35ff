// What the tests of a run said to their servers and were told, as a document beside the file.
import { Disposable, EventEmitter, Uri, ViewColumn, window, workspace } from 'vscode';
import type { TestRun } from '../../../shared/api/tests.ts';
import { traceText } from './test-text.ts';

export interface TraceDocuments extends Disposable {
  show(run: TestRun): Promise<void>;
}

const scheme = 'quayside-trace';
const uri = Uri.from({ scheme, path: '/Trace of the last test run.md' });

/** There is one: of the last run. */
export function createTraceDocuments(): TraceDocuments {
  const changed = new EventEmitter<Uri>();
  let text = '';
  const provider = workspace.registerTextDocumentContentProvider(scheme, {
    onDidChange: changed.event,
    provideTextDocumentContent: () => text,
  });
  return Object.assign(Disposable.from(provider, changed), {
    async show(run: TestRun) {
      text = run.results
        .filter(({ trace }) => trace.length > 0)
        .map(traceText)
        .join('\n\n');
      changed.fire(uri);
      await window.showTextDocument(uri, { viewColumn: ViewColumn.Beside, preview: true, preserveFocus: true });
    },
  });
}

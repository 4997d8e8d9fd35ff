// Runs tests again, until somebody ends it, when their file is saved and when their server comes back or has other tools.
import { type CancellationToken, Disposable, TestRunRequest as Request, type TestRunRequest, type Uri } from 'vscode';
import { createRunPace } from '../../../shared/api/run-pace.ts';
import { createServerNews, type ServerNews } from '../../../shared/api/server-news.ts';
import type { DaemonLink } from '../../daemon-link/daemon-link.ts';
import type { ReportProblem } from '../../platform/report-problem.ts';
import type { TestDiscovery } from './test-discovery.ts';
import type { TestItems } from './test-items.ts';

export interface ContinuousRunParts {
  link: Pick<DaemonLink, 'onEvent'>;
  items: TestItems;
  discovery: Pick<TestDiscovery, 'onDidChange' | 'read' | 'serversOf'>;
  report: ReportProblem;
  run(request: TestRunRequest, token: CancellationToken): Promise<unknown>;
}

/** A server that starts says several things one after another. */
const gatherMs = 300;

export function runContinuously(parts: ContinuousRunParts, request: TestRunRequest, token: CancellationToken): void {
  const { link, items, discovery, report } = parts;
  const pace = createRunPace();
  let cause: ServerNews['what'] | 'file' = 'file';
  const queue = createQueue(report, () => pace.ended(cause));
  const add = (uri: Uri, because: typeof cause): void => {
    const again = requestFor(items, request, uri);
    if (!again) return;
    cause = because;
    queue.add(uri.toString(), () => parts.run(again, token));
  };
  const files = (): Uri[] => {
    const wanted = new Map<string, Uri>();
    for (const { uri } of request.include ?? items.all()) if (uri) wanted.set(uri.toString(), uri);
    return [...wanted.values()];
  };
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const runTestsOfWaiting = (why: ServerNews['what']): void => {
    timer = undefined;
    for (const uri of files()) if (discovery.serversOf(uri).some(id => waiting.has(id))) add(uri, why);
    waiting.clear();
  };
  const take = createServerNews();
  const events = link.onEvent(event => {
    const news = take(event);
    if (!news || queue.isBusy || !files().some(uri => discovery.serversOf(uri).includes(news.serverId))) return;
    const wait = pace.waitFor(news.what);
    if (wait === undefined) return;
    waiting.add(news.serverId);
    clearTimeout(timer);
    timer = setTimeout(() => runTestsOfWaiting(news.what), Math.max(gatherMs, wait));
  });
  const subscriptions = Disposable.from(
    discovery.onDidChange(uri => add(uri, 'file')),
    events,
  );
  token.onCancellationRequested(() => {
    clearTimeout(timer);
    subscriptions.dispose();
  });
  // Whose tests they are is not known before they are read.
  for (const uri of files()) discovery.read(uri).catch(error => report(error));
}

/** What of the request is about a file. */
function requestFor(items: TestItems, request: TestRunRequest, uri: Uri): TestRunRequest | undefined {
  const include = request.include?.filter(item => item.uri?.toString() === uri.toString());
  if (include?.length === 0) return undefined;
  return new Request(include ?? [items.file(uri)], request.exclude, request.profile, true);
}

/** One after the other, and each at most once more while it runs. */
function createQueue(report: ReportProblem, onIdle: () => void) {
  const waiting = new Map<string, () => Promise<unknown>>();
  let isRunning = false;
  const next = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      for (const [key, work] of waiting) {
        waiting.delete(key);
        await work().catch(error => report(error));
      }
    } finally {
      isRunning = false;
      onIdle();
    }
  };
  return {
    get isBusy() {
      return isRunning;
    },
    add(key: string, work: () => Promise<unknown>): void {
      waiting.set(key, work);
      void next();
    },
  };
}

// Runs tests again when their files change, and when their servers come back or have other tools, until Ctrl-C.
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../../shared/api/client.ts';
import { createRunPace } from '../../../shared/api/run-pace.ts';
import { createServerNews, type ServerNews } from '../../../shared/api/server-news.ts';
import type { TestRun } from '../../../shared/api/tests.ts';
import type { CommandContext, CommandResult } from '../command-context.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { count } from '../terminal/describe.ts';
import type { FoundFile } from './test-files.ts';

const lookEveryMilliseconds = 300;

export interface WatchedTests {
  find(): Promise<FoundFile[]>;
  run(api: ApiClient, files: readonly FoundFile[]): Promise<{ result: CommandResult; run: TestRun }>;
}

export async function watchTests(context: CommandContext, tests: WatchedTests): Promise<ExitCode> {
  const { output, signal } = context;
  const api = await context.connect();
  const news = followNews(api, signal);
  let last = '';
  while (!signal.aborted) {
    const files = await tests.find();
    const state = await stateOf(files);
    const cause = state === last ? news.due() : 'file';
    if (files.length > 0 && cause) {
      last = state;
      const { result, run } = await tests.run(api, files);
      news.begin(run.servers, cause);
      const waiting = `Waiting for changes of ${count(files.length, 'file')} and of what they test. Ctrl-C ends it.`;
      if (output.json) output.line(result.document);
      else output.text(`${result.text}\n\n${output.style('dim', waiting)}`);
    }
    await sleep(lookEveryMilliseconds, undefined, { signal }).catch(() => {});
  }
  return exitCodes.interrupted;
}

/** Without the stream of events the files are watched all the same. `now`: milliseconds. */
export function followNews(api: Pick<ApiClient, 'followEvents'>, signal: AbortSignal, now: () => number = Date.now) {
  const take = createServerNews();
  let servers: readonly string[] = [];
  const pace = createRunPace(now);
  let next: { what: ServerNews['what']; at: number } | undefined;
  api
    .followEvents({
      signal,
      onEvent: event => {
        const news = take(event);
        if (!news || !servers.includes(news.serverId)) return;
        const wait = pace.waitFor(news.what);
        if (wait === undefined) return;
        const at = now() + wait;
        // A server that comes back does not wait for what its tools have to wait for.
        if (!next || at < next.at) next = { what: news.what, at };
      },
    })
    .catch(() => {});
  return {
    /** What a run should come of now. */
    due: () => (next && now() >= next.at ? next.what : undefined),
    /** After a run of tests of these servers. */
    begin(tested: readonly string[], cause: ServerNews['what'] | 'file') {
      servers = tested;
      next = undefined;
      pace.ended(cause);
    },
  };
}

/** Which files there are and when each was changed. */
async function stateOf(files: readonly FoundFile[]): Promise<string> {
  const marks = await Promise.all(
    files.map(async ({ absolute }) => {
      const found = await stat(absolute).catch(() => undefined);
      return `${absolute} ${found?.mtimeMs} ${found?.size}`;
    }),
  );
  return marks.join('\n');
}

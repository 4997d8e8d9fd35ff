// Runs tests again when their files change, and when their servers come back or have other tools, until Ctrl-C.
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../../../shared/api/client.ts';
import { createServerNews, newsQuietMs } from '../../../shared/api/server-news.ts';
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
    if (files.length > 0 && (state !== last || news.isThere())) {
      last = state;
      const { result, run } = await tests.run(api, files);
      news.begin(run.servers);
      const waiting = `Waiting for changes of ${count(files.length, 'file')} and of what they test. Ctrl-C ends it.`;
      if (output.json) output.line(result.document);
      else output.text(`${result.text}\n\n${output.style('dim', waiting)}`);
    }
    await sleep(lookEveryMilliseconds, undefined, { signal }).catch(() => {});
  }
  return exitCodes.interrupted;
}

/** Without the stream of events the files are watched all the same. */
function followNews(api: ApiClient, signal: AbortSignal) {
  const take = createServerNews();
  let servers: readonly string[] = [];
  let isThere = false;
  let quietUntil = 0;
  api
    .followEvents({
      signal,
      onEvent: event => {
        const serverId = take(event);
        if (serverId !== undefined && servers.includes(serverId) && Date.now() >= quietUntil) isThere = true;
      },
    })
    .catch(() => {});
  return {
    isThere: () => isThere,
    /** After a run of tests of these servers. */
    begin(tested: readonly string[]) {
      servers = tested;
      isThere = false;
      quietUntil = Date.now() + newsQuietMs;
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

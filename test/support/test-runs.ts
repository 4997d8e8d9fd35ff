// Runs of test files, as a client of the API sees them.
import type { ApiClient } from '../../shared/api/client.ts';
import type { NewTestRun, TestRun } from '../../shared/api/tests.ts';
import { until } from './in-process-daemon.ts';

/** Rejects if it has not ended after ten seconds. */
export async function endOfTestRun(api: ApiClient, id: string): Promise<TestRun> {
  return await until(async () => {
    const run = await api.getTestRun({ params: { id } });
    return run.endedAt === null ? undefined : run;
  }, 'the end of the run');
}

/** Runs one file to its end. */
export async function runTestFile(api: ApiClient, text: string, more: Partial<NewTestRun> = {}): Promise<TestRun> {
  const { id } = await api.startTestRun({ body: { files: [{ path: 'a.mcptest.yaml', text }], ...more } });
  return await endOfTestRun(api, id);
}

/** Line and message of each. */
export const failuresOf = ({ results }: TestRun): string[] =>
  results.flatMap(({ failures }) => failures.map(({ range, message }) => `${range.line} ${message}`));

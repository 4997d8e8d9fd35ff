// Tests of servers: files, runs, history, and the comparison of two versions.
import type { Database } from 'better-sqlite3';
import { toTimestamp } from '../../platform/clock.ts';
import { type ComparisonHandlerOptions, comparisonHandlers } from './comparisons.routes.ts';
import { type ComparisonNeeds, createComparisonService } from './comparisons.service.ts';
import { createDismissalOf, type WhileLetIn } from './dismissal.ts';
import type { CallPorts } from './test-caller.ts';
import { createTestRunRepository } from './test-runs.repository.ts';
import { createTestRunService, type TestRunServiceOptions } from './test-runs.service.ts';
import { type TestHandlerOptions, testHandlers } from './tests.routes.ts';

export interface TestsOptions {
  database: Database;
  /** Where calls go, what may stop them and where they are recorded. */
  calls: CallPorts;
  hideSecrets: (text: string) => string;
  readCall: TestHandlerOptions['readCall'];
  savedCalls: ComparisonHandlerOptions['savedCalls'];
  servers: ComparisonNeeds;
  /** Ends what belongs to those who are not let in any more. */
  lifelines: WhileLetIn;
  publish: TestRunServiceOptions['publish'];
  onFailure: (error: unknown) => void;
}

export function createTests(options: TestsOptions) {
  const { database, calls, hideSecrets, readCall, savedCalls, servers, publish, onFailure } = options;
  const dismissalOf = createDismissalOf(options.lifelines);
  const repository = createTestRunRepository(database);
  const runs = createTestRunService({ repository, calls, hideSecrets, publish, onFailure });
  const comparisons = createComparisonService({ database, needs: servers, calls, hideSecrets, onFailure });
  const requireServer = (id: string) => void servers.server(id);
  return {
    handlers: {
      ...testHandlers({ runs, repository, requireServer, dismissalOf, readCall, hideSecrets }),
      ...comparisonHandlers({ comparisons, dismissalOf, savedCalls }),
    },
    isTemporary: comparisons.isTemporary,
    /** Clears away what an earlier daemon left; before anybody can ask for something new. */
    async prepare(): Promise<void> {
      repository.interruptUnfinished(toTimestamp(calls.clock.now()));
      await comparisons.tidy();
    },
    get running() {
      return runs.running + comparisons.running;
    },
    async close(): Promise<void> {
      await Promise.allSettled([runs.close(), comparisons.close()]);
    },
  };
}

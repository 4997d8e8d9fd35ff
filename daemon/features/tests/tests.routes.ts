import { problem } from '../../../shared/api/problem.ts';
import { describePrincipal, type Handlers, type Principal, type RequestContext } from '../../http/context.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { type KeptCall, writeCallAsTest } from './call-as-test.ts';
import type { HideText } from './redaction.ts';
import { readTestFile, toParsedTestFile } from './test-file.ts';
import type { TestRunRepository } from './test-runs.repository.ts';
import type { TestRunService } from './test-runs.service.ts';

type Operations =
  | 'parseTestFile'
  | 'startTestRun'
  | 'getTestRun'
  | 'cancelTestRun'
  | 'listTestRuns'
  | 'listServerTests'
  | 'makeTestOfCall';

export interface TestHandlerOptions {
  runs: TestRunService;
  repository: TestRunRepository;
  /** Errors: SERVER_001. */
  requireServer(id: string): void;
  /** Undefined: there is no such call, or the caller may not see it. */
  findCall(id: string, principal: Principal | null): KeptCall | undefined;
  hideSecrets: HideText;
}

export const testHandlers = (options: TestHandlerOptions): Pick<Handlers, Operations> => {
  const { runs, repository, requireServer, findCall, hideSecrets } = options;
  return {
    parseTestFile: ({ body }) => toParsedTestFile(readTestFile(body.path, body.text)),
    startTestRun: ({ body }, context) => runs.start(body, runnerOf(context)),
    getTestRun: ({ params }, { maySee }) => runs.get(params.id, maySee),
    cancelTestRun: ({ params }, { maySee }) => runs.cancel(params.id, maySee),
    listTestRuns: ({ query }) => runs.list(query),
    listServerTests({ params, query }) {
      requireServer(params.id);
      return repository.ofServer(params.id, query);
    },
    makeTestOfCall({ params, body }, { principal, maySee }) {
      const call = findCall(params.id, principal);
      if (call && maySee(call.serverId)) return writeCallAsTest(call, body.name, body.assertions, hideSecrets);
      throw problem('CALL_001', {
        detail: `No call has the id "${params.id}".`,
        next: 'The history of calls shows the ids.',
      });
    },
  };
};

const runnerOf = ({ principal, requestId, maySee }: RequestContext) => ({
  caller: toCaller(principal, requestId),
  requestId,
  maySee,
});

/** The calls of a run belong together, as those of a session do. */
const toCaller = (principal: Principal | null, requestId: string): Caller => ({
  name: describePrincipal(principal),
  kind: principal?.kind ?? 'agent',
  id: principal?.id ?? '',
  sessionId: `test ${requestId}`,
  client: null,
});

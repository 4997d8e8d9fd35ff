import * as z from 'zod';
import type { CallDetail } from '../../../shared/api/calls.ts';
import { describePrincipal, type Handlers, type Principal, type RequestContext } from '../../http/context.ts';
import type { Caller } from '../../supervision/tool-call.ts';
import { type KeptCall, writeCallAsTest } from './call-as-test.ts';
import type { DismissalOf } from './dismissal.ts';
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
  dismissalOf: DismissalOf;
  /** A call of the history, as far as who asks may see it. Errors: CALL_001. */
  readCall(id: string, context: RequestContext): CallDetail | Promise<CallDetail>;
  hideSecrets: HideText;
}

export const testHandlers = (options: TestHandlerOptions): Pick<Handlers, Operations> => {
  const { runs, repository, requireServer, dismissalOf, readCall, hideSecrets } = options;
  return {
    parseTestFile: ({ body }) => toParsedTestFile(readTestFile(body.path, body.text)),
    startTestRun: ({ body }, context) =>
      runs.start(body, { ...runnerOf(context), dismissal: dismissalOf(context.principal) }),
    getTestRun: ({ params }, { maySee }) => runs.get(params.id, maySee),
    cancelTestRun: ({ params }, { maySee }) => runs.cancel(params.id, maySee),
    listTestRuns: ({ query }) => runs.list(query),
    listServerTests({ params, query }) {
      requireServer(params.id);
      return repository.ofServer(params.id, query);
    },
    async makeTestOfCall({ params, body }, context) {
      const call = toKeptCall(await readCall(params.id, context));
      return writeCallAsTest(call, body.name, body.assertions, hideSecrets);
    },
  };
};

const Members = z.record(z.string(), z.unknown());
/** What was cut cannot be called again, and nothing can be compared with it. */
const wholeOf = (value: unknown, state: CallDetail['argumentsState']) =>
  state === 'whole' || state === 'hidden' ? Members.safeParse(value).data : undefined;

const toKeptCall = (call: CallDetail): KeptCall => ({
  serverId: call.serverId,
  tool: call.tool,
  arguments: wholeOf(call.arguments, call.argumentsState),
  result: wholeOf(call.result, call.resultState),
  durationMs: call.durationMs,
});

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

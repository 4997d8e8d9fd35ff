import * as z from 'zod';
import { limits } from '../domain/limits.ts';
import { TextRange, testFileLimits } from '../domain/mcptest.ts';
import { EnvironmentVariableName, Name } from '../domain/names.ts';
import { pageOf, pageQuery, type Route } from './route.ts';
import { ServerParams } from './servers.ts';

/** As the caller knows it: relative to its folder. Nothing is read or written there. */
const FilePath = z.string().min(1).max(1_024);
const FileText = z.string().max(testFileLimits.bytes);

export const TestFileProblem = z.object({ message: z.string(), range: TextRange }).meta({ id: 'TestFileProblem' });
export type TestFileProblem = z.infer<typeof TestFileProblem>;

/** One row of one test with one server: what runs and has a result. */
export const TestCase = z
  .object({
    id: z.string().describe('Its own within the file, the same as long as the test is called the same'),
    label: z.string(),
    serverId: Name.nullable().describe('null: the file names none'),
    range: TextRange,
  })
  .meta({ id: 'TestCase' });
export type TestCase = z.infer<typeof TestCase>;

export const TestInFile = z
  .object({
    name: z.string(),
    range: TextRange,
    tags: z.array(z.string()),
    skipped: z.boolean(),
    cases: z.array(TestCase),
  })
  .meta({ id: 'TestInFile' });
export type TestInFile = z.infer<typeof TestInFile>;

export const ParsedTestFile = z
  .object({
    path: FilePath,
    tests: z.array(TestInFile),
    servers: z.array(Name),
    environment: z.array(EnvironmentVariableName).describe('The variables that a run of it needs to be given'),
    problems: z.array(TestFileProblem).describe('With any of them the file does not run'),
  })
  .meta({ id: 'ParsedTestFile' });
export type ParsedTestFile = z.infer<typeof ParsedTestFile>;

export const TestOutcome = z
  .enum(['waiting', 'running', 'passed', 'failed', 'skipped', 'cancelled'])
  .meta({ id: 'TestOutcome' });
export type TestOutcome = z.infer<typeof TestOutcome>;

export const TestFailure = z
  .object({
    kind: z.enum(['assertion', 'error']).describe('error: it did not come to a result that could be looked at'),
    assertion: z.string().nullable().describe('For example equals'),
    message: z.string(),
    range: TextRange,
    expected: z.string().nullable(),
    actual: z.string().nullable(),
    diff: z.string().nullable().describe('Lines with - were expected, lines with + came'),
  })
  .meta({ id: 'TestFailure' });
export type TestFailure = z.infer<typeof TestFailure>;

export const TraceEntry = z
  .object({
    at: z.iso.datetime(),
    kind: z.enum(['request', 'result', 'error', 'notification', 'question', 'answer']),
    title: z.string(),
    durationMs: z.number().nullable(),
    detail: z.unknown().describe('Without values of secrets; a text where it was too large'),
  })
  .meta({ id: 'TraceEntry' });
export type TraceEntry = z.infer<typeof TraceEntry>;

export const TestCaseResult = z
  .object({
    file: FilePath,
    caseId: z.string(),
    label: z.string(),
    serverId: Name.nullable(),
    range: TextRange,
    outcome: TestOutcome,
    reason: z.string().nullable().describe('Why it was left out'),
    startedAt: z.iso.datetime().nullable(),
    durationMs: z.number(),
    attempts: z.int(),
    flaky: z.boolean().describe('It passed, but not the first time'),
    snapshot: z.enum(['none', 'same', 'new', 'updated']),
    failures: z.array(TestFailure),
    trace: z.array(TraceEntry).describe('Of tests that failed, and of all if the run was asked for it'),
  })
  .meta({ id: 'TestCaseResult' });
export type TestCaseResult = z.infer<typeof TestCaseResult>;

const counts = z.object({
  total: z.int(),
  passed: z.int(),
  failed: z.int(),
  skipped: z.int(),
  cancelled: z.int(),
});

/** `failed` as well if a file cannot be read. */
export const TestRunState = z
  .enum(['running', 'passed', 'failed', 'cancelled', 'interrupted'])
  .meta({ id: 'TestRunState' });
export type TestRunState = z.infer<typeof TestRunState>;

export const TestRunSummary = z
  .object({
    id: z.string(),
    state: TestRunState,
    reason: z.string().nullable().describe('Why it ended before its time: it was cancelled, or by what'),
    files: z.array(FilePath),
    servers: z.array(Name),
    caller: z.string(),
    startedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    durationMs: z.number(),
    counts,
  })
  .meta({ id: 'TestRunSummary' });
export type TestRunSummary = z.infer<typeof TestRunSummary>;

export const TestRun = TestRunSummary.extend({
  results: z.array(TestCaseResult).describe('Empty for a run of long ago'),
  problems: z.array(z.object({ file: FilePath, problems: z.array(TestFileProblem) })),
  snapshots: z
    .array(
      z.object({
        file: FilePath,
        text: z.string(),
        changes: z.array(z.string()).describe('Names of what is new or another'),
      }),
    )
    .describe('Snapshot files as they are now to be, for the caller to write; only those that have changed'),
}).meta({ id: 'TestRun' });
export type TestRun = z.infer<typeof TestRun>;

/** What of a result goes out on the event stream; the rest is in the run. */
export const TestProgress = TestCaseResult.pick({
  file: true,
  caseId: true,
  serverId: true,
  outcome: true,
  durationMs: true,
});
export type TestProgress = z.infer<typeof TestProgress>;

export const NewTestRun = z
  .object({
    files: z
      .array(
        z
          .object({
            path: FilePath,
            text: FileText,
            snapshots: z
              .string()
              .max(testFileLimits.snapshotBytes)
              .optional()
              .describe('The text of its snapshot file'),
            only: z
              .array(z.string().max(600))
              .max(testFileLimits.cases)
              .optional()
              .describe('Ids of cases. Default: all'),
          })
          .strict(),
      )
      .min(1)
      .max(testFileLimits.filesOfRun),
    server: Name.optional().describe('Test this one, whatever the files name'),
    filter: z.string().max(200).optional().describe('Only tests with this in their name'),
    tags: z.array(z.string().max(50)).max(20).optional().describe('Only tests with one of these'),
    environment: z
      .record(EnvironmentVariableName, z.string().max(65_536))
      .default({})
      .describe('Values of variables of the environment; a file gets those that it lists'),
    snapshots: z
      .enum(['new', 'update', 'never'])
      .default('new')
      .describe('new: a missing snapshot is made; update: all are; never: a missing one is a failure'),
    trace: z.boolean().default(false),
  })
  .strict();
export type NewTestRun = z.infer<typeof NewTestRun>;

const RunParams = z.object({ id: z.string().min(1).max(64) });

export const parseTestFile = {
  method: 'post',
  path: '/test-files/parse',
  summary: 'Show the tests of a file, and what is wrong with it, each with its place',
  permission: 'tools:read',
  audited: false,
  body: z.object({ path: FilePath, text: z.string().max(limits.requestBody) }).strict(),
  bodyBytes: limits.documentBody,
  status: 200,
  response: ParsedTestFile,
  problems: [],
} as const satisfies Route;

export const startTestRun = {
  method: 'post',
  path: '/test-runs',
  summary: 'Run test files; the result is read or followed by events',
  permission: 'tools:call',
  audited: true,
  auditedFields: ['server', 'filter'],
  body: NewTestRun,
  bodyBytes: limits.documentBody,
  status: 202,
  response: TestRun,
  problems: ['TEST_002', 'REQUEST_005', 'DAEMON_003'],
} as const satisfies Route;

export const getTestRun = {
  method: 'get',
  path: '/test-runs/{id}',
  summary: 'Show a test run with its results',
  permission: 'tools:read',
  audited: false,
  params: RunParams,
  status: 200,
  response: TestRun,
  problems: ['TEST_001'],
} as const satisfies Route;

export const cancelTestRun = {
  method: 'post',
  path: '/test-runs/{id}/cancel',
  summary: 'End a test run; calls under way are cancelled',
  permission: 'tools:call',
  audited: true,
  params: RunParams,
  status: 200,
  response: TestRun,
  problems: ['TEST_001'],
} as const satisfies Route;

export const listTestRuns = {
  method: 'get',
  path: '/test-runs',
  summary: 'List test runs, the newest first unless asked otherwise',
  permission: 'tools:read',
  audited: false,
  query: pageQuery(['started_at', 'state']).extend({ sort_order: z.enum(['asc', 'desc']).default('desc') }),
  status: 200,
  response: pageOf(TestRunSummary),
  problems: [],
} as const satisfies Route;

/** A test of a server over its last runs. */
export const TestHistory = z
  .object({
    file: FilePath,
    caseId: z.string(),
    label: z.string(),
    outcome: TestOutcome,
    lastRunAt: z.iso.datetime(),
    durationMs: z.number(),
    medianMs: z.number(),
    passRate: z.number().min(0).max(1),
    flaky: z.boolean().describe('It both passes and fails, or passes only when tried again'),
    message: z.string().nullable().describe('Why it failed last'),
    history: z
      .array(z.object({ runId: z.string(), at: z.iso.datetime(), outcome: TestOutcome, durationMs: z.number() }))
      .describe('The newest first, 20 at most'),
  })
  .meta({ id: 'TestHistory' });
export type TestHistory = z.infer<typeof TestHistory>;

export const TestTrendPoint = z
  .object({
    runId: z.string(),
    at: z.iso.datetime(),
    passed: z.int(),
    failed: z.int(),
    skipped: z.int(),
    durationMs: z.number(),
  })
  .meta({ id: 'TestTrendPoint' });
export type TestTrendPoint = z.infer<typeof TestTrendPoint>;

export const listServerTests = {
  method: 'get',
  path: '/servers/{id}/tests',
  summary: 'List one server’s tests with their last results, and how the last runs went',
  permission: 'tools:read',
  audited: false,
  params: ServerParams,
  query: pageQuery(['name', 'last_run_at', 'duration']),
  status: 200,
  response: pageOf(TestHistory).extend({ trend: z.array(TestTrendPoint).describe('The oldest first, 50 at most') }),
  problems: ['SERVER_001'],
} as const satisfies Route;

/** What a test that is made from a call shall look at. */
export const WantedAssertion = z.enum(['isError', 'equals', 'schema', 'structuredContent', 'snapshot', 'latency']);
export type WantedAssertion = z.infer<typeof WantedAssertion>;

export const makeTestOfCall = {
  method: 'post',
  path: '/calls/{id}/test',
  summary: 'Write a call of the history as a test, as YAML text',
  permission: 'tools:call',
  audited: false,
  params: z.object({ id: z.string().min(1).max(64) }),
  body: z
    .object({
      name: z.string().min(1).max(200).optional(),
      assertions: z.array(WantedAssertion).max(6).default(['isError', 'snapshot']),
    })
    .strict(),
  status: 200,
  response: z.object({
    serverId: Name,
    fileName: z.string().describe('What such a file might be called'),
    text: z.string().describe('A whole test file'),
    test: z.string().describe('The test alone, to be put under "tests:" of a file'),
  }),
  problems: ['CALL_001', 'CALL_002'],
} as const satisfies Route;

// The format of `*.mcptest.yaml`: what a test file may say. Where it stands in the file is the parser's matter.
import * as z from 'zod';
import { TestAnswers, TestOffer, TestRoots, testOffers } from './mcptest-answers.ts';
import { EnvironmentVariableName, Name } from './names.ts';

/** Bytes, counts and milliseconds. What is beyond them is refused with its line, before anything runs. */
export const testFileLimits = {
  bytes: 262_144,
  snapshotBytes: 4_194_304,
  /** Of maps and lists in one another. */
  depth: 40,
  /** YAML nodes, with those that an alias stands for. */
  nodes: 50_000,
  aliases: 100,
  tests: 500,
  /** Rows of one table. */
  rows: 200,
  /** Tests times rows times servers. */
  cases: 2_000,
  /** Of all files of one run. */
  casesOfRun: 5_000,
  filesOfRun: 200,
  servers: 10,
  steps: 50,
  retries: 10,
  timeoutMs: { default: 30_000, most: 600_000 },
  pattern: 500,
  path: 500,
} as const;

/** Variables that are always there; no file can declare them. */
export const builtInVariables = ['uuid', 'now'] as const;

/** The end of every test file's name. */
export const testFileEnding = '.mcptest.yaml';

export const VariableName = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/,
    'A variable has 1 to 64 letters, digits, underscores and hyphens, and starts with a letter.',
  )
  .refine(name => !builtInVariables.some(each => each === name), 'This name is taken: it is always there.');

const Value = z.unknown();
const Milliseconds = z.int().min(1).max(testFileLimits.timeoutMs.most);
const Path = z
  .string()
  .min(1)
  .max(testFileLimits.path)
  .describe('A JSONPath (RFC 9535) into the whole result, for example $.content[0].text');
const Pattern = z
  .string()
  .min(1)
  .max(testFileLimits.pattern)
  .describe('A regular expression without look-around and back references, so that it always ends in short time');
const Texts = z.union([z.string(), z.array(z.string()).min(1).max(50)]);

/** A part of a result that is another one each time, and what stands for it in a snapshot. */
export const RedactionRule = z
  .object({
    path: Path.optional(),
    pattern: Pattern.optional(),
    with: z.string().max(100).default('<redacted>'),
  })
  .strict()
  .refine(rule => (rule.path === undefined) !== (rule.pattern === undefined), 'A rule has either a path or a pattern.')
  .meta({ oneOf: [{ required: ['path'] }, { required: ['pattern'] }] });
export type RedactionRule = z.infer<typeof RedactionRule>;

export const JsonPathCheck = z
  .object({
    path: Path,
    equals: Value.optional().describe('The one value that the path finds, or the list of all'),
    contains: Value.optional().describe('A part of the text that it finds, or one of the values'),
    matches: Pattern.optional(),
    exists: z.boolean().optional(),
    count: z.int().min(0).optional().describe('How many values it finds'),
  })
  .strict();
export type JsonPathCheck = z.infer<typeof JsonPathCheck>;

export const Expectations = z
  .object({
    isError: z.boolean().optional().describe('Whether the tool itself reports an error. Default: false'),
    equals: Value.optional().describe('The text of the result; what is no text is compared with its value as JSON'),
    contains: Texts.optional().describe('Parts of the text of the result'),
    matches: z
      .union([Pattern, z.array(Pattern).min(1).max(50)])
      .optional()
      .describe('Regular expressions that fit somewhere in the text of the result'),
    jsonpath: z.union([JsonPathCheck, z.array(JsonPathCheck).min(1).max(100)]).optional(),
    structuredContent: Value.optional().describe('The structured content, member for member'),
    schema: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('A JSON Schema for the structured content, or else for the text read as JSON'),
    latency: Milliseconds.optional().describe('The most that the call may take, in milliseconds'),
    error: z
      .object({
        code: z.union([z.int(), z.string().max(64)]).optional(),
        message: z.string().max(2_000).optional().describe('A part of the message'),
      })
      .strict()
      .optional()
      .describe('The call fails: with a code of the protocol (-32602), or one of Quayside (TOOL_003)'),
    snapshot: z
      .union([z.boolean(), z.string().min(1).max(100)])
      .optional()
      .describe('The result is the one that is kept beside the file; a name tells several apart'),
  })
  .strict();
export type Expectations = z.infer<typeof Expectations>;

const callShape = {
  tool: z.string().min(1).max(200).optional().describe('The tool to call'),
  prompt: z.string().min(1).max(200).optional().describe('The prompt to get'),
  resource: z.string().min(1).max(2_048).optional().describe('The address of the resource to read'),
  arguments: z.record(z.string(), Value).optional(),
  save: z
    .record(VariableName, Path)
    .optional()
    .describe('Variables for later tests, each with the path of its value in the result'),
  answers: TestAnswers.optional().describe('What is answered when the server asks; each of them once, in their order'),
  roots: TestRoots.optional().describe(
    'The folders that the client works in for this call, instead of those of the file',
  ),
  timeout: Milliseconds.optional().describe('Milliseconds after which the call is given up'),
};
const oneCall = { oneOf: [{ required: ['tool'] }, { required: ['prompt'] }, { required: ['resource'] }] };
const callsOne = (call: { tool?: unknown; prompt?: unknown; resource?: unknown }): boolean =>
  [call.tool, call.prompt, call.resource].filter(each => each !== undefined).length === 1;
const callsOneMessage = 'Say what is called: one of tool, prompt and resource.';

export const TestStep = z
  .object({ name: z.string().min(1).max(200).optional(), ...callShape })
  .strict()
  .refine(callsOne, callsOneMessage)
  .meta(oneCall);
export type TestStep = z.infer<typeof TestStep>;

export const TestDefinition = z
  .object({
    name: z.string().min(1).max(200).describe('What is so if the test passes; each test of a file has its own'),
    ...callShape,
    expect: Expectations.optional(),
    skip: z
      .union([z.boolean(), z.string().max(500)])
      .optional()
      .describe('true, or why it is left out'),
    only: z.boolean().optional().describe('Only such tests of the file run'),
    retries: z.int().min(0).max(testFileLimits.retries).optional().describe('How often it may be tried again'),
    tags: z
      .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/, 'A tag has letters, digits, dots and hyphens.'))
      .max(20)
      .optional(),
    each: z
      .array(z.record(VariableName, Value))
      .min(1)
      .max(testFileLimits.rows)
      .optional()
      .describe('The test runs once for each row, with its values as variables'),
    redact: z.array(RedactionRule).max(50).optional().describe('What a snapshot does not keep'),
  })
  .strict()
  .refine(callsOne, callsOneMessage)
  .meta(oneCall);
export type TestDefinition = z.infer<typeof TestDefinition>;

export const TestFile = z
  .object({
    server: Name.optional().describe('The server that is tested'),
    servers: z.array(Name).min(1).max(testFileLimits.servers).optional().describe('Each test runs with each of them'),
    environment: z
      .array(EnvironmentVariableName)
      .max(50)
      .optional()
      .describe('The environment variables that a text may name with env: before them; their values are in no report'),
    variables: z.record(VariableName, Value).optional(),
    offers: z
      .array(TestOffer)
      .max(testOffers.length)
      .optional()
      .describe(
        'What servers may ask of the client that makes the calls. Default: elicitation and sampling, and roots if there are any',
      ),
    roots: TestRoots.optional().describe('The folders that the client works in, for servers that ask (roots/list)'),
    answers: TestAnswers.optional().describe(
      'What is answered where a test has no answer of its own, as often as needed',
    ),
    setup: z.array(TestStep).max(testFileLimits.steps).optional().describe('Calls before the first test'),
    teardown: z.array(TestStep).max(testFileLimits.steps).optional().describe('Calls after the last test, always'),
    redact: z.array(RedactionRule).max(50).optional().describe('What no snapshot of the file keeps'),
    timeout: Milliseconds.optional().describe('For each call that has none of its own'),
    tests: z.array(TestDefinition).min(1).max(testFileLimits.tests),
  })
  .strict()
  .refine(file => file.server === undefined || file.servers === undefined, 'Name either server or servers.')
  .meta({
    title: 'Tests of MCP servers',
    description: 'Calls of tools, prompts and resources, and what they give back',
  });
export type TestFile = z.infer<typeof TestFile>;

/** A place in a text; lines and columns count from 1, the end is behind the last character. */
export const TextRange = z
  .object({
    line: z.int().positive(),
    column: z.int().positive(),
    endLine: z.int().positive(),
    endColumn: z.int().positive(),
  })
  .meta({ id: 'TextRange' });
export type TextRange = z.infer<typeof TextRange>;

/** The JSON Schema of the format, draft 2020-12, as editors take it for completion. */
export const testFileSchema = (): Record<string, unknown> =>
  z.toJSONSchema(TestFile, { target: 'draft-2020-12', io: 'input' });

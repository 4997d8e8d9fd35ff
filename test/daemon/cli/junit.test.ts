import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapeXml, toJUnit } from '../../../daemon/cli/tests/junit.ts';
import { type TestCaseResult, TestRun } from '../../../shared/api/tests.ts';

const at = '2026-01-02T03:04:05.678Z';
const range = { line: 3, column: 5, endLine: 3, endColumn: 9 };
const result = (change: Partial<TestCaseResult>): TestCaseResult => ({
  file: 'a/b.mcptest.yaml',
  caseId: 'x',
  label: 'x',
  serverId: 'echo',
  range,
  outcome: 'passed',
  reason: null,
  startedAt: at,
  durationMs: 1_234,
  attempts: 1,
  flaky: false,
  snapshot: 'none',
  failures: [],
  trace: [],
  ...change,
});
const failure = {
  kind: 'assertion',
  assertion: 'equals',
  message: 'a < b & "c"',
  range,
  expected: null,
  actual: null,
  diff: '-]]>\n+\u0007',
} as const;
const runOf = (results: TestCaseResult[], problems: TestRun['problems'] = []) =>
  TestRun.parse({
    id: '1',
    state: 'cancelled',
    reason: 'It was cancelled.',
    files: ['a/b.mcptest.yaml'],
    servers: ['echo'],
    caller: 'owner',
    startedAt: at,
    endedAt: at,
    durationMs: 5_000,
    counts: { total: results.length, passed: 0, failed: 0, skipped: 0, cancelled: 0 },
    results,
    problems,
    snapshots: [],
  });

/** Reads what we write: elements with attributes, text, and nothing else. Throws where it is not well-formed. */
function readXml(text: string): { name: string; attributes: Record<string, string>; text: string }[] {
  const found: ReturnType<typeof readXml> = [];
  const open: (typeof found)[number][] = [];
  let rest = text.replace(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n/, '');
  const decode = (raw: string) => {
    assert.doesNotMatch(raw, /&(?!(?:amp|lt|gt|quot|#\d+);)/);
    return raw.replace(/&(?:(amp|lt|gt|quot)|#(\d+));/g, (_, name, code) =>
      name ? { amp: '&', lt: '<', gt: '>', quot: '"' }[name as 'amp'] : String.fromCodePoint(Number(code)),
    );
  };
  while (rest.length > 0) {
    const end = /^<\/(\w+)>/.exec(rest);
    const start = /^<(\w+)((?: \w+="[^"<]*")*)(\/?)>/.exec(rest);
    const words = /^[^<>]+/.exec(rest);
    const token = end ?? start ?? words;
    assert.ok(token, `not well-formed at: ${rest.slice(0, 60)}`);
    rest = rest.slice(token[0].length);
    if (end) assert.equal(open.pop()?.name, end[1]);
    else if (start) {
      const attributes = Object.fromEntries(
        [...(start[2] ?? '').matchAll(/ (\w+)="([^"]*)"/g)].map(([, name, value]) => [name, decode(value ?? '')]),
      );
      const element = { name: start[1] ?? '', attributes, text: '' };
      found.push(element);
      if (!start[3]) open.push(element);
    } else if (words) {
      const last = open.at(-1);
      if (last) last.text += decode(words[0]);
      else assert.match(words[0], /^\s*$/);
    }
  }
  assert.equal(open.length, 0);
  return found;
}

const allowed: Record<string, string[]> = {
  testsuites: ['name', 'time', 'tests', 'failures', 'disabled', 'errors'],
  testsuite: [
    'name',
    'tests',
    'failures',
    'errors',
    'time',
    'disabled',
    'skipped',
    'timestamp',
    'hostname',
    'id',
    'package',
  ],
  testcase: ['name', 'assertions', 'time', 'classname', 'status'],
  failure: ['type', 'message'],
  error: ['type', 'message'],
  skipped: ['message'],
};

describe('JUnit XML of a test run', () => {
  it('counts and tells what passed, failed, could not be run and was left out', () => {
    const run = runOf(
      [
        result({}),
        result({ outcome: 'failed', failures: [failure] }),
        result({ outcome: 'failed', failures: [{ ...failure, kind: 'error', assertion: null }] }),
        result({ outcome: 'skipped', reason: 'not <today>' }),
        result({ outcome: 'cancelled' }),
      ],
      [{ file: 'a/b.mcptest.yaml', problems: [{ message: 'wrong', range }] }],
    );
    const elements = readXml(toJUnit(run));
    const [root, suite] = elements;
    assert.deepEqual(root?.attributes, { name: 'quayside', tests: '6', failures: '1', errors: '3', time: '5.000' });
    assert.deepEqual([suite?.attributes['skipped'], suite?.attributes['timestamp']], ['1', '2026-01-02T03:04:05']);
    const messages = elements.filter(({ name }) => name === 'error').map(({ attributes }) => attributes['message']);
    assert.ok(messages.includes('The run ended early: It was cancelled.'), messages.join('\n'));
    const failed = elements.find(({ name }) => name === 'failure');
    assert.deepEqual(failed?.attributes, { message: 'a < b & "c"', type: 'equals' });
    assert.equal(failed?.text, 'a/b.mcptest.yaml:3:5 a < b & "c"\n-]]>\n+\ufffd');
    assert.equal(elements.find(({ name }) => name === 'skipped')?.attributes['message'], 'not <today>');
    assert.deepEqual(
      [...new Set(elements.filter(({ name }) => name === 'testcase').map(({ attributes }) => attributes['classname']))],
      ['a.b', 'a.b.echo'],
    );
  });

  it('is well-formed and within the schema whatever the servers say', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom('<', '>', '&', '"', "'", ']]>', '\u0000', '\ud800', '\uffff', '\n', '\r', '\t', '💥'),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 20,
    });
    fc.assert(
      fc.property(hostile, hostile, hostile, (label, message, diff) => {
        const text = toJUnit(runOf([result({ label, outcome: 'failed', failures: [{ ...failure, message, diff }] })]));
        assert.doesNotMatch(text, /(?![\t\n\r])[\p{Cc}\p{Cs}\u{fffe}\u{ffff}]/u);
        for (const { name, attributes } of readXml(text)) {
          for (const attribute of Object.keys(attributes))
            assert.ok(allowed[name]?.includes(attribute), `${name} ${attribute}`);
        }
      }),
    );
  });

  it('escapes what has a meaning', () => {
    assert.equal(escapeXml('<&>"\n\u0001\ud800'), '&lt;&amp;&gt;&quot;&#10;\ufffd\ufffd');
    assert.equal(escapeXml('a\nb\r', false), 'a\nb&#13;');
  });
});

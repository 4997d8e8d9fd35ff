import assert from 'node:assert/strict';
import { problem } from '../../../../shared/api/problem.ts';
import { createTestsUnderTest, type TestsUnderTest } from '../../../support/tests-under-test.ts';

const file = (text: string, more = {}) => [{ path: 'a.mcptest.yaml', text, ...more }];

describe('runs of test files', () => {
  let world: TestsUnderTest;
  let refuse: string | undefined;
  before(async () => {
    world = await createTestsUnderTest({
      guard: ({ tool }) => {
        if (tool === refuse) throw problem('TOOL_005', { detail: `"${tool}" is switched off.`, next: 'Switch it on.' });
      },
    });
  });
  after(() => world[Symbol.asyncDispose]());
  afterEach(() => {
    refuse = undefined;
    assert.deepEqual(world.failures, []);
  });
  const outcomes = async (text: string, more = {}) =>
    (await world.run(file(text), more)).results.map(({ caseId, outcome }) => [caseId, outcome]);

  it('pass with every kind of assertion that holds', async () => {
    const text = `
server: echo
variables: { who: world }
setup: [{ tool: echo, arguments: { message: first }, save: { first: '$.content[0].text' } }]
tests:
  - name: text
    tool: echo
    arguments: { message: 'Hello \${who}, \${first}' }
    save: { said: '$.content[0].text' }
    expect:
      equals: 'Echo: Hello world, Echo: first'
      contains: [Hello, world]
      matches: ['^Echo: .*$', 'w.rld']
      isError: false
      latency: 60000
      jsonpath:
        - { path: '$.content[0].type', equals: text }
        - { path: '$.content[*]', count: 1 }
        - { path: '$.nothing', exists: false }
        - { path: '$.content[0].text', matches: 'Hello', contains: world }
        - { path: "$.content[?search(@.text, 'H.llo')].type", equals: text }
  - name: saved
    tool: echo
    arguments: { message: '\${said}' }
    expect: { contains: 'Echo: Echo: Hello' }
  - name: adds
    tool: add
    arguments: { a: '\${a}', b: 2 }
    each: [{ a: 1, sum: 3 }, { a: -5, sum: -3 }]
    expect:
      structuredContent: { sum: '\${sum}' }
      equals: { sum: '\${sum}' }
      schema: { type: object, required: [sum], properties: { sum: { type: integer } } }
  - { name: own error, tool: fail, expect: { isError: true, contains: did not } }
  - { name: protocol error, tool: break, expect: { error: { code: -32603, message: Nothing works } } }
  - { name: same id twice, tool: echo, arguments: { message: '\${uuid}' }, expect: { equals: 'Echo: \${uuid}' } }
teardown: [{ tool: echo, arguments: { message: '\${said}' } }]
`;
    const run = await world.run(file(text), { trace: true });
    assert.deepEqual(
      run.results.flatMap(each => each.failures),
      [],
    );
    assert.equal(run.state, 'passed');
    assert.deepEqual(run.counts, { total: 7, passed: 7, failed: 0, skipped: 0, cancelled: 0 });
    assert.deepEqual(
      run.results[0]?.trace.map(({ kind, title }) => [kind, title]),
      [
        ['request', 'tools/call'],
        ['result', 'tools/call'],
      ],
    );
    assert.ok(world.finished.length >= 8 && world.finished.every(({ call }) => call.via === 'test'));
  });

  it('fail at the line of the assertion, with what was expected and what came', async () => {
    const text = `server: echo
tests:
  - name: wrong
    tool: echo
    arguments: { message: "one\\ntwo" }
    expect:
      equals: "Echo: one\\nthree"
      contains:
        - one
        - four
      matches: ^two$
      jsonpath: { path: '$.content[0].text', equals: x }
      structuredContent: {}
      schema: { type: object }
  - { name: error, tool: fail }
  - { name: broken, tool: break }
  - { name: no error, tool: echo, arguments: { message: a }, expect: { error: { code: 1 } } }
`;
    const run = await world.run(file(text));
    assert.equal(run.state, 'failed');
    const [wrong, error, broken, none] = run.results;
    assert.deepEqual(
      wrong?.failures.map(({ assertion, range }) => [assertion, range.line, range.column]),
      [
        ['equals', 7, 7],
        ['contains', 10, 11],
        ['matches', 11, 7],
        ['jsonpath', 12, 46],
        ['structuredContent', 13, 7],
        ['schema', 14, 7],
      ],
    );
    const [first] = wrong?.failures ?? [];
    assert.equal(first?.expected, 'Echo: one\nthree');
    assert.equal(first?.actual, 'Echo: one\ntwo');
    assert.equal(first?.diff, ' Echo: one\n-three\n+two');
    assert.deepEqual(
      error?.failures.map(each => [each.range.line, each.message]),
      [[15, 'The tool reported an error: It did not work']],
    );
    assert.match(broken?.failures[0]?.message ?? '', /^The call failed: .*Nothing works here.* \(-32603\)$/);
    assert.deepEqual(
      none?.failures.map(each => each.message),
      ['The call was expected to fail, and it did not.'],
    );
    assert.ok((wrong?.trace.length ?? 0) > 0);
  });

  it('keep what a server must not be asked from it', async () => {
    refuse = 'echo';
    const run = await world.run(file('server: echo\ntests: [{ name: a, tool: echo, arguments: { message: a } }]'));
    assert.match(run.results[0]?.failures[0]?.message ?? '', /is switched off\. \(TOOL_005\)/);
    assert.equal(world.finished.at(-1)?.outcome, 'denied');
  });

  it('run what is asked for, and what that needs', async () => {
    const text = `server: echo
tests:
  - { name: makes, tool: echo, arguments: { message: a }, save: { made: '$.content[0].text' } }
  - { name: other, tool: echo, arguments: { message: a }, tags: [slow] }
  - { name: uses, tool: echo, arguments: { message: '\${made}' } }
`;
    assert.deepEqual(await outcomes(text, { filter: 'USES' }), [
      ['makes', 'passed'],
      ['uses', 'passed'],
    ]);
    assert.deepEqual(await outcomes(text, { tags: ['slow'] }), [['other', 'passed']]);
    const run = await world.run(file(text, { only: ['other'] }));
    assert.deepEqual(
      run.results.map(({ caseId }) => caseId),
      ['other'],
    );
  });

  it('leave out what says skip, or all but what says only', async () => {
    const text = (more: string) => `server: echo
tests:
  - { name: a, tool: echo, arguments: { message: a }, skip: not today }
  - { name: b, tool: echo, arguments: { message: a } }
  - { name: c, tool: echo, arguments: { message: a }${more} }
`;
    assert.deepEqual(await outcomes(text('')), [
      ['a', 'skipped'],
      ['b', 'passed'],
      ['c', 'passed'],
    ]);
    assert.deepEqual(await outcomes(text(', only: true')), [
      ['a', 'skipped'],
      ['b', 'skipped'],
      ['c', 'passed'],
    ]);
  });

  it('fail as a whole where the set-up fails, and clear away all the same', async () => {
    const before = world.finished.length;
    const run = await world.run(
      file(
        'server: echo\nsetup:\n  - { tool: fail }\nteardown: [{ tool: break }]\ntests:\n  - { name: a, tool: echo }\n',
      ),
    );
    const [failure] = run.results[0]?.failures ?? [];
    assert.match(failure?.message ?? '', /^The set-up failed: The tool reported an error/);
    assert.equal(failure?.range.line, 3);
    assert.match(run.problems[0]?.problems[0]?.message ?? '', /^The tear-down failed/);
    assert.deepEqual(
      world.finished.slice(before).map(({ call }) => call.tool),
      ['fail', 'break'],
    );
  });

  it('say what is wrong with a file, a server that is not there and a variable that was not saved', async () => {
    const broken = await world.run(file('tests: ['));
    assert.equal(broken.state, 'failed');
    assert.match(broken.problems[0]?.problems[0]?.message ?? '', /This is no YAML/);
    const none = await world.run(file('tests: [{ name: a, tool: b }]'));
    assert.match(none.results[0]?.failures[0]?.message ?? '', /The file names no server/);
    const away = await world.run(file('server: away\ntests: [{ name: a, tool: b }]'));
    assert.match(away.results[0]?.failures[0]?.message ?? '', /"away" is not running\. \(SERVER_003\)/);
    const unsaved = await world.run(
      file(
        `server: echo\ntests:\n  - { name: a, tool: fail, save: { x: '$.content' } }\n  - { name: b, tool: echo, arguments: { message: '\${x}' } }`,
      ),
    );
    assert.match(unsaved.results[1]?.failures[0]?.message ?? '', /"x" has no value yet/);
  });

  it('make snapshots, compare with them, and take out what is secret or another one each time', async () => {
    const text = (message: string) => `server: echo
environment: [SECRET_WORD]
redact: [{ path: '$.isError' }, { pattern: '\\d{4}', with: <year> }]
tests:
  - { name: shot, tool: echo, arguments: { message: '${message} \${env:SECRET_WORD}' }, expect: { snapshot: true } }
`;
    const environment = { SECRET_WORD: 'xyzzy-plugh', UNLISTED: 'never' };
    const first = await world.run(file(text('in 2025')), { environment });
    assert.deepEqual(
      first.results.map(each => [each.outcome, each.snapshot]),
      [['passed', 'new']],
    );
    const [made] = first.snapshots;
    assert.deepEqual(made?.changes, ['shot']);
    assert.match(made?.text ?? '', /Echo: in <year> •••/);
    assert.doesNotMatch(JSON.stringify(first), /xyzzy/);
    const snapshots = made?.text ?? '';
    const same = await world.run(file(text('in 2026'), { snapshots }), { environment });
    assert.deepEqual(
      same.results.map(each => [each.outcome, each.snapshot]),
      [['passed', 'same']],
    );
    assert.deepEqual(same.snapshots, []);
    const other = await world.run(file(text('not in 2026'), { snapshots }), { environment });
    const [failure] = other.results[0]?.failures ?? [];
    assert.deepEqual([failure?.assertion, failure?.range.line], ['snapshot', 5]);
    assert.match(failure?.diff ?? '', /^-.*Echo: in <year>.*\n\+.*Echo: not in <year>/m);
    assert.doesNotMatch(JSON.stringify(other), /xyzzy/);
    const updated = await world.run(file(text('not in 2026'), { snapshots }), { environment, snapshots: 'update' });
    assert.deepEqual(
      updated.results.map(each => [each.outcome, each.snapshot]),
      [['passed', 'updated']],
    );
    const missing = await world.run(file(text('x')), { environment, snapshots: 'never' });
    assert.match(missing.results[0]?.failures[0]?.message ?? '', /There is no snapshot/);
    const unset = await world.run(file(text('x')));
    assert.match(unset.results[0]?.failures[0]?.message ?? '', /The environment variable SECRET_WORD is not set/);
    const broken = await world.run(file(text('x'), { snapshots: '- a' }), { environment });
    assert.match(
      broken.problems[0]?.problems[0]?.message ?? '',
      /Line 1 of the snapshot file is not as Quayside writes it\. Mend it/,
    );
  });

  it('are kept with the history of each test and how the runs went', async () => {
    const text =
      'server: echo\ntests: [{ name: kept, tool: echo, arguments: { message: a }, expect: { contains: WANTED } }]';
    const path = 'history.mcptest.yaml';
    for (const wanted of ['Echo', 'nothing', 'Echo', 'nothing'])
      await world.run([{ path, text: text.replace('WANTED', wanted) }]);
    const { items, trend } = await world.api.listServerTests({ params: { id: 'echo' }, query: { limit: 100 } });
    const kept = items.find(each => each.file === path);
    assert.deepEqual(
      kept?.history.map(({ outcome }) => outcome),
      ['failed', 'passed', 'failed', 'passed'],
    );
    assert.deepEqual([kept?.outcome, kept?.flaky, kept?.passRate], ['failed', true, 0.5]);
    assert.match(kept?.message ?? '', /does not contain/);
    assert.deepEqual(
      trend.slice(-4).map(({ passed, failed }) => [passed, failed]),
      [
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
      ],
    );
    const [latest] = (await world.api.listTestRuns()).items;
    assert.deepEqual([latest?.state, latest?.files], ['failed', [path]]);
    await assert.rejects(world.api.listServerTests({ params: { id: 'nobody' } }), /No server is called/);
  });

  it('are refused where they would be too much at once, and nobody waits for it', async () => {
    const rows = Array.from({ length: 200 }, (_, n) => `{ a: ${n} }`).join(', ');
    const tests = Array.from({ length: 10 }, (_, n) => `  - { name: t${n}, tool: echo, each: [${rows}] }\n`).join('');
    const files = ['a', 'b', 'c'].map(path => ({ path, text: `server: echo\ntests:\n${tests}` }));
    let others = 0;
    const timer = setInterval(() => (others += 1), 0);
    try {
      await assert.rejects(world.api.startTestRun({ body: { files } }), /These are 6000 tests, and 5000 are the most/);
    } finally {
      clearInterval(timer);
    }
    assert.ok(others >= 2, `others had ${others} turns`);
  });

  it('tell how they go on, and end their sessions', async () => {
    const before = world.events.length;
    const { id } = await world.run(file('server: echo\ntests: [{ name: a, tool: echo, arguments: { message: a } }]'));
    const mine = world.events.slice(before);
    assert.ok(mine.length >= 1 && mine.length <= 3 && mine.every(({ run }) => run.id === id));
    assert.equal(mine.at(-1)?.run.state, 'passed');
    assert.ok(world.gone > 0);
  });
});

describe('runs of test files with a slow server', () => {
  it('end when they are cancelled, and calls that take too long are given up', async () => {
    await using world = await createTestsUnderTest({ scripts: { slow: 'slow' } });
    const text = (timeout: number) =>
      `server: slow\ntests:\n  - { name: a, tool: wait, arguments: { ms: 60000 }, timeout: ${timeout} }\n  - { name: b, tool: wait, arguments: { ms: 60000 } }`;
    const { id } = await world.api.startTestRun({ body: { files: file(text(60_000)) } });
    const cancelled = await world.api.cancelTestRun({ params: { id } });
    assert.equal(cancelled.state, 'cancelled');
    assert.deepEqual(
      cancelled.results.map(({ outcome }) => outcome),
      ['cancelled', 'cancelled'],
    );
    const late = await world.run(file(text(50), { only: ['a'] }));
    assert.match(late.results[0]?.failures[0]?.message ?? '', /no answer within 50 ms.*TOOL_003/);
  });

  it('are found by their id, and not by another', async () => {
    await using world = await createTestsUnderTest();
    await assert.rejects(world.api.getTestRun({ params: { id: 'nothing' } }), /No test run has the id/);
  });
});

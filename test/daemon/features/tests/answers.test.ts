// Files that answer what servers ask, with a real server behind a real supervisor.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readTestFile } from '../../../../daemon/features/tests/test-file.ts';
import type { NewTestRun } from '../../../../shared/api/tests.ts';
import { type InProcessDaemon, startInProcessDaemon, until } from '../../../support/in-process-daemon.ts';
import { failuresOf, runTestFile } from '../../../support/test-runs.ts';

const program = join(import.meta.dirname, '..', '..', '..', 'support', 'everything-server', 'main.ts');
const problemsOf = (answers: string) =>
  readTestFile('a.mcptest.yaml', `tests:\n  - name: a\n    tool: b\n    answers:\n      - ${answers}\n`).problems.map(
    ({ message, range }) => `${range.line} ${message}`,
  );

describe('answers in test files', () => {
  it('are read, and refused at their line where they make no sense', () => {
    for (const good of [
      '{ elicitation: true }',
      '{ elicitation: Please, action: cancel }',
      '{ elicitation: Please, content: { name: Ada } }',
      '{ sampling: true, text: Paris, optional: true }',
      '{ sampling: true, action: decline }',
    ])
      assert.deepEqual(problemsOf(good), [], good);
    for (const [bad, expected] of [
      ['{ text: Paris }', /^5 .*one of elicitation and sampling/],
      ['{ elicitation: a, sampling: b, text: c }', /^5 .*one of elicitation and sampling/],
      ['{ elicitation: a, action: decline, content: {} }', /^5 .*Only an elicitation that is accepted/],
      ['{ elicitation: a, text: b }', /^5 .*answered by its content/],
      ['{ sampling: a }', /^5 .*Say what the model answers/],
      ['{ sampling: a, action: cancel }', /^5 .*accepted or declined/],
      ['{ elicitation: a, anwser: b }', /^5 "anwser" is not known here/],
      ['{ elicitation: a, content: { x: "\x24{nobody}" } }', /^5 Nothing is called "nobody"/],
    ] as const)
      assert.match(problemsOf(bad)[0] ?? 'nothing', expected, bad);
  });
});

// One server that speaks the revisions with sessions only, and one that asks by its results (2026-07-28).
for (const [kind, more, session] of [
  ['with a session', ['sessions'], 'shared'],
  ['with a session for each client', ['sessions'], 'per-client'],
  ['without sessions', [], 'shared'],
] as const) {
  describe(`tests of a server that asks, ${kind}`, () => {
    let daemon: InProcessDaemon;
    const run = (text: string, options: Partial<NewTestRun> = {}) =>
      runTestFile(daemon.api, text, { trace: true, ...options });

    before(async () => {
      daemon = await startInProcessDaemon();
      const configuration = { arguments: [program, ...more], session };
      await daemon.api.createServer({
        body: { type: 'command', id: 'asks', command: process.execPath, configuration },
      });
      await daemon.api.startServer({ params: { id: 'asks' } });
    });
    after(() => daemon[Symbol.asyncDispose]());

    it('get forms filled in, refusals and texts of a model', async () => {
      const done = await run(`server: asks
variables: { who: Ada }
answers:
  - { sampling: capital of France, text: Paris }
  - { elicitation: unexpected, action: cancel }
tests:
  - name: fills in
    tool: test_elicitation
    arguments: { message: 'Who are you, \${who}?' }
    answers:
      - { elicitation: Something else, action: decline, optional: true }
      - { elicitation: 'are you, \${who}', content: { username: '\${who}', email: ada@example.com } }
    expect: { matches: ['accept', 'Ada', 'ada@example.com'] }
  - name: declines
    tool: test_elicitation
    arguments: { message: Who are you? }
    answers: [{ elicitation: true, action: decline }]
    expect: { contains: decline }
  - name: does what the file says for all
    tool: test_elicitation
    arguments: { message: An unexpected question }
    expect: { contains: cancel }
  - name: opens no page
    tool: test_url_elicitation
    answers: [{ elicitation: Please open }]
    expect: { contains: accept }
  - name: asks a model
    tool: test_sampling
    arguments: { prompt: What is the capital of France? }
    expect: { contains: Paris }
`);
      assert.deepEqual(failuresOf(done), []);
      assert.equal(done.state, 'passed');
      const kinds = done.results.at(-1)?.trace.map(each => `${each.kind} ${each.title}`);
      assert.deepEqual(kinds, [
        'request tools/call',
        'question sampling/createMessage',
        'answer sampling/createMessage',
        'result tools/call',
      ]);
    });

    // Each file starts a server of its own there: once is enough.
    if (session === 'per-client') return;

    it('fail where nobody answers, where an answer is not asked for, and in a set-up', async () => {
      const done = await run(`server: asks
tests:
  - name: nobody answers
    tool: test_elicitation
    arguments: { message: Who are you? }
  - name: none fits
    tool: test_sampling
    arguments: { prompt: And you? }
    answers:
      - { sampling: capital, text: Paris, optional: true }
  - name: not asked for
    tool: test_simple_text
    answers:
      - { elicitation: true, action: cancel, optional: true }
      - { elicitation: true }
  - name: asked once only
    tool: test_simple_text
`);
      assert.deepEqual(failuresOf(done), [
        '3 The server asked "Who are you?" (elicitation), and the file has no answer: write one under "answers".',
        '9 The server asked a model "And you?" (sampling), and no answer that is left fits: write one under "answers".',
        '15 The server did not ask this. Write "optional: true" here if it need not.',
      ]);
      const early = await run(`server: asks
setup:
  - { tool: test_elicitation, arguments: { message: Ready? } }
tests: [{ name: a, tool: test_simple_text }]
`);
      assert.match(failuresOf(early)[0] ?? '', /^3 The set-up failed: The server asked "Ready\?"/);
    });

    it('keep secrets out of what they say of a question', async () => {
      const done = await run(
        `server: asks
environment: [SECRET_WORD]
tests:
  - { name: a, tool: test_elicitation, arguments: { message: 'Is it \${env:SECRET_WORD}?' } }
`,
        { environment: { SECRET_WORD: 'xyzzy-plugh' } },
      );
      assert.match(failuresOf(done)[0] ?? '', /asked "Is it •••\?"/);
      assert.doesNotMatch(JSON.stringify(done), /xyzzy/);
    });

    it('answer the right file when several ask the same server at once', async () => {
      const file = (name: string) => ({
        path: `${name}.mcptest.yaml`,
        text: `server: asks
tests:
  - name: a
    tool: test_elicitation
    arguments: { message: 'I am ${name}' }
    answers: [{ elicitation: 'I am ${name}', content: { username: '${name}', email: a@example.com } }]
    expect: { contains: '${name}' }
  - { name: b, tool: test_slow, timeout: 50, expect: { error: { code: TOOL_003 } } }
`,
      });
      const done = await run('', { files: ['one', 'two', 'three', 'four'].map(file) });
      assert.deepEqual(failuresOf(done), []);
      assert.equal(done.counts.passed, 8);
    });
  });
}

describe('tests of a server with a client that offers nothing', () => {
  it('are not asked, and see what such clients see', async () => {
    await using daemon = await startInProcessDaemon();
    const configuration = { arguments: [program, 'sessions'] };
    await daemon.api.createServer({ body: { type: 'command', id: 'asks', command: process.execPath, configuration } });
    await daemon.api.startServer({ params: { id: 'asks' } });
    const text = `server: asks
offers: []
tests: [{ name: a, tool: test_elicitation, arguments: { message: Hi }, expect: { error: { code: -32601, message: does not offer } } }]
`;
    const { id } = await daemon.api.startTestRun({ body: { files: [{ path: 'a.mcptest.yaml', text }] } });
    const done = await until(async () => {
      const now = await daemon.api.getTestRun({ params: { id } });
      return now.endedAt === null ? undefined : now;
    });
    assert.deepEqual(
      done.results.flatMap(each => each.failures.map(({ message }) => message)),
      [],
    );
  });
});

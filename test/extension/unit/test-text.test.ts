import assert from 'node:assert/strict';
import { withTest } from '../../../extension/features/tests/insert-test.ts';
import { failureText, forOutput, traceText } from '../../../extension/features/tests/test-text.ts';

const range = { line: 1, column: 1, endLine: 1, endColumn: 1 };
const at = '2026-01-02T03:04:05.678Z';

describe('a test that is put into a file', () => {
  const test = '- name: new\n  tool: b\n';

  it('stands at the end of the list, as the others stand', () => {
    assert.equal(
      withTest('server: a\ntests:\n  - name: old\n    tool: b\n', test),
      'server: a\ntests:\n  - name: old\n    tool: b\n\n  - name: new\n    tool: b\n',
    );
    assert.equal(
      withTest('tests:\n- name: old\n  tool: b', test),
      'tests:\n- name: old\n  tool: b\n\n- name: new\n  tool: b\n',
    );
  });

  it('is put nowhere in a file of another form', () => {
    for (const text of [
      '',
      'server: a',
      'tests: []',
      'tests: [{ name: a, tool: b }]',
      'tests:\n  - name: a\n    tool: b\nserver: c\n',
      'tests:\n',
    ])
      assert.equal(withTest(text, test), undefined, text);
  });
});

describe('results as text', () => {
  it('obey no escape sequence of a server', () => {
    assert.equal(forOutput('a\u001b[31mb\nc'), 'ab\r\nc\r\n');
    assert.doesNotMatch(forOutput('\u001b]8;;http://x\u0007link\u001b[2J'), /(?![\r\n])\p{Cc}/u);
    const failure = {
      kind: 'assertion',
      assertion: 'equals',
      message: 'no\u202e',
      range,
      expected: null,
      actual: null,
      diff: null,
    } as const;
    assert.doesNotMatch(failureText(failure), /\u202e/);
  });

  it('tell messages in their order', () => {
    const text = traceText({
      ...{ file: 'a', caseId: 'x', label: 'x', serverId: 'a', range, outcome: 'passed', reason: null, startedAt: at },
      ...{ durationMs: 5, attempts: 1, flaky: false, snapshot: 'none', failures: [] },
      trace: [
        { at, kind: 'request', title: 'tools/call', durationMs: null, detail: { name: 'echo' } },
        { at, kind: 'result', title: 'tools/call', durationMs: 4.2, detail: 'cut' },
      ],
    });
    assert.equal(
      text,
      '# x: passed, 5 ms\n\n## 03:04:05.678 request tools/call\n\n    {\n      "name": "echo"\n    }\n\n## 03:04:05.678 result tools/call (4 ms)\n\n    cut',
    );
  });
});

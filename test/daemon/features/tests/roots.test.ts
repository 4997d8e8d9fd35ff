// Test files that say in which folders the client works, with real servers behind a real supervisor.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { findRootProblem } from '../../../../daemon/features/tests/roots.ts';
import { readTestFile } from '../../../../daemon/features/tests/test-file.ts';
import type { NewTestRun } from '../../../../shared/api/tests.ts';
import { testServerScript } from '../../../support/fake-engine.ts';
import { type InProcessDaemon, startInProcessDaemon } from '../../../support/in-process-daemon.ts';
import { failuresOf, runTestFile } from '../../../support/test-runs.ts';

const everything = join(import.meta.dirname, '..', '..', '..', 'support', 'everything-server', 'main.ts');
const problemsOf = (text: string): string[] =>
  readTestFile('a.mcptest.yaml', text).problems.map(({ message, range }) => `${range.line} ${message}`);
const withRoot = (root: string): string => `roots:\n  - ${root}\ntests: [{ name: a, tool: b }]\n`;

describe('roots in test files', () => {
  it('are file URIs, and what is wrong with others is said at their line, with what to write', () => {
    for (const good of [
      '{ uri: "file:///home/me" }',
      '{ uri: "file:///home/me%20too/", name: Mine }',
      '{ uri: "file:///C:/work" }',
      '{ uri: "file://server/share" }',
      '{ uri: "file:///\x24{uuid}" }',
      '{ uri: "\x24{uuid}" }',
    ])
      assert.deepEqual(problemsOf(withRoot(good)), [], good);
    for (const [bad, expected] of [
      ['{ uri: /home/me }', /^2 "\/home\/me" is a path\..* write file:\/\/\/home\/me\.$/],
      ['{ uri: "/home/my work" }', /write file:\/\/\/home\/my%20work\.$/],
      ["{ uri: 'C:\\work' }", /write file:\/\/\/C:\/work\.$/],
      ['{ uri: "https://example.com" }', /^2 .*it must begin with file:\/\//],
      ['{ uri: home }', /^2 .*it must begin with file:\/\//],
      ['{ uri: "file:///home/my work" }', /cannot hold: write file:\/\/\/home\/my%20work\.$/],
      ['{ uri: "file:///b\u00fccher" }', /write file:\/\/\/b%C3%BCcher\.$/],
      ['{ uri: "file:///a#b" }', /cut off at \? or #/],
      ['{ uri: "file:///100%" }', /write %25/],
      ['{ uri: "file://a b/c" }', /no address that can be read/],
      ['{ uri: "" }', /^2 "uri": /],
      ['{ name: home }', /^2 "uri" is missing/],
      ['{ uri: "file:///a", path: b }', /^2 "path" is not known here/],
      ['{ uri: "file:///\x24{nobody}" }', /^2 Nothing is called "nobody"/],
      ['file:///a', /this must be a map, and it is a text/],
    ] as const)
      assert.match(problemsOf(withRoot(bad))[0] ?? 'nothing', expected, bad);
    assert.match(
      problemsOf('tests:\n  - name: a\n    tool: b\n    roots: [{ uri: c }]\n')[0] ?? '',
      /^4 "c" is no root/,
    );
    assert.match(problemsOf(`offers: [sampling]\n${withRoot('{ uri: "file:///a" }')}`)[0] ?? '', /^1 .*add "roots"/);
  });

  it('are not looked for among the answers', () => {
    const text = 'tests:\n  - name: a\n    tool: b\n    answers:\n      - roots: [{ uri: "file:///a" }]\n';
    assert.deepEqual(problemsOf(text)[0], '5 Roots are no answer: write "roots:" beside "answers:".');
  });

  it('that are wrong in any way are told what to write, and that is right', () => {
    const begins = fc.constantFrom('/', 'file:///', 'C:\\');
    const pieces = fc.string({
      unit: fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), fc.constantFrom(...'|^#?%\\ /\ud800')),
      maxLength: 12,
    });
    fc.assert(
      fc.property(begins, pieces, (begin, rest) => {
        const [, written] = /: write (file:.*)\.$/s.exec(findRootProblem(begin + rest) ?? '') ?? [];
        if (written !== undefined) assert.equal(findRootProblem(written), undefined, begin + rest);
      }),
      {
        examples: [
          ['file:///', 'a|b'],
          ['file:///', 'a#'],
          ['file:///', 'a?'],
          ['/', '\ud800'],
          ['file:///', '%zz \u00e9'],
        ],
      },
    );
  });

  it('that are made of any path are none that is wrong', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { maxLength: 5 }), parts => {
        assert.equal(findRootProblem(`file:///${parts.map(encodeURIComponent).join('/')}`), undefined);
      }),
    );
  });
});

describe('a test of a server that asks for roots', () => {
  let daemon: InProcessDaemon;
  const run = (text: string, options: Partial<NewTestRun> = {}) => runTestFile(daemon.api, text, options);
  const install = async (id: string, program: string[], session: 'shared' | 'per-client' = 'shared') => {
    const configuration = { arguments: program, session };
    await daemon.api.createServer({ body: { type: 'command', id, command: process.execPath, configuration } });
    await daemon.api.startServer({ params: { id } });
  };

  before(async () => {
    daemon = await startInProcessDaemon();
    await install('with-sessions', [everything, 'sessions']);
    await install('without', [everything]);
    await install('remembers', [testServerScript('remembers-folders')]);
    await install('remembers-each', [testServerScript('remembers-folders')], 'per-client');
  });
  after(() => daemon[Symbol.asyncDispose]());

  it('tells those of the file, or of the test, with and without a session, and shows it in the trace', async () => {
    const done = await run(
      `servers: [with-sessions, without]
variables: { home: /home/ada }
roots:
  - { uri: 'file://\${home}/work', name: 'Work of \${home}' }
tests:
  - name: those of the file
    tool: test_list_roots
    expect: { contains: ['"uri":"file:///home/ada/work"', '"name":"Work of /home/ada"'] }
  - name: those of the test
    tool: test_list_roots
    roots: [{ uri: 'file:///tmp' }, { uri: 'file:///var' }]
    expect: { contains: ['[{"uri":"file:///tmp"},{"uri":"file:///var"}]'] }
  - name: none
    tool: test_list_roots
    roots: []
    expect: { contains: '[]' }
`,
      { trace: true },
    );
    assert.deepEqual([failuresOf(done), done.counts.passed], [[], 6]);
    for (const { trace } of done.results) {
      const kinds = trace.map(each => `${each.kind} ${each.title}`);
      assert.deepEqual(kinds, ['request tools/call', 'question roots/list', 'answer roots/list', 'result tools/call']);
    }
    const told = done.results[0]?.trace.find(({ kind }) => kind === 'answer')?.detail;
    assert.deepEqual(told, { roots: [{ uri: 'file:///home/ada/work', name: 'Work of /home/ada' }] });
  });

  it('is told anew when they change, also by a server that asks once and remembers', async () => {
    const done = await run(`servers: [remembers, remembers-each]
roots: [{ uri: 'file:///one' }]
tests:
  - { name: a, tool: folders, expect: { equals: '[{"uri":"file:///one"}]' } }
  - { name: b, tool: folders, roots: [{ uri: 'file:///two' }], expect: { equals: '[{"uri":"file:///two"}]' } }
  - { name: c, tool: folders, expect: { equals: '[{"uri":"file:///one"}]' } }
`);
    assert.deepEqual([failuresOf(done), done.counts.passed], [[], 6]);
  });

  it('fails at the root that its variables make wrong, and is not called', async () => {
    const done = await run(
      `server: with-sessions
environment: [FOLDER]
tests:
  - name: a
    tool: test_list_roots
    roots:
      - { uri: 'file:///fine' }
      - { uri: '\${env:FOLDER}' }
  - name: offers none
    tool: test_list_roots
    roots: []
`,
      { environment: { FOLDER: 'not-a-root' } },
    );
    assert.equal(failuresOf(done).length, 1);
    assert.match(failuresOf(done)[0] ?? '', /^8 "•••" is no root: it must begin with file:\/\//);
  });

  it('is asked for none where the file has none', async () => {
    const text = `server: with-sessions
tests: [{ name: a, tool: test_list_roots, expect: { error: { code: -32601, message: does not offer } } }]
`;
    assert.deepEqual(failuresOf(await run(text)), []);
    const offered = text
      .replace('tests:', 'offers: [roots]\ntests:')
      .replace(/expect.*}/, "expect: { contains: '[]' } }");
    assert.deepEqual(failuresOf(await run(offered)), []);
  });
});

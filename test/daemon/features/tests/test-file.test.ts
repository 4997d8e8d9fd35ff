import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Validator } from '@cfworker/json-schema';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readTestFile } from '../../../../daemon/features/tests/test-file.ts';
import { testFileLimits, testFileSchema } from '../../../../shared/domain/mcptest.ts';

const read = (text: string, server?: string) => readTestFile('a.mcptest.yaml', text, server);
const problemsOf = (text: string) =>
  read(text).problems.map(({ message, range }) => `${range.line}:${range.column} ${message}`);

/** Thirty levels of two references each: a billion steps, whatever the value is. */
const schemaBomb = JSON.stringify({
  $ref: '#/$defs/a0',
  $defs: Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => {
      const next = at === 29 ? {} : { $ref: `#/$defs/a${at + 1}` };
      return [`a${at}`, { allOf: [next, next] }];
    }),
  ),
});

const good = `server: echo
environment: [GREETING]
variables:
  who: world
setup:
  - tool: started
    save: { first: '$.content[0].text' }
tests:
  - name: says it again
    tool: echo
    arguments: { message: 'Hello \${who} \${env:GREETING}' }
    save: { said: '$.content[0].text' }
    expect:
      contains: [Hello, '\${who}']
      matches: '^Echo: '
      jsonpath:
        - { path: '$.content[0].type', equals: text }
      schema: { type: string }
      latency: 5000
      snapshot: true
  - name: adds \${a}
    tool: add
    arguments: { a: '\${a}', b: 1 }
    each:
      - { a: 1, sum: 2 }
      - { a: 2, sum: 3 }
    tags: [fast]
    expect: { structuredContent: { sum: '\${sum}' } }
  - name: reads
    resource: test://one
    skip: not yet
`;

describe('test files', () => {
  it('become cases with their places', () => {
    const { problems, tests, cases } = read(good);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      cases.map(each => [each.id, each.label, each.serverId, each.range.line]),
      [
        ['says it again', 'says it again', 'echo', 9],
        ['adds \x24{a} [1]', 'adds 1', 'echo', 25],
        ['adds \x24{a} [2]', 'adds 2', 'echo', 26],
        ['reads', 'reads', 'echo', 29],
      ],
    );
    assert.deepEqual(
      tests.map(test => [test.range.line, test.tags, test.skipped]),
      [
        [9, [], false],
        [21, ['fast'], false],
        [29, [], true],
      ],
    );
  });

  it('make a case for each server, and for the one that is asked for alone', () => {
    const text = 'servers: [one, two]\ntests:\n  - { name: a, tool: b }\n';
    assert.deepEqual(
      read(text).cases.map(({ id }) => id),
      ['a @one', 'a @two'],
    );
    assert.deepEqual(
      read(text, 'three').cases.map(({ id, serverId }) => [id, serverId]),
      [['a', 'three']],
    );
    assert.deepEqual(read('tests: [{ name: a, tool: b }]').cases[0]?.serverId, null);
  });

  it('say what is wrong with its line and column', () => {
    const wrong: [string, RegExp][] = [
      ['', /^1:1 .*/],
      ['tests: [', /^1:\d+ This is no YAML/],
      ['', /A test file is a map with "tests:" in it/],
      ['- a\n- b', /A test file is a map with "tests:" in it/],
      ['tests: [{ name: a, tool: b }]\n---\ntests: []', /^2:1 A second document begins here/],
      [
        'tests:\n  - { name: a, tool: b, arguments: { x: \x24{y} } }',
        /^2:\d+ This is no YAML: .*brackets in it needs quotes/,
      ],
      ['tests:\n  - { name: a, tool: b, save: { x: $.content[0].text } }', /^2:\d+ .*brackets in it needs quotes/],
      ['tests:\n\t- { name: a, tool: b }', /^2:1 .*indented by spaces/],
      ['b: &b { tool: echo }\ntests:\n  - <<: *b\n    name: a', /^1:1 "b" is not known here/],
      ['tests:\n  - <<: { tool: echo }\n    name: a', /^2:5 YAML 1\.2 has no merge keys/],
      ['tests: { name: a }', /^1:1 "tests": this must be a list, and it is a map\.$/],
      [
        'tests: [{ name: a, tool: b, expect: { isError: yes } }]',
        /"isError": this must be true or false, and it is a text\.$/,
      ],
      [
        'tests: [{ name: a, tool: b, expect: { contains: 5 } }]',
        /"contains": this must be a text or a list, and it is a number\.$/,
      ],
      ['tests:\n  - name: a: b\n    tool: c', /^2:\d+ .*": " in it needs quotes/],
      ['tests:\n  - name: a\n    tool: b\n   expect: 1', /^4:1 .*how far this line is indented/],
      ['tests:\n  - { name: a }', /^2:5 Say what is called: one of/],
      [
        'tests:\n  - { name: a, tool: b, save: { x: $.y }, expect: { equals: "\x24{x}" } }',
        /^2:\d+ "x" has no value here yet: it is saved by this call, or by a later one\.$/,
      ],
      [
        'variables: { one: 1 }\ntests: [{ name: a, tool: "\x24{on}" }]',
        /^2:\d+ Nothing is called "on" here\. What is: uuid, now, one\./,
      ],
      ['server: UPPER\ntests: [{ name: a, tool: b }]', /^1:1 "server": A name has/],
      ['tests:\n  - name: a\n', /^2:5 Say what is called|^2:5 .*Say what is called/],
      ['tests:\n  - { name: a, tool: b, expcet: {} }', /^2:25 "expcet" is not known here\.$/],
      [
        'tests:\n  - { name: a, tool: b }\n  - { name: a, tool: c }',
        /^3:7 Another test of this file has the same name/,
      ],
      [
        'tests:\n  - name: a\n    tool: b\n    expect:\n      matches: "(a+)\\\\1"',
        /^5:7 A reference to what an earlier group/,
      ],
      ['tests:\n  - name: a\n    tool: b\n    expect: { jsonpath: { path: "$[" } }', /^4:\d+ This is no JSONPath/],
      [
        'tests:\n  - name: a\n    tool: b\n    expect: { jsonpath: { path: "$..a..b" } }',
        /^4:\d+ A path can go through all levels/,
      ],
      [
        `tests:\n  - name: a\n    tool: b\n    expect: { jsonpath: { path: "$${'[*,*,*,*]'.repeat(30)}.x" } }`,
        /^4:\d+ A path cannot go so many ways at once/,
      ],
      ['tests:\n  - name: a\n    tool: "\x24{nobody}"', /^3:5 Nothing is called "nobody" here/],
      [
        'tests:\n  - name: a\n    tool: b\n    arguments: { x: "\x24{env:HOME}" }',
        /^4:5 HOME is not listed under "environment:"/,
      ],
      [
        'tests:\n  - name: a\n    tool: b\n    expect: { schema: { type: string, pattern: "^(a+)+$" } }',
        /^4:\d+ "pattern" in a schema is not checked here/,
      ],
      [
        `tests:\n  - name: a\n    tool: b\n    expect: { schema: ${schemaBomb} }`,
        /^4:\d+ The schema cannot be used: The schema is too costly/,
      ],
      [
        'tests:\n  - name: a\n    tool: b\n    expect: { error: { code: -32602 }, contains: x }',
        /^4:\d+ A call that fails has no result/,
      ],
      ['server: a\nservers: [b]\ntests: [{ name: a, tool: b }]', /^1:1 .*either server or servers/],
      ['tests: [{ name: a, tool: b, timeout: 0 }]', /^1:29 "timeout"/],
      ['a: &a [*a]\ntests: [{ name: a, tool: b }]', /^1:\d+ (?:This contains itself|Nothing is called "&a")/],
      ['tests:\n  - { name: a, tool: b, tool: c }', /^2:25 "tool" is here twice/],
      ['tests: [{ name: a, tool: b }]\nvariables: { uuid: 1 }', /^2:\d+ .*This name is taken/],
    ];
    // One mistake is told once, and not again by all that follows.
    assert.equal(problemsOf(`tests: [\x24{a}\n${'- b: c\n'.repeat(20)}`).length, 1);
    for (const [text, expected] of wrong) {
      const [first = 'nothing'] = problemsOf(text);
      assert.match(first, expected, `${first}\n${text}`);
      assert.equal(read(text).file, undefined, text);
    }
  });

  it('are refused where they would be too much', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d]\ntests: [{ name: a, tool: b }]`;
    assert.match(problemsOf(bomb)[0] ?? '', /too many aliases|too much/);
    assert.match(problemsOf(`tests: ${'['.repeat(5_000)}${']'.repeat(5_000)}`)[0] ?? '', /nested too deeply/);
    assert.match(problemsOf(`tests: ${'['.repeat(60)}${']'.repeat(60)}`)[0] ?? '', /nested too deeply/);
    assert.match(problemsOf(`# ${'x'.repeat(testFileLimits.bytes)}`)[0] ?? '', /larger than 256 KiB/);
    const many = Array.from({ length: 30_000 }, (_, index) => `k${index}:`).join('\n');
    assert.match(problemsOf(`variables:\n${many}`)[0] ?? '', /./);
    const cases = stringify({
      servers: Array.from({ length: 10 }, (_, n) => `s${n}`),
      tests: Array.from({ length: 300 }, (_, n) => ({ name: `t${n}`, tool: 'a' })),
    });
    assert.match(problemsOf(cases)[0] ?? '', /3000 cases, and 2000 are the most/);
  });

  it('never throw, and every place is within the file', () => {
    const pieces = fc.constantFrom(
      'tests:',
      'server:',
      '- ',
      '\n',
      '  ',
      'name: a',
      'tool: b',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      ': ',
      '"',
      '\x24{x}',
      'expect:',
      'matches: "("',
      '!!js/function x',
      '? ',
      '|',
      '\t',
      '%YAML',
      '---',
      'é',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: pieces, maxLength: 40 }), fc.string({ maxLength: 60 })), text => {
        const lines = text.split(/\r?\n|\r/);
        const { problems, tests, cases } = read(text);
        for (const { range } of [...problems, ...tests, ...cases]) {
          assert.ok(range.line >= 1 && range.line <= lines.length, JSON.stringify({ text, range }));
          assert.ok(
            range.column >= 1 && range.column <= (lines[range.line - 1] ?? '').length + 2,
            JSON.stringify({ text, range }),
          );
          assert.ok(range.endLine > range.line || range.endColumn >= range.column, JSON.stringify({ text, range }));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('have a JSON Schema that is the one that editors get, and that takes what we take', async () => {
    const file = join(import.meta.dirname, '..', '..', '..', '..', 'extension', 'schemas', 'mcptest.schema.json');
    assert.deepEqual(JSON.parse(await readFile(file, 'utf8')), JSON.parse(JSON.stringify(testFileSchema())));
    const validator = new Validator(testFileSchema(), '2020-12');
    assert.ok(validator.validate({ server: 'a', tests: [{ name: 'a', tool: 'b', expect: { equals: 1 } }] }).valid);
    const answering = (answer: object) => ({ server: 'a', tests: [{ name: 'a', tool: 'b', answers: [answer] }] });
    assert.ok(validator.validate(answering({ elicitation: true, content: { name: 'Ada' } })).valid);
    assert.ok(!validator.validate(answering({ text: 'Paris' })).valid);
    const rooted = (uri: string) => ({ roots: [{ uri, name: 'Work' }], tests: [{ name: 'a', tool: 'b', roots: [] }] });
    assert.deepEqual(
      ['file:///home', '\x24{home}', '/home'].map(uri => validator.validate(rooted(uri)).valid),
      [true, true, false],
    );
    assert.ok(!validator.validate({ server: 'a', tests: [{ name: 'a' }] }).valid);
    assert.ok(!validator.validate({ server: 'a', tests: [{ name: 'a', tool: 'b', expcet: {} }] }).valid);
  });
});

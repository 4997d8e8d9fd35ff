// A run as JUnit XML, in the shape that Jenkins' schema (junit-10.xsd) allows and that every CI reads.
import type { TestCaseResult, TestRun } from '../../../shared/api/tests.ts';

/** Control characters and lone surrogates: XML 1.0 has no way to write most of them (section 2.2). */
const impossible = /(?![\t\n\r])[\p{Cc}\p{Cs}\u{fffe}\u{ffff}]/gu;

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** For an attribute's value or the text of an element. */
export const escapeXml = (text: string, isAttribute = true): string =>
  text
    .replace(impossible, '\ufffd')
    .replace(isAttribute ? /[&<>"\n\r\t]/g : /[&<>\r]/g, character => escapes[character] ?? character);

const seconds = (milliseconds: number): string => (milliseconds / 1_000).toFixed(3);
const attributes = (values: Record<string, string | number>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

export function toJUnit(run: TestRun): string {
  const suites = run.files.map(file => suiteOf(run, file));
  const total = (key: 'tests' | 'failures' | 'errors') => suites.reduce((sum, suite) => sum + suite[key], 0);
  const root = {
    name: 'quayside',
    tests: total('tests'),
    failures: total('failures'),
    errors: total('errors'),
    time: seconds(run.durationMs),
  };
  const lines = [`<testsuites${attributes(root)}>`, ...suites.flatMap(suite => suite.lines), '</testsuites>'];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${lines.join('\n')}\n`;
}

function suiteOf(run: TestRun, file: string) {
  const results = run.results.filter(result => result.file === file);
  const told = run.problems.find(each => each.file === file)?.problems ?? [];
  const problems = told.length === 0 && results.length === 0 && run.state === 'cancelled' ? notBegun(run) : told;
  const isError = (result: TestCaseResult) =>
    result.outcome === 'cancelled' ||
    (result.outcome === 'failed' && result.failures.every(({ kind }) => kind === 'error'));
  const errors = results.filter(isError).length + (problems.length > 0 ? 1 : 0);
  const failures = results.filter(result => result.outcome === 'failed' && !isError(result)).length;
  const tests = results.length + (problems.length > 0 ? 1 : 0);
  const values = {
    ...{ name: file, tests, failures, errors },
    skipped: results.filter(result => result.outcome === 'skipped').length,
    time: seconds(results.reduce((sum, result) => sum + result.durationMs, 0)),
    // The schema wants it without a zone.
    timestamp: run.startedAt.replace(/\.\d+Z$/, ''),
  };
  const lines = [
    `  <testsuite${attributes(values)}>`,
    ...(problems.length > 0 ? problemLines(file, problems) : []),
    ...results.flatMap(result => caseLines(result, isError(result), run.reason)),
    '  </testsuite>',
  ];
  return { tests, failures, errors, lines };
}

/** In place of the results of a file that was not come to: without it the file would look as if it had no tests. */
const notBegun = ({ reason }: TestRun): TestRun['problems'][number]['problems'] => {
  const message = reason === null ? 'It was not run.' : `It was not run. The run ended early: ${reason}`;
  return [{ message, range: { line: 1, column: 1, endLine: 1, endColumn: 1 } }];
};

function problemLines(file: string, problems: TestRun['problems'][number]['problems']): string[] {
  const text = problems.map(({ message, range }) => `${file}:${range.line}:${range.column} ${message}`).join('\n');
  const name = attributes({ name: 'the file is in order', classname: classOf(file, null), time: '0.000' });
  const message = attributes({ message: problems[0]?.message ?? '', type: 'file' });
  return [`    <testcase${name}>`, `      <error${message}>${escapeXml(text, false)}</error>`, '    </testcase>'];
}

const classOf = (file: string, serverId: string | null): string =>
  `${file.replace(/\.mcptest\.yaml$/, '').replaceAll('/', '.')}${serverId === null ? '' : `.${serverId}`}`;

function caseLines(result: TestCaseResult, isError: boolean, reason: string | null): string[] {
  const { file, label, serverId, durationMs, outcome } = result;
  const values = attributes({ name: label, classname: classOf(file, serverId), time: seconds(durationMs) });
  if (outcome === 'passed') return [`    <testcase${values}/>`];
  const inner =
    outcome === 'skipped'
      ? [`<skipped${attributes({ message: result.reason ?? '' })}/>`]
      : [failureLine(result, isError ? 'error' : 'failure', reason)];
  return [`    <testcase${values}>`, ...inner.map(line => `      ${line}`), '    </testcase>'];
}

function failureLine({ file, failures }: TestCaseResult, element: string, reason: string | null): string {
  const [first] = failures;
  const message = first?.message ?? (reason === null ? 'It did not run.' : `The run ended early: ${reason}`);
  const text = failures
    .map(({ message: each, range, diff }) => `${file}:${range.line}:${range.column} ${each}${diff ? `\n${diff}` : ''}`)
    .join('\n\n');
  return `<${element}${attributes({ message, type: first?.assertion ?? 'error' })}>${escapeXml(text || message, false)}</${element}>`;
}

// A run for a person at a terminal: each test on a line, and under one that failed why and where.
import type { TestCaseResult, TestFailure, TestRun } from '../../../shared/api/tests.ts';
import { count, describeDuration } from '../terminal/describe.ts';
import { safeLine, safeText } from '../terminal/safe-text.ts';
import type { Style } from '../terminal/style.ts';

export const reporters = ['spec', 'dot', 'failures'] as const;
export type Reporter = (typeof reporters)[number];

const marks = { passed: '✓', failed: '✗', skipped: '-', cancelled: '!', waiting: ' ', running: ' ' } as const;
const dots = { passed: '.', failed: 'F', skipped: 's', cancelled: '!', waiting: ' ', running: ' ' } as const;

export function runText(run: TestRun, reporter: Reporter, style: Style): string {
  const files = run.files.map(file => fileText(run, file, reporter, style)).filter(text => text !== '');
  const row = reporter === 'dot' ? [run.results.map(({ outcome }) => dots[outcome]).join('')] : [];
  return [...row, ...files, summary(run, style)].join('\n\n');
}

function fileText(run: TestRun, file: string, reporter: Reporter, style: Style): string {
  const problems = run.problems.find(each => each.file === file)?.problems ?? [];
  const results = run.results.filter(result => result.file === file);
  const shown = reporter === 'spec' ? results : results.filter(({ outcome }) => outcome === 'failed');
  if (problems.length === 0 && shown.length === 0) return '';
  return [
    style('bold', safeLine(file)),
    ...problems.map(({ message, range }) => `  ${style('red', '✗')} ${place(file, range)} ${safeLine(message)}`),
    ...shown.flatMap(result => resultLines(result, style)),
  ].join('\n');
}

const place = (file: string, { line, column }: { line: number; column: number }): string =>
  `${safeLine(file)}:${line}:${column}`;

function resultLines(result: TestCaseResult, style: Style): string[] {
  const { outcome, label, durationMs, reason, attempts, snapshot, flaky } = result;
  const colour = outcome === 'passed' ? 'green' : outcome === 'failed' ? 'red' : 'yellow';
  const notes = [
    ...(outcome === 'passed' || outcome === 'failed' ? [describeDuration(durationMs)] : [outcome]),
    ...(reason === null ? [] : [safeLine(reason)]),
    ...(flaky ? [`only at attempt ${attempts}`] : []),
    ...(snapshot === 'new' ? ['new snapshot'] : snapshot === 'updated' ? ['snapshot updated'] : []),
  ];
  const head = `  ${style(colour, marks[outcome])} ${safeLine(label)} ${style('dim', `(${notes.join(', ')})`)}`;
  return [head, ...result.failures.flatMap(failure => failureLines(result.file, failure, style))];
}

const indented = (text: string, by: string): string[] =>
  safeText(text)
    .split('\n')
    .map(line => `${by}${line}`.trimEnd());

function failureLines(
  file: string,
  { message, range, expected, actual, diff, assertion }: TestFailure,
  style: Style,
): string[] {
  const head = `      ${style('dim', place(file, range))} ${assertion === null ? '' : `${assertion}: `}${safeLine(message)}`;
  if (diff !== null) return [head, ...diffLines(diff, style)];
  const values = [
    ...(expected === null ? [] : [['expected', expected] as const]),
    ...(actual === null ? [] : [['actual', actual] as const]),
  ];
  return [
    head,
    ...values.flatMap(([name, text]) => [`        ${style('dim', `${name}:`)}`, ...indented(text, '          ')]),
  ];
}

const diffLines = (diff: string, style: Style): string[] =>
  indented(diff.trimEnd(), '        ').map(line => {
    const sign = line.trimStart()[0];
    return sign === '-' ? style('red', line) : sign === '+' ? style('green', line) : line;
  });

function summary({ counts, durationMs, problems, reason }: TestRun, style: Style): string {
  const parts = [
    ...(counts.failed > 0 ? [style('red', `${counts.failed} failed`)] : []),
    ...(counts.passed > 0 ? [style('green', `${counts.passed} passed`)] : []),
    ...(counts.skipped > 0 ? [style('yellow', `${counts.skipped} skipped`)] : []),
    ...(counts.cancelled > 0 ? [style('yellow', `${counts.cancelled} cancelled`)] : []),
  ];
  const broken = problems.length > 0 ? ` ${count(problems.length, 'file')} with problems.` : '';
  const what = parts.length > 0 ? parts.join(', ') : 'nothing was run';
  return `Tests: ${what}.${broken}${reason === null ? '' : ` The run ended early: ${safeLine(reason)}`} ${style('dim', `Time: ${describeDuration(durationMs)}`)}`;
}

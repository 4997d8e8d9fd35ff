// Results as text, for the output of the Test Explorer and the document of a trace. Free of the editor, to be tested by itself.
import type { TestCaseResult, TestFailure, TraceEntry } from '../../../shared/api/tests.ts';
import { toOneLine, toPlainText } from '../../platform/plain-text.ts';

/** The lines of a terminal end with both. */
export const forOutput = (text: string): string => `${toPlainText(text).replace(/\n/g, '\r\n')}\r\n`;

export const failureText = ({ assertion, message }: TestFailure): string =>
  toPlainText(assertion === null ? message : `${assertion}: ${message}`);

const time = (at: string): string => at.slice(11, 23);

export const traceLine = ({ at, kind, title, durationMs }: TraceEntry): string =>
  `${time(at)} ${kind} ${toOneLine(title)}${durationMs === null ? '' : ` (${Math.round(durationMs)} ms)`}`;

/** What a test said and was told, one message after the other. */
export function traceText(result: TestCaseResult): string {
  const head = `# ${toOneLine(result.label)}: ${result.outcome}, ${Math.round(result.durationMs)} ms`;
  const messages = result.trace.map(entry => `## ${traceLine(entry)}\n\n${detailText(entry.detail)}`);
  return [head, ...result.failures.map(failure => `> ${toOneLine(failureText(failure), 2_000)}`), ...messages].join(
    '\n\n',
  );
}

const detailText = (detail: unknown): string =>
  toPlainText(typeof detail === 'string' ? detail : JSON.stringify(detail, null, 2))
    .split('\n')
    .map(line => `    ${line}`)
    .join('\n');

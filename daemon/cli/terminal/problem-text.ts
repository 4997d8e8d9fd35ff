import type { Problem } from '../../../shared/api/problem.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';

/** A problem for a terminal: title, detail, fields, next step, and the code to look it up by. */
export function problemText({ title, detail, errors = [], next, code }: Problem, style: Style): string {
  return [
    style('red', `${safeLine(title)}.`),
    ...(detail ? [safeLine(detail)] : []),
    ...errors.map(({ path, message }) => `  ${path === '' ? '' : `${safeLine(path)}: `}${safeLine(message)}`),
    ...(next ? [`Next: ${safeLine(next)}`] : []),
    style('dim', `Code: ${code}`),
  ].join('\n');
}

// Where results, notices and problems go: results to stdout, all else to stderr.
import type { Writable } from 'node:stream';
import type { Problem } from '../../../shared/api/problem.ts';
import { problemText } from './problem-text.ts';
import { safeJson, safeLine } from './safe-text.ts';
import { createStyle, type Style } from './style.ts';
import type { TableLook } from './table.ts';

export interface TerminalStream extends Writable {
  isTTY?: boolean;
  columns?: number;
}

export interface Output {
  readonly json: boolean;
  readonly style: Style;
  readonly look: TableLook;
  /** True if a person watches the error stream: progress may overwrite its line there. */
  readonly interactive: boolean;
  document(value: unknown): void;
  /** One line of a stream of documents. */
  line(value: unknown): void;
  text(text: string): void;
  /** A line as it is, for a program that reads; resolves when there is room for more. */
  raw(line: string): Promise<void>;
  /** Something worth knowing beside the result. */
  notice(text: string): void;
  problem(problem: Problem): void;
  /** Overwrites the one progress line; an empty text removes it. */
  progress(text: string): void;
}

const eraseLine = '\r\u001b[2K';

export function createOutput(
  stdout: TerminalStream,
  stderr: TerminalStream,
  environment: NodeJS.ProcessEnv,
  json: boolean,
): Output {
  const style = createStyle(stdout, environment);
  const errorStyle = createStyle(stderr, environment);
  const interactive = stderr.isTTY === true && !json;
  const say = (text: string) => stderr.write(`${interactive ? eraseLine : ''}${text}\n`);
  return {
    json,
    style,
    interactive,
    look: { style, width: stdout.isTTY ? stdout.columns || 80 : undefined },
    document: value => stdout.write(`${safeJson(value, 2)}\n`),
    line: value => stdout.write(`${safeJson(value)}\n`),
    raw: line =>
      new Promise(resolve => {
        if (stdout.write(`${line}\n`) || stdout.destroyed) return resolve();
        for (const event of ['drain', 'close']) stdout.once(event, resolve);
      }),
    text: text => stdout.write(text === '' ? '' : `${text}\n`),
    notice: text => say(json ? safeJson({ notice: text }) : safeLine(text)),
    problem: problem => say(json ? safeJson({ problem }) : problemText(problem, errorStyle)),
    progress: text => {
      if (interactive) stderr.write(`${eraseLine}${text}`);
    },
  };
}

// Reads what `docker mcp` answers on standard output.
import type * as z from 'zod';
import { AnswerError } from '../../cli-error.ts';
import type { CliOutput } from '../../run.ts';

/** How every help text begins. An unknown command prints it and ends with 0 (CONTRACT section 2). */
export const helpStart = "Docker MCP Toolkit's CLI";

export const isHelp = (stdout: string): boolean => stdout.trimStart().startsWith(helpStart);

/**
 * For commands that answer with JSON. Errors: AnswerError "unreadable" with the place that does not fit,
 * "unsupported-command" for a help text.
 */
export const json = <T extends z.ZodType>(schema: T) => ({
  format: 'json' as const,
  parse: ({ stdout, json: value = () => JSON.parse(stdout) }: CliOutput): z.infer<T> => check(schema, stdout, value),
});

/** The same for a text that came in a file. */
export const parseDocumentText = <T extends z.ZodType>(schema: T, text: string): z.infer<T> =>
  check(schema, text, () => JSON.parse(text));

function check<T extends z.ZodType>(schema: T, text: string, value: () => unknown): z.infer<T> {
  const checked = schema.safeParse(orUnreadable(text, value));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue?.path.map(String).join('.').slice(0, 100);
  throw new AnswerError({
    failure: 'unreadable',
    subject: `the answer has another form than expected${place ? ` at "${place}"` : ''}`,
  });
}

function orUnreadable(text: string, value: () => unknown): unknown {
  if (isHelp(text)) throw new AnswerError({ failure: 'unsupported-command' });
  try {
    return value();
  } catch {
    const what = text.trim() === '' ? 'the answer was empty' : 'the answer is no complete JSON';
    throw new AnswerError({ failure: 'unreadable', subject: what });
  }
}

/** For commands whose text says nothing that is needed. */
export const nothing = (_output: CliOutput): void => {};

/** One group of a pattern in the text. */
export const found =
  (pattern: RegExp) =>
  ({ stdout }: CliOutput): string => {
    const value = pattern.exec(stdout)?.[1];
    if (value !== undefined) return value;
    throw new AnswerError({ failure: 'unreadable', subject: 'the answer does not say what was done' });
  };

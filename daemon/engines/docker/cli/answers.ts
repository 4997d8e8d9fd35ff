// Reads what `docker mcp` answers on standard output.
import type * as z from 'zod';
import { AnswerError } from '../../cli-error.ts';
import type { CliOutput } from '../../run.ts';

/** How every help text begins. An unknown command prints it and ends with 0 (CONTRACT section 2). */
export const helpStart = "Docker MCP Toolkit's CLI";

export const isHelp = (stdout: string): boolean => stdout.trimStart().startsWith(helpStart);

/** Errors: AnswerError "unreadable" with the place that does not fit, "unsupported-command" for a help text. */
export const json =
  <T extends z.ZodType>(schema: T) =>
  ({ stdout }: CliOutput): z.infer<T> =>
    parseDocumentText(schema, stdout);

/** The same for a text that came in a file. */
export function parseDocumentText<T extends z.ZodType>(schema: T, text: string): z.infer<T> {
  const checked = schema.safeParse(parseJson(text));
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue?.path.map(String).join('.').slice(0, 100);
  throw new AnswerError({
    failure: 'unreadable',
    subject: `the answer has another form than expected${place ? ` at "${place}"` : ''}`,
  });
}

function parseJson(text: string): unknown {
  if (isHelp(text)) throw new AnswerError({ failure: 'unsupported-command' });
  try {
    return JSON.parse(text);
  } catch {
    const size = text.length === 0 ? 'nothing' : `${text.length} characters that are no JSON`;
    throw new AnswerError({ failure: 'unreadable', subject: `the answer was ${size}` });
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

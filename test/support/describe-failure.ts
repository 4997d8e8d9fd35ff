// What a run says of a failed test at its very end, where it is read even if only the end of the output was kept.
interface FailedTest {
  fullTitle(): string;
  file?: string | undefined;
}

const mostCharacters = 1500;

/** One text of at most 1,500 characters: the full title, the message, and the lines of the stack that are the project's own. */
export function describeFailure(test: FailedTest, error: unknown): string {
  const { message = String(error), stack = '' } = error instanceof Error ? error : {};
  const own = stack.split('\n').filter(line => /^\s+at /.test(line) && !/node:|node_modules/.test(line));
  return [test.fullTitle(), message, ...own.slice(0, 4)].join('\n').slice(0, mostCharacters);
}

// Puts a test into a file that somebody wrote, without touching anything else in it.

/** The list of tests with one more at its end, if it is the last thing of the file and written line by line. */
export function withTest(text: string, test: string): string | undefined {
  const lines = text.trimEnd().split('\n');
  const start = lines.findIndex(line => /^tests:\s*(?:#.*)?$/.test(line));
  if (start < 0 || lines.slice(start + 1).some(line => /^[^\s#-]/.test(line))) return undefined;
  const indent = /^(\s*)- /.exec(lines.slice(start + 1).find(line => /^\s*- /.test(line)) ?? '')?.[1];
  if (indent === undefined) return undefined;
  const added = test
    .trimEnd()
    .split('\n')
    .map(line => (line === '' ? '' : `${indent}${line}`));
  return `${[...lines, '', ...added].join('\n')}\n`;
}

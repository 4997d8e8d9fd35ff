/**
 * Splits a line into words as a shell does with quotes and backslashes, and nothing more: no variables, no globs.
 * On Windows paths a backslash before an ordinary character stays.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]+|"(?:\\["\\]|[^"])*"|'[^']*'|\\["'\\\s]|\\|["'])+/g;
  for (const [word] of line.matchAll(pattern)) {
    words.push(
      word.replace(/"((?:\\["\\]|[^"])*)"|'([^']*)'|\\(["'\\\s])/g, (_, double, single, escaped) =>
        double !== undefined ? double.replace(/\\(["\\])/g, '$1') : (single ?? escaped),
      ),
    );
  }
  return words;
}

// The tests of files as the Test Explorer shows them: a file, its tests, and the rows or servers of a test that has several.
import { Range, type TestController, type TestItem, TestTag, type Uri } from 'vscode';
import type { ParsedTestFile, TestInFile } from '../../../shared/api/tests.ts';
import type { TextRange } from '../../../shared/domain/mcptest.ts';
import { toOneLine, toPlainText } from '../../platform/plain-text.ts';

export interface TestItems {
  /** The item of a file; it is made if need be. */
  file(uri: Uri): TestItem;
  /** The items of all files. */
  all(): TestItem[];
  remove(uri: Uri): void;
  /** Shows what was found in a file. */
  update(uri: Uri, parsed: ParsedTestFile): void;
  /** What an item stands for: a file and, unless it is the file itself, its cases. */
  selectionOf(item: TestItem): { uri: Uri; caseIds: readonly string[] | undefined } | undefined;
  /** The item that shows the result of a case. */
  findCase(uri: Uri, caseId: string): TestItem | undefined;
}

export const toRange = ({ line, column, endLine, endColumn }: TextRange): Range =>
  new Range(line - 1, column - 1, endLine - 1, endColumn - 1);

export function createTestItems(controller: TestController, labelOf: (uri: Uri) => string): TestItems {
  const cases = new WeakMap<TestItem, readonly string[]>();
  const byCase = new Map<string, Map<string, TestItem>>();

  const itemOfTest = (uri: Uri, test: TestInFile, known: Map<string, TestItem>): TestItem => {
    const item = controller.createTestItem(`${uri}#${test.name}`, toOneLine(test.name), uri);
    item.range = toRange(test.range);
    item.tags = test.tags.map(tag => new TestTag(tag));
    if (test.skipped) item.description = 'skipped';
    cases.set(
      item,
      test.cases.map(({ id }) => id),
    );
    const [only] = test.cases;
    if (test.cases.length === 1 && only) {
      known.set(only.id, item);
      return item;
    }
    item.children.replace(
      test.cases.map(each => {
        const child = controller.createTestItem(`${uri}#${each.id}#`, toOneLine(each.label), uri);
        child.range = toRange(each.range);
        child.tags = item.tags;
        cases.set(child, [each.id]);
        known.set(each.id, child);
        return child;
      }),
    );
    return item;
  };

  const file = (uri: Uri): TestItem => {
    const before = controller.items.get(uri.toString());
    if (before) return before;
    const item = controller.createTestItem(uri.toString(), labelOf(uri), uri);
    item.canResolveChildren = true;
    controller.items.add(item);
    return item;
  };

  return {
    file,
    all: () => Array.from(controller.items, ([, item]) => item),
    remove(uri) {
      controller.items.delete(uri.toString());
      byCase.delete(uri.toString());
    },
    update(uri, { tests, problems }) {
      const item = file(uri);
      const known = new Map<string, TestItem>();
      item.children.replace(tests.map(test => itemOfTest(uri, test, known)));
      byCase.set(uri.toString(), known);
      const lines = problems.slice(0, 5).map(({ message, range }) => `Line ${range.line}: ${message}`);
      item.error = lines.length === 0 ? undefined : toPlainText(lines.join('\n'));
    },
    selectionOf(item) {
      const { uri } = item;
      if (!uri) return undefined;
      return { uri, caseIds: item.parent === undefined ? undefined : (cases.get(item) ?? []) };
    },
    findCase: (uri, caseId) => byCase.get(uri.toString())?.get(caseId),
  };
}

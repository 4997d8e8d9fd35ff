import {
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
} from 'vscode';
import { toPlainText } from './plain-text.ts';
import { type TooltipPart, type TreeNode, toContextValue } from './tree-node.ts';

/** The argument is what the command of a click is called with. */
export function toTreeItem(node: TreeNode, argument: unknown): TreeItem {
  const item = new TreeItem(
    toPlainText(node.label),
    node.expandable ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  item.id = node.id;
  item.iconPath = new ThemeIcon(node.icon.id, node.icon.color ? new ThemeColor(node.icon.color) : undefined);
  item.contextValue = toContextValue(node.marks);
  item.tooltip = toTooltip(node.tooltip);
  if (node.description !== undefined) item.description = toPlainText(node.description);
  if (node.command) item.command = { command: node.command.id, title: node.command.title, arguments: [argument] };
  if (node.spoken !== undefined) item.accessibilityInformation = { label: node.spoken, role: 'treeitem' };
  if (node.checked !== undefined) {
    item.checkboxState = {
      state: node.checked ? TreeItemCheckboxState.Checked : TreeItemCheckboxState.Unchecked,
      tooltip: node.checked ? 'Agents may call this tool. Untick to switch it off.' : 'Switched off. Tick to allow it.',
    };
  }
  return item;
}

/** Only `appendText`, which escapes: what servers and packages say of themselves is never read as Markdown. */
function toTooltip(parts: readonly TooltipPart[]): MarkdownString {
  const markdown = new MarkdownString(undefined, false);
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  for (const part of parts) {
    if (part.kind === 'heading') {
      markdown.appendMarkdown('**').appendText(toPlainText(part.text)).appendMarkdown('**\n\n');
    } else if (part.kind === 'text') {
      markdown.appendText(toPlainText(part.text)).appendMarkdown('\n\n');
    } else {
      markdown.appendText(`${part.name}: ${toPlainText(part.value)}`).appendMarkdown('\n\n');
    }
  }
  return markdown;
}

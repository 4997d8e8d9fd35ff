import {
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCheckboxState,
  TreeItemCollapsibleState,
} from 'vscode';
import { escapeMarkdown, toPlainText } from './plain-text.ts';
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

/** What servers and packages say of themselves is never read as Markdown, not even a link in it. */
function toTooltip(parts: readonly TooltipPart[]): MarkdownString {
  const paragraphs = parts.map(part => {
    if (part.kind === 'heading') return `**${escapeMarkdown(part.text)}**`;
    return escapeMarkdown(part.kind === 'fact' ? `${part.name}: ${part.value}` : part.text);
  });
  return new MarkdownString(paragraphs.join('\n\n'), false);
}

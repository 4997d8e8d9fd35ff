// A row of a tree as plain data. Trees are functions from state to these; one adapter turns them into the editor's items.

export interface TreeNode {
  /** Unique in its tree; keeps selection and expansion over refreshes. */
  id: string;
  label: string;
  description?: string;
  icon: { id: string; color?: string };
  /** Words for `when` clauses, matched as `viewItem =~ /;canStart;/`. */
  marks: readonly string[];
  tooltip: readonly TooltipPart[];
  expandable?: boolean;
  /** Only where a tick means something. */
  checked?: boolean;
  /** What a click or Enter does. */
  command?: { id: string; title: string };
  /** What a screen reader says in place of the label. */
  spoken?: string;
}

/** `heading` and `text` are plain text from anywhere; `fact` is a name and its value. */
export type TooltipPart =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string }
  | { kind: 'fact'; name: string; value: string };

export const toContextValue = (marks: readonly string[]): string => `;${marks.join(';')};`;

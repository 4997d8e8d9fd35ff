// What is shown of a client's file: never a secret, and the change as a unified diff.
import { createTwoFilesPatch } from 'diff';
import { type Node, parseTree, visit } from 'jsonc-parser';
import { hideSecrets, soundsSecret } from '../../platform/secret-patterns.ts';

/** Members whose values are secrets more often than not, whatever they are called. */
const confidential = /^(?:env|envs|environment|headers)$/i;

const mask = '"•••"';

/** The text without what looks secret: by its name, by its shape, and everything in environments and headers. */
export function shownText(text: string, redact: (text: string) => string): string {
  return hideSecrets(hideMembers(redact(text)));
}

/** The unified diff of two texts that may be shown; empty if they are the same. */
export function unifiedDiff(file: string, before: string, after: string): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(file, file, before, after, undefined, undefined, { context: 3 });
  // Without the lines before the names of the files.
  return patch.slice(Math.max(0, patch.indexOf('--- ')));
}

/** Whether the text has comments, as JSON with comments has them; false for other formats that the parser stumbles over. */
export function hasComments(text: string): boolean {
  let found = false;
  visit(
    text,
    {
      onComment: () => {
        found = true;
      },
    },
    { allowTrailingComma: true, disallowComments: false },
  );
  return found;
}

function hideMembers(text: string): string {
  const spans: { from: number; to: number }[] = [];
  const root = parseTree(text, [], { allowTrailingComma: true });
  if (root) collect(root, false, spans);
  // From the end, so that the places before stay where they are.
  return spans
    .toSorted((a, b) => b.from - a.from)
    .reduce((rest, { from, to }) => rest.slice(0, from) + mask + rest.slice(to), text);
}

function collect(node: Node, isSecret: boolean, spans: { from: number; to: number }[]): void {
  if (node.type === 'string') {
    if (isSecret) spans.push({ from: node.offset, to: node.offset + node.length });
    return;
  }
  for (const child of node.children ?? []) {
    if (child.type !== 'property') {
      collect(child, isSecret, spans);
      continue;
    }
    const [name, value] = child.children ?? [];
    const word = String(name?.value);
    if (value) collect(value, isSecret || confidential.test(word) || soundsSecret(word), spans);
  }
}

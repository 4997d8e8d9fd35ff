// How much work a JSONPath (RFC 9535) can make of a value.

/** Beyond this a short path with selectors side by side takes longer than anybody waits: `[*,*]` doubles with each segment. */
export const mostBranches = 64;

/**
 * How many ways a path can go at most through one value: the product of the selectors that stand side by side in each
 * pair of brackets. Texts in it may hold anything.
 */
export function branchesOf(path: string): number {
  const bare = path.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
  const open: { isBracket: boolean; selectors: number }[] = [];
  let product = 1;
  for (const character of bare) {
    const inner = open.at(-1);
    if (character === '[' || character === '(') open.push({ isBracket: character === '[', selectors: 1 });
    else if (character === ',' && inner?.isBracket) inner.selectors += 1;
    else if ((character === ']' || character === ')') && inner) {
      open.pop();
      if (inner.isBracket) product *= inner.selectors;
    }
  }
  return product;
}

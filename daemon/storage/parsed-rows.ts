// Rows that are read again and again: one that has not changed is parsed once.

const mostRemembered = 2_000;

/**
 * A parser that remembers what it has made of each row, and makes it again when any column has another value. The rows
 * have plain values alone (no blobs). What it returns is shared: nobody may change it. The oldest goes first.
 */
export function parseOnce<T>(key: string, parse: (row: unknown) => T): (row: unknown) => T {
  const remembered = new Map<unknown, { row: object; parsed: T }>();
  return row => {
    if (!isRow(row)) return parse(row);
    const before = remembered.get(row[key]);
    if (before && isSame(before.row, row)) return before.parsed;
    if (remembered.size >= mostRemembered) remembered.delete(remembered.keys().next().value);
    const parsed = parse(row);
    remembered.set(row[key], { row, parsed });
    return parsed;
  };
}

type Row = Record<string, unknown>;

const isRow = (row: unknown): row is Row => typeof row === 'object' && row !== null;

function isSame(one: object, other: Row): boolean {
  let columns = 0;
  for (const column in one) {
    if ((one as Row)[column] !== other[column]) return false;
    columns += 1;
  }
  return columns === Object.keys(other).length;
}

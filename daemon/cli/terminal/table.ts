import { safeLine } from './safe-text.ts';
import type { Colour, Style } from './style.ts';
import { cutToWidth, padToWidth, textWidth } from './text-width.ts';

export interface Column<T> {
  heading: string;
  value: (row: T) => string | number | null;
  colour?: (row: T) => Colour | undefined;
}

export interface TableLook {
  style: Style;
  /** Columns of the terminal; undefined where the text goes to a file or a pipe and nothing may be cut. */
  width: number | undefined;
}

const gap = '  ';

/** Rows in aligned columns. Values are made safe here, so they are passed as they came. */
export function renderTable<T>(rows: readonly T[], columns: readonly Column<T>[], { style, width }: TableLook): string {
  const cells = rows.map(row => columns.map(column => safeLine(String(column.value(row) ?? '-'))));
  const widths = columns.map(({ heading }, at) =>
    Math.max(textWidth(heading), ...cells.map(line => textWidth(line[at] ?? ''))),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, each) => sum + each + gap.length, 0);
  const place = (text: string, at: number): string => {
    if (at < last) return padToWidth(text, widths[at] ?? 0);
    return width === undefined ? text : cutToWidth(text, Math.max(width - before, 12));
  };
  const heading = columns.map((column, at) => style('dim', place(column.heading, at)));
  const lines = cells.map((line, rowAt) =>
    line.map((text, at) => {
      const row = rows[rowAt];
      const colour = row === undefined ? undefined : columns[at]?.colour?.(row);
      return colour ? style(colour, place(text, at)) : place(text, at);
    }),
  );
  return [heading, ...lines].map(parts => parts.join(gap).trimEnd()).join('\n');
}

/** Names and values, one pair a line, the values aligned. Pairs without a value are left out. */
export function renderPairs(
  pairs: readonly (readonly [string, string | number | null | undefined])[],
  style: Style,
): string {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const width = Math.max(...shown.map(([name]) => textWidth(name)));
  return shown
    .map(([name, value]) => `${style('dim', padToWidth(name, width))}${gap}${safeLine(String(value))}`)
    .join('\n');
}

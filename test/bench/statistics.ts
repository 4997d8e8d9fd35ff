/** What a row of measurements says, in their own unit. */
export interface Summary {
  median: number;
  p95: number;
  least: number;
  most: number;
  runs: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** The value below which `share` of the sorted values are (nearest rank). */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('There is nothing to summarise.');
  return value;
}

export const summarise = (values: readonly number[]): Summary => ({
  median: round(quantile(values, 0.5)),
  p95: round(quantile(values, 0.95)),
  least: round(Math.min(...values)),
  most: round(Math.max(...values)),
  runs: values.length,
});

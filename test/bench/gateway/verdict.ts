// What the rounds say: ratios within each round, their medians, and whether the targets hold.
import { quantile } from '../statistics.ts';
import type { Figures } from './measure.ts';
import { floorName } from './targets.ts';

/** Figures by target, one object for each round. */
export type Rounds = Record<string, Figures>[];

const median = (values: readonly number[]): number => Math.round(quantile(values, 0.5) * 1_000) / 1_000;

/** The medians of each target. */
export function mediansOf(rounds: Rounds): Record<string, Figures> {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    names.map(name => {
      const keys = Object.keys(rounds[0]?.[name] ?? {});
      const all = (key: string) => rounds.flatMap(round => round[name]?.[key] ?? []);
      return [name, Object.fromEntries(keys.map(key => [key, median(all(key))]))];
    }),
  );
}

/** Ours, or another target's, by theirs in each round, and the median of that. undefined: one of them has no such figure. */
export function ratio(rounds: Rounds, figure: string, other: string, one = 'quayside'): number | undefined {
  const ratios = rounds.flatMap(round => {
    const [ours, theirs] = [round[one]?.[figure], round[other]?.[figure]];
    return ours === undefined || !theirs ? [] : [ours / theirs];
  });
  return ratios.length > 0 ? median(ratios) : undefined;
}

export interface Verdict {
  what: string;
  /** The bound, as it is in words. */
  target: string;
  ratio: number;
  against: string;
  holds: boolean;
  /** The same ratio of a gateway that does nothing at all: a target beyond it cannot be reached by this way of transport. */
  floor?: number | undefined;
}

interface Aim {
  what: string;
  figure: string;
  against: readonly string[];
  most?: number;
  least?: number;
}

const streamable = ['mcp-proxy', 'supergateway', 'passthrough-mcp-server'];
const everybody = [...streamable, 'mcp-hub', 'slop-mcp'];

const aims: readonly Aim[] = [
  { what: 'call p50, sequential', figure: 'official sequential p50', against: ['http-sdk'], most: 1.2 },
  {
    what: 'CPU per call at 64 in flight',
    figure: 'official 64 in flight cpu ms per call',
    against: everybody,
    most: 0.7,
  },
  { what: 'calls/s at 16 in flight', figure: 'official 16 in flight calls/s', against: streamable, least: 1.5 },
  {
    what: 'calls/s at 16 in flight',
    figure: 'official 16 in flight calls/s',
    against: ['mcp-hub', 'slop-mcp'],
    least: 1,
  },
  { what: 'tools/list with 20 upstreams', figure: 'tools/list of 20 p50', against: ['http-sdk'], most: 0.8 },
  { what: 'initialise', figure: 'official initialise p50', against: ['http-sdk'], most: 1.5 },
];

export const judge = (rounds: Rounds): Verdict[] =>
  aims.flatMap(({ what, figure, against, most, least }) =>
    against.flatMap(other => {
      const found = ratio(rounds, figure, other);
      if (found === undefined) return [];
      const holds = most === undefined ? found >= (least ?? 0) : found <= most;
      const target = most === undefined ? `>= ${least}` : `<= ${most}`;
      return [{ what, target, ratio: found, against: other, holds, floor: ratio(rounds, figure, other, floorName) }];
    }),
  );

// The options --since and --until of everything that happened at some time.
import { definedOnly } from '../../../shared/domain/defined.ts';
import { UsageError } from '../exit-codes.ts';

export interface RangeOptions {
  since?: string;
  until?: string;
}

export const rangeOptions = [
  ['--since <time>', 'the first moment, for example 2026-01-31 or 2026-01-31T09:00:00Z'],
  ['--until <time>', 'the first moment after it'],
] as const;

/** As the API takes them. Errors: UsageError. */
export const toRange = ({ since, until }: RangeOptions) =>
  definedOnly({ since: toMoment('--since', since), until: toMoment('--until', until) });

function toMoment(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new UsageError(`${option} ${text} is no time. Example: 2026-01-31T09:00:00Z`);
  return new Date(time).toISOString();
}

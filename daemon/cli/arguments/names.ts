// Reads names on the command line by the rules of the API, so that a slip is a usage error and reaches no daemon.
import { InvalidArgumentError } from 'commander';
import type * as z from 'zod';
import { CallName } from '../../../shared/domain/call-name.ts';
import { Integrity, Name, ToolName } from '../../../shared/domain/names.ts';

export const by =
  <T extends z.ZodType<string>>(schema: T) =>
  (text: string): string => {
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? 'It is not valid.');
  };

export const toServerName = by(Name);
export const toToolName = by(ToolName);
/** A tool, or a method as method:name. */
export const toCallName = by(CallName);
export const toIntegrity = by(Integrity);

/** A whole number between two others. */
export const toWholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };

/** The port of page and API, unless QUAYSIDE_PORT or a command says otherwise. */
export const usualPort = '8083';

/** A TCP port, 0 for any free one, or `none`. */
export const toPort = (text: string): string => (text === 'none' ? text : String(toWholeNumber(0, 65_535)(text)));

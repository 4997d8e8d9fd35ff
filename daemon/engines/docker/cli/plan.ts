// How a plan is made: what is to be done, in words and as arguments.
import { AnswerError } from '../../cli-error.ts';
import type { CliCommand } from '../../run.ts';

/** A read that is quick unless it says otherwise. */
export type Details<T> = Pick<CliCommand<T>, 'args' | 'parse'> & Partial<Omit<CliCommand<T>, 'operation'>>;

/** Errors: AnswerError "refused", with what was to be done. */
export function read<T>(operation: string, build: () => Details<T>): CliCommand<T> {
  return { operation, kind: 'read', time: 'quick', ...named(operation, build) };
}

/** Errors: AnswerError "refused", with what was to be done. */
export function mutation<T>(operation: string, build: () => Details<T>): CliCommand<T> {
  return { operation, kind: 'mutation', time: 'quick', ...named(operation, build) };
}

/** What is refused while arguments are made says what was to be done. */
export function named<T>(operation: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    const { failure, subject, next } = error;
    throw new AnswerError({ failure, subject, next, operation });
  }
}

/** The same flag before each of the values. */
export const each = (flag: string, values: readonly string[]): string[] => values.flatMap(value => [flag, value]);

/** A flag with its value, if there is one. */
export const optional = <T>(flag: string, value: T | undefined, check: (value: T) => string): string[] =>
  value === undefined ? [] : [flag, check(value)];

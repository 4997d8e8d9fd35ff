import { isProblemError } from '../../shared/api/problem.ts';

/** For assert.throws and assert.rejects: true of a problem with this code. */
export const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    isProblemError(error) && error.code === code;
